// What must hold of every data set that a reader lets through.
#pragma once

#include "base/check.h"
#include "data/data_source.h"

namespace condenser {

inline void checkSource(const Result<DataSource>& source) {
    if (!source) {
        CORE_CHECK(!source.error().why.empty());
        return;
    }
    CORE_CHECK(source->classes.size() >= 2);
    CORE_CHECK(source->testName.empty() == source->test.empty());
    for (const auto* part : {&source->train, &source->test}) {
        for (const LabelledPicture& labelled : *part) {
            CORE_CHECK(labelled.label >= 0 && static_cast<std::size_t>(labelled.label) < source->classes.size());
            CORE_CHECK(!source->place(labelled.index).empty());
            const auto picture = source->read(labelled.index);
            CORE_CHECK(picture && picture->width > 0 && picture->height > 0);
            CORE_CHECK(picture->pixels.size() ==
                       static_cast<std::size_t>(picture->width) * static_cast<std::size_t>(picture->height) * 3);
        }
    }
}

}  // namespace condenser
