#include "classify/pasted_picture.h"

namespace condenser {

std::shared_ptr<const Picture> toPicture(const QImage& image) {
    // Alpha is composed over white, as for files.
    QImage opaque(image.size(), QImage::Format_RGB888);
    opaque.fill(Qt::white);
    const QImage source = image.convertToFormat(QImage::Format_RGBA8888);
    auto picture = std::make_shared<Picture>();
    picture->height = source.height();
    picture->width = source.width();
    picture->pixels.reserve(static_cast<std::size_t>(source.height()) * static_cast<std::size_t>(source.width()) * 3);
    for (int y = 0; y < source.height(); ++y) {
        const uchar* line = source.constScanLine(y);
        for (int x = 0; x < source.width(); ++x, line += 4) {
            for (int channel = 0; channel < 3; ++channel) {
                const int value = line[channel] * line[3] + 255 * (255 - line[3]);
                picture->pixels.push_back(static_cast<std::uint8_t>((value + 127) / 255));
            }
        }
    }
    return picture;
}

}  // namespace condenser
