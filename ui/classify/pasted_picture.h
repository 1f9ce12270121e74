// What the clipboard holds, as a decoded file would be.
#pragma once

#include <QImage>
#include <memory>

#include "data/preprocess.h"

namespace condenser {

std::shared_ptr<const Picture> toPicture(const QImage& image);

}  // namespace condenser
