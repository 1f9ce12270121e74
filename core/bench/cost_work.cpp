#include "bench/cost_work.h"

#include <algorithm>

namespace condenser {
namespace {

constexpr int kWideMap = 12;  // pixels

// Calls what it is given for each layer in turn, with counts as floating-point numbers.
template <class Stem, class Pool, class Layer, class Transition, class Classifier>
void visitLayers(const NetworkSpec& spec, Stem stem, Pool pool, Layer layer, Transition transition,
                 Classifier classifier) {
    for (int b = 0; b < spec.blocks(); ++b) {
        const auto block = static_cast<std::size_t>(b);
        const int width = spec.mapSize(b, spec.width);
        const double pixels = static_cast<double>(spec.mapSize(b, spec.height)) * width;
        if (b == 0) {
            stem(spec.stemChannels() * pixels);
        } else {
            pool(spec.blockInputs(b) * pixels * 4);
        }
        const double growth = spec.growth[block], middle = spec.bottleneck * growth;
        for (int l = 0; l < spec.stages[block]; ++l) layer(spec.layerInputs(b, l), middle, growth, pixels, width);
        if (spec.hasTransitions() && b + 1 < spec.blocks()) {
            transition(spec.blockOutputs(b), spec.blockInputs(b + 1), pixels, width);
        }
    }
    const int last = spec.blocks() - 1;
    const double features = spec.blockInputs(spec.blocks());
    pool(features * spec.mapSize(last, spec.height) * spec.mapSize(last, spec.width));
    classifier(features * spec.classes);
}

}  // namespace

InferenceWork inferenceWork(const NetworkSpec& spec, double kept) {
    InferenceWork work{};
    visitLayers(
        spec,
        [&](double values) {
            work[3] += values;
            work[6] += 1;
        },
        [&](double values) {
            work[4] += values;
            work[6] += 1;
        },
        [&](double inputs, double middle, double growth, double pixels, int width) {
            work[width >= kWideMap ? 0 : 1] += (inputs * kept * middle + middle / spec.groups3x3 * growth * 9) * pixels;
            work[2] += middle * pixels;
            work[6] += 2;
        },
        [&](double inputs, double outputs, double pixels, int width) {
            work[width >= kWideMap ? 0 : 1] += inputs * kept * outputs * pixels;
            work[2] += outputs * pixels;
            work[6] += 1;
        },
        [&](double macs) {
            work[5] += macs;
            work[6] += 1;
        });
    return work;
}

TrainingWork trainingWork(const NetworkSpec& spec, double kept, int batch) {
    TrainingWork work{};
    double parameters = 0, layers = 0;
    visitLayers(
        spec,
        [&](double values) {
            work[4] += values;
            parameters += spec.stemChannels() * 27.0;
            layers += 1;
        },
        [&](double values) {
            work[5] += values;
            layers += 1;
        },
        [&](double inputs, double middle, double growth, double pixels, int) {
            const double taps = middle / spec.groups3x3 * growth * 9;
            work[0] += inputs * kept * middle * pixels;
            work[1] += taps * pixels;
            work[2] += inputs * pixels;
            work[3] += middle * pixels;
            parameters += inputs * middle + taps + 2 * (inputs + middle);
            layers += 2;
        },
        [&](double inputs, double outputs, double pixels, int) {
            work[0] += inputs * kept * outputs * pixels;
            work[2] += inputs * pixels;
            parameters += inputs * outputs + 2 * inputs;
            layers += 1;
        },
        [&](double macs) {
            work[6] += macs;
            parameters += macs;
            layers += 1;
        });
    work[7] = layers / std::max(1, batch);
    work[8] = parameters / std::max(1, batch);
    return work;
}

}  // namespace condenser
