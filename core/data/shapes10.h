// The built-in data set: 10 classes of drawn 32x32 colour pictures, made from a seed in integer arithmetic, so that
// every machine draws the same bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/preprocess.h"

namespace condenser {

constexpr int kShapesSize = 32;
constexpr int kShapesTrainCount = 10'000;
constexpr int kShapesTestCount = 2'000;
// The set named "shapes10" is the one of this seed, whatever --seed says.
constexpr std::uint64_t kShapesSeed = 10;

const std::vector<std::string>& shapesClasses();  // 10 names, sorted

// In pixels of the picture; x1, y1 exclusive. What of the object lies inside the picture.
struct BoundingBox {
    int x0 = 0, y0 = 0, x1 = 0, y1 = 0;
};

struct DrawnShape {
    Picture picture;  // 32 x 32
    int label = 0;    // index % 10
    BoundingBox box;  // of the object, occluded or not
};

enum class ShapesPart { kTrain, kTest };

// Picture `index` of a part; a pure function of its arguments.
DrawnShape drawShape(ShapesPart part, int index, std::uint64_t seed = kShapesSeed);

}  // namespace condenser
