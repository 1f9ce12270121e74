// A folder data set small enough to train on in a test: a few drawn pictures of three classes.
#pragma once

#include <cstdio>
#include <filesystem>
#include <string>

#include "base/check.h"
#include "data/image_io.h"
#include "data/shapes10.h"

namespace condenser {

// Fills DIR/train and DIR/test with pictures of the first `classes` of shapes10.
inline void writeTinyFolder(const std::filesystem::path& folder, int perClassTrain, int perClassTest, int classes = 3) {
    const auto part = [&](const char* name, ShapesPart which, int perClass) {
        for (int label = 0; label < classes; ++label) {
            const std::filesystem::path place = folder / name / shapesClasses()[static_cast<std::size_t>(label)];
            std::filesystem::create_directories(place);
            for (int i = 0; i < perClass; ++i) {
                const DrawnShape shape = drawShape(which, i * static_cast<int>(shapesClasses().size()) + label);
                const Result<> written = writePng(place / (std::to_string(i) + ".png"), shape.picture);
                CORE_CHECK(written.has_value());
            }
        }
    };
    part("train", ShapesPart::kTrain, perClassTrain);
    part("test", ShapesPart::kTest, perClassTest);
}

// A network that trains on such a folder in well under a second an epoch.
inline constexpr const char* kTinySpec =
    "condensenet:stages=1-1,growth=4-4,groups=2,condense=4,bottleneck=4,group3x3=2,classes=3,size=16";

}  // namespace condenser
