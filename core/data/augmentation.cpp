#include "data/augmentation.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "data/preprocess.h"

namespace condenser {
namespace {

constexpr double kLeastArea = 0.08;
constexpr double kNarrowest = 3.0 / 4, kWidest = 4.0 / 3;  // width / height
constexpr int kTries = 10;

}  // namespace

const char* augmentationName(Augmentation augmentation) {
    switch (augmentation) {
        case Augmentation::kAuto:
            return "auto";
        case Augmentation::kNone:
            return "none";
        case Augmentation::kPadCrop:
            return "pad-crop";
        case Augmentation::kRandomResizedCrop:
            break;
    }
    return "random-resized-crop";
}

std::optional<Augmentation> augmentationNamed(std::string_view name) {
    for (const Augmentation known :
         {Augmentation::kAuto, Augmentation::kNone, Augmentation::kPadCrop, Augmentation::kRandomResizedCrop}) {
        if (name == augmentationName(known)) return known;
    }
    return std::nullopt;
}

Augmentation augmentationFor(Augmentation asked, int height, int width) {
    if (asked != Augmentation::kAuto) return asked;
    return std::max(height, width) <= kPaddedUpTo ? Augmentation::kPadCrop : Augmentation::kRandomResizedCrop;
}

Region randomResizedRegion(Rng& rng, int height, int width) {
    CORE_CHECK(height > 0 && width > 0);
    const double area = static_cast<double>(height) * width;
    for (int attempt = 0; attempt < kTries; ++attempt) {
        const double target = area * (kLeastArea + (1 - kLeastArea) * rng.uniform());
        const double lowest = std::log(kNarrowest), highest = std::log(kWidest);
        const double proportion = std::exp(lowest + (highest - lowest) * rng.uniform());
        const auto wide = static_cast<int>(std::lround(std::sqrt(target * proportion)));
        const auto high = static_cast<int>(std::lround(std::sqrt(target / proportion)));
        if (wide < 1 || wide > width || high < 1 || high > height) continue;
        const int top = rng.between(0, height - high);
        return {top, rng.between(0, width - wide), high, wide};
    }
    const double proportion = static_cast<double>(width) / height;
    Region region{0, 0, height, width};
    if (proportion < kNarrowest) {
        region.height = std::clamp(static_cast<int>(std::lround(width / kNarrowest)), 1, height);
    } else if (proportion > kWidest) {
        region.width = std::clamp(static_cast<int>(std::lround(height * kWidest)), 1, width);
    }
    region.top = (height - region.height) / 2;
    region.left = (width - region.width) / 2;
    return region;
}

}  // namespace condenser
