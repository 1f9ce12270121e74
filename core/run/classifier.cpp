#include "run/classifier.h"

#include <algorithm>
#include <chrono>
#include <numeric>

#include "data/image_io.h"
#include "infer/inference.h"
#include "network/network.h"
#include "ops/loss.h"

namespace condenser {

struct Classifier::State {
    Network network;
    std::vector<std::string> classes;
    Preprocess preprocess;
    ThreadPool& pool;
    Tensor input;
    Inference inference{network};
};

Classifier::Classifier(std::unique_ptr<State> state) : m_state(std::move(state)) {}
Classifier::Classifier(Classifier&&) noexcept = default;
Classifier& Classifier::operator=(Classifier&&) noexcept = default;
Classifier::~Classifier() = default;

Result<Classifier> Classifier::make(const ModelFile& model, ThreadPool& pool) {
    auto network = Network::fromState(model.spec, model.tensors);
    if (!network) return tl::unexpected(network.error());
    Tensor input(1, 3, model.preprocess.height, model.preprocess.width);
    auto state =
        std::unique_ptr<State>(new State{std::move(*network), model.classes, model.preprocess, pool, std::move(input)});
    state->inference.prepare(state->input.view(), pool);  // no part of the first picture's time
    return Classifier(std::move(state));
}

Result<Prediction> Classifier::classify(const std::filesystem::path& picture, int top) {
    return decodePicture(picture).map([&](const Picture& decoded) { return classify(decoded, top); });
}

Prediction Classifier::classify(const Picture& picture, int top) {
    State& state = *m_state;
    Prediction prediction;
    prediction.height = picture.height;
    prediction.width = picture.width;
    prediction.seen = fitPicture(picture, state.preprocess);
    normaliseInto(prediction.seen.pixels.data(), prediction.seen.height, prediction.seen.width, 0, 0, /*flip=*/false,
                  state.preprocess, state.input.view(), 0);
    const auto start = std::chrono::steady_clock::now();
    const std::span<const float> logits = state.inference.run(state.input.view(), state.pool);
    prediction.milliseconds =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
    std::vector<double> probabilities(logits.size());
    softmax(logits, probabilities);
    std::vector<int> order(logits.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
        return probabilities[static_cast<std::size_t>(a)] > probabilities[static_cast<std::size_t>(b)];
    });
    order.resize(std::min(order.size(), static_cast<std::size_t>(std::max(1, top))));
    for (int k : order) {
        const std::size_t i = static_cast<std::size_t>(k);
        prediction.top.push_back({k, state.classes[i], probabilities[i]});
    }
    return prediction;
}

}  // namespace condenser
