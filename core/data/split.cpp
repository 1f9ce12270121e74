#include "data/split.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/rng.h"

namespace condenser {

void splitValidation(DataSource& source, double share, std::uint64_t seed) {
    std::vector<std::vector<std::size_t>> ofClass(source.classes.size());
    for (std::size_t i = 0; i < source.train.size(); ++i) {
        ofClass[static_cast<std::size_t>(source.train[i].label)].push_back(i);
    }
    std::vector<bool> held(source.train.size());
    for (std::size_t label = 0; label < ofClass.size(); ++label) {
        std::vector<std::size_t>& places = ofClass[label];
        Rng rng(seed, RandomStream::kSplit, label);
        for (std::size_t i = places.size(); i > 1; --i) {
            std::swap(places[i - 1], places[rng.below(static_cast<std::uint32_t>(i))]);
        }
        const auto due = static_cast<std::size_t>(std::llround(share * static_cast<double>(places.size())));
        const std::size_t count = places.size() < 2 ? 0 : std::clamp<std::size_t>(due, 1, places.size() - 1);
        for (std::size_t i = 0; i < count; ++i) held[places[i]] = true;
    }
    std::vector<LabelledPicture> train, test;
    for (std::size_t i = 0; i < held.size(); ++i) (held[i] ? test : train).push_back(source.train[i]);
    source.train = std::move(train);
    source.test = std::move(test);
    source.testName = "validation";
}

}  // namespace condenser
