#include "run/class_activation.h"

#include "network/network.h"

namespace condenser {

struct ClassActivation::State {
    Network network;
    Preprocess preprocess;
};

ClassActivation::ClassActivation(std::unique_ptr<State> state) : m_state(std::move(state)) {}
ClassActivation::ClassActivation(ClassActivation&&) noexcept = default;
ClassActivation& ClassActivation::operator=(ClassActivation&&) noexcept = default;
ClassActivation::~ClassActivation() = default;

Result<ClassActivation> ClassActivation::make(const ModelFile& model) {
    auto network = Network::fromState(model.spec, model.tensors);
    if (!network) return tl::unexpected(network.error());
    return ClassActivation(std::make_unique<State>(State{std::move(*network), model.preprocess}));
}

ActivationMaps ClassActivation::maps(const Picture& picture, ThreadPool& /*pool*/, std::vector<int> classes) {
    if (classes.empty()) classes = {0};
    ActivationMaps maps;
    maps.seen = fitPicture(picture, m_state->preprocess);
    for (const int k : classes) maps.maps.push_back({k, 1, 1, {1}, 0, 0});
    return maps;
}

ActivationMap::Place ActivationMap::peak(int pictureHeight, int pictureWidth) const {
    return {pictureWidth / 2.0, pictureHeight / 2.0};
}

Picture activationOverlay(const Picture& seen, const ActivationMap& /*map*/, double /*strength*/) {
    return seen;
}

}  // namespace condenser
