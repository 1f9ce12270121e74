// A picture as the network saw it, kept small: there may be ten thousand of them.
#pragma once

#include <QByteArray>
#include <QImage>

#include "data/preprocess.h"

namespace condenser {

// At most about 8 KB. Up to kKeptWhole pixels a side the pixels themselves; of larger ones a JPEG of kSmall pixels,
// which is decoded each time that it is asked for (0.2 ms). A value; made on any thread.
class SeenPicture {
  public:
    static constexpr int kKeptWhole = 48, kSmall = 96;  // pixels of the longer side

    SeenPicture() = default;
    explicit SeenPicture(const Picture& seen);

    bool isNull() const { return m_whole.isNull() && m_jpeg.isEmpty(); }
    QImage image() const;
    operator QImage() const { return image(); }
    qsizetype bytes() const { return m_whole.sizeInBytes() + m_jpeg.size(); }

  private:
    QImage m_whole;
    QByteArray m_jpeg;
};

}  // namespace condenser
