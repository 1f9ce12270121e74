#include "session/seen_picture.h"

#include <QBuffer>
#include <algorithm>

#include "session/data_preview.h"

namespace condenser {

SeenPicture::SeenPicture(const Picture& seen) {
    constexpr int kQuality = 90;
    const int longest = std::max(seen.height, seen.width);
    if (longest <= kKeptWhole) {
        m_whole = toImage(seen);
        return;
    }
    const auto scaled = [&](int side) { return std::max(1, side * kSmall / longest); };
    const QImage small =
        toImage(longest <= kSmall ? seen : resizeBilinear(seen, scaled(seen.height), scaled(seen.width)));
    QBuffer buffer(&m_jpeg);
    if (!buffer.open(QIODevice::WriteOnly) || !small.save(&buffer, "JPG", kQuality)) {
        m_jpeg.clear();
        m_whole = small;  // Qt was built without JPEG
    }
}

QImage SeenPicture::image() const {
    return m_jpeg.isEmpty() ? m_whole : QImage::fromData(m_jpeg, "JPG");
}

}  // namespace condenser
