// A model file that fits pictures of writeTinyFolder's kind.
#pragma once

#include "condense/condense_step.h"
#include "condense/convert.h"
#include "io/model_file.h"
#include "support/tiny_data.h"

namespace condenser {

// Untrained but with norms that are not trivial, condensed by what importance it has.
inline ModelFile tinyModel(Variant variant) {
    const auto spec = parseNetworkSpec(kTinySpec);
    CORE_CHECK(spec.has_value());
    Network network(*spec, 3);
    condenseNetwork(network, spec->condenseFactor - 1, CondensingRules::kCorrected);
    ModelFile model;
    model.spec = *spec;
    model.variant = variant;
    model.classes = {"circle", "square", "star"};
    model.preprocess.height = model.preprocess.width = model.preprocess.resize = 16;
    if (variant == Variant::kDense) {
        model.tensors = network.state();
    } else {
        auto state = condensedState(network);
        CORE_CHECK(state.has_value());
        model.tensors = std::move(*state);
    }
    return model;
}

// As if it had been trained on after it was condensed: each position of an index has a norm of its own, which no dense
// network can have.
inline ModelFile tinyModelWithoutDenseForm() {
    ModelFile model = tinyModel(Variant::kCondensed);
    auto network = Network::fromState(model.spec, model.tensors);
    CORE_CHECK(network.has_value());
    network->visitTensors([](const TensorSlot& slot) {
        if (!slot.name.ends_with("conv_1.norm.weight")) return;
        for (std::size_t i = 0; i < slot.value.size(); ++i) slot.value[i] += 0.01f * static_cast<float>(i + 1);
    });
    model.tensors = network->state();
    return model;
}

inline Picture drawn(int index) {
    return drawShape(ShapesPart::kTest, index).picture;
}

}  // namespace condenser
