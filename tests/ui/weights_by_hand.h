// Models and their runs for the tests of panels that show weights: untrained networks, kept at a few moments.
#pragma once

#include "connections/connections_state.h"
#include "data/shapes10.h"
#include "network/network.h"

namespace condenser::testing {

// Two blocks of two layers: of 8 channels, of 16 filters in 4 groups.
inline constexpr const char* kWeightsSpec =
    "condensenet:stages=2-2,growth=8-8,groups=4,condense=4,bottleneck=2,group3x3=2,size=32,classes=10";

inline ModelFilePtr makeWeights(std::uint64_t seed, const char* spec = kWeightsSpec) {
    ModelFile model;
    model.spec = parseNetworkSpec(spec).value();
    model.classes = shapesClasses();
    model.tensors = Network(model.spec, seed).state();
    return std::make_shared<const ModelFile>(std::move(model));
}

// Weights are kept before step 1 and at the end of epochs 2 and 9.
inline ConnectionsSourcePtr sourceOf(const ModelFile& model, const std::string& data = "") {
    auto source = std::make_shared<ConnectionsSource>();
    source->name = QStringLiteral("one");
    source->folder = "one";
    source->data = data;
    source->spec = model.spec;
    source->layout = layoutOf(model.spec);
    source->layers = connectionsOf(model)->layers;
    for (int epoch = 1; epoch <= 9; ++epoch) {
        if (epoch == 4) {
            source->moments.push_back({ConnectionsMoment::kBeforeStep, 3, 30, 0});
            source->models.push_back("step-1.safetensors");
        }
        source->moments.push_back({ConnectionsMoment::kEpochEnd, epoch, epoch * 10, epoch < 4 ? 0 : 1});
        source->models.push_back(epoch == 2 ? "model.safetensors" : epoch == 9 ? "last.safetensors" : "");
    }
    source->stepsPerEpoch = 10;
    source->epochs = 9;
    return source;
}

}  // namespace condenser::testing
