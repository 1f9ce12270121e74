#include "run/classifier.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <utility>

#include "data/image_io.h"
#include "infer/inference.h"
#include "network/network.h"
#include "ops/loss.h"
#include "run/network_forms.h"

namespace condenser {

struct Classifier::State {
    // One form of the network, ready to run.
    struct Form {
        Network network;
        Inference inference;

        explicit Form(Network of, DroppedConnections dropped)
            : network(std::move(of)),
              inference([this, dropped](int height, int width) { return graphOf(network, height, width, dropped); }) {}
    };

    std::vector<std::string> classes;
    Preprocess preprocess;
    ThreadPool& pool;
    Tensor input;
    int outstandingSteps = 0;
    std::size_t speaking = 0;
    std::optional<Error> denseProblem;
    std::vector<std::unique_ptr<Form>> forms;

    State(const ModelFile& model, ThreadPool& on)
        : classes(model.classes),
          preprocess(model.preprocess),
          pool(on),
          input(1, 3, model.preprocess.height, model.preprocess.width) {}

    void add(Network network, DroppedConnections dropped) {
        forms.push_back(std::make_unique<Form>(std::move(network), dropped));
        forms.back()->inference.run(input.view(), pool);  // plan and memory are no part of the first picture's time
    }

    FormAnswer ask(Form& form, int top) {
        FormAnswer answer;
        answer.variant = form.network.variant();
        const auto start = std::chrono::steady_clock::now();
        const std::span<const float> logits = form.inference.run(input.view(), pool);
        answer.milliseconds =
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
        answer.logits.assign(logits.begin(), logits.end());
        std::vector<double> probabilities(logits.size());
        softmax(logits, probabilities);
        std::vector<int> order(logits.size());
        std::iota(order.begin(), order.end(), 0);
        std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
            return probabilities[static_cast<std::size_t>(a)] > probabilities[static_cast<std::size_t>(b)];
        });
        if (order.size() > 1) answer.second = probabilities[static_cast<std::size_t>(order[1])];
        order.resize(std::min(order.size(), static_cast<std::size_t>(std::max(1, top))));
        for (int k : order) {
            const std::size_t i = static_cast<std::size_t>(k);
            answer.top.push_back({k, classes[i], probabilities[i]});
        }
        return answer;
    }
};

Classifier::Classifier(std::unique_ptr<State> state) : m_state(std::move(state)) {}
Classifier::Classifier(Classifier&&) noexcept = default;
Classifier& Classifier::operator=(Classifier&&) noexcept = default;
Classifier::~Classifier() = default;

Result<Classifier> Classifier::make(const ModelFile& model, ThreadPool& pool, Forms forms) {
    auto state = std::make_unique<State>(model, pool);
    if (forms == Forms::kBoth) {
        auto both = NetworkForms::make(model);
        if (both) {
            state->outstandingSteps = both->outstandingSteps;
            state->speaking = both->outstandingSteps > 0 ? 0 : 1;
            state->add(std::move(both->dense), DroppedConnections::kCompute);
            state->add(std::move(both->condensed), DroppedConnections::kSkip);
            return Classifier(std::move(state));
        }
        if (model.variant == Variant::kDense) return tl::unexpected(both.error());
        state->denseProblem = both.error();
    }
    auto network = Network::fromState(model.spec, model.tensors);
    if (!network) return tl::unexpected(network.error());
    state->add(std::move(*network), DroppedConnections::kSkip);
    return Classifier(std::move(state));
}

void Classifier::warmUp() {
    for (const auto& form : m_state->forms) form->inference.run(m_state->input.view(), m_state->pool);
}

int Classifier::outstandingSteps() const {
    return m_state->outstandingSteps;
}

const std::optional<Error>& Classifier::denseProblem() const {
    return m_state->denseProblem;
}

Variant Classifier::variant() const {
    return m_state->forms[m_state->speaking]->network.variant();
}

Result<Prediction> Classifier::classify(const std::filesystem::path& picture, int top) {
    return decodePicture(picture).map([&](const Picture& decoded) { return classify(decoded, top); });
}

Prediction Classifier::classify(const Picture& picture, int top) {
    return classify(fittedOf(picture, m_state->preprocess), top);
}

Prediction Classifier::classify(FittedPicture picture, int top) {
    State& state = *m_state;
    Prediction prediction;
    prediction.seen = std::move(picture.seen);
    prediction.height = picture.height;
    prediction.width = picture.width;
    prediction.speaking = state.speaking;
    normaliseInto(prediction.seen.pixels.data(), prediction.seen.height, prediction.seen.width, 0, 0, /*flip=*/false,
                  state.preprocess, state.input.view(), 0);
    for (const auto& form : state.forms) prediction.forms.push_back(state.ask(*form, top));
    return prediction;
}

}  // namespace condenser
