// How training varies its pictures.
#pragma once

#include <optional>
#include <string_view>

#include "base/rng.h"
#include "data/resample.h"

namespace condenser {

enum class Augmentation {
    kAuto,              // pad-crop for networks up to kPaddedUpTo pixels, random-resized-crop above
    kNone,              // the picture as evaluation sees it
    kPadCrop,           // moved about in a frame of kCropPadding zeros, mirrored or not
    kRandomResizedCrop  // a part of any size, stretched a little, mirrored or not
};

// "auto", "none", "pad-crop", "random-resized-crop".
const char* augmentationName(Augmentation augmentation);
std::optional<Augmentation> augmentationNamed(std::string_view name);

// What kAuto is for a network that reads height x width; all others are themselves.
Augmentation augmentationFor(Augmentation asked, int height, int width);

// A part of a picture of 8 % to 100 % of its area, its width 3/4 to 4/3 of its height, anywhere; after ten tries that
// do not fit, as much of the centre as those proportions allow. As is usual for ImageNet.
Region randomResizedRegion(Rng& rng, int height, int width);

}  // namespace condenser
