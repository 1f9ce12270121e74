#include "run/class_activation.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.h"
#include "network/network.h"

namespace condenser {
namespace {

// The colour scale: points at equal shares, 15 of CIE L* from one to the next, 15 to 90.
constexpr std::array<std::array<double, 3>, 6> kScale{{
    {25, 25, 103},
    {106, 24, 159},
    {193, 38, 139},
    {249, 89, 95},
    {255, 165, 56},
    {245, 229, 90},
}};

// map(y, x) for one class, of the last forward.
std::vector<float> mapOf(const Network& network, int classIndex) {
    const LinearClassifier& classifier = network.classifier();
    const int last = network.spec().blocks() - 1;
    const ConstView features = network.blockFeatures(last).value();
    const std::size_t inputs = classifier.weight.size() / classifier.bias.size();
    const float* weight = classifier.weight.data() + static_cast<std::size_t>(classIndex) * inputs;
    std::vector<double> sums(static_cast<std::size_t>(features.h) * static_cast<std::size_t>(features.w));
    for (std::size_t i = 0; i < inputs; ++i) {
        const int channel = classifier.index.empty() ? static_cast<int>(i) : static_cast<int>(classifier.index[i]);
        const NormAffine& norm = network.lastNorm().affine(channel);
        const float* plane = features.plane(0, channel);
        for (int y = 0; y < features.h; ++y) {
            for (int x = 0; x < features.w; ++x) {
                const float normed = (plane[y * features.strideRow + x] - norm.mean) * norm.scale + norm.bias;
                sums[static_cast<std::size_t>(y * features.w + x)] +=
                    static_cast<double>(weight[i]) * static_cast<double>(std::max(normed, 0.0f));
            }
        }
    }
    return {sums.begin(), sums.end()};
}

// Where a pixel lies between the middles of the cells along one side.
struct Between {
    int first = 0, second = 0;
    double share = 0;  // of the second
};

Between between(int pixel, int pixels, int cells) {
    const double at = std::clamp((pixel + 0.5) * cells / pixels - 0.5, 0.0, static_cast<double>(cells - 1));
    const int first = static_cast<int>(at);
    return {first, std::min(first + 1, cells - 1), at - first};
}

double valueAt(const ActivationMap& map, const Between& y, const Between& x) {
    const auto cell = [&](int row, int column) {
        return static_cast<double>(map.values[static_cast<std::size_t>(row * map.width + column)]);
    };
    return std::lerp(std::lerp(cell(y.first, x.first), cell(y.first, x.second), x.share),
                     std::lerp(cell(y.second, x.first), cell(y.second, x.second), x.share), y.share);
}

}  // namespace

struct ClassActivation::State {
    Network network;
    Preprocess preprocess;
    Tensor input;
};

ClassActivation::ClassActivation(std::unique_ptr<State> state) : m_state(std::move(state)) {}
ClassActivation::ClassActivation(ClassActivation&&) noexcept = default;
ClassActivation& ClassActivation::operator=(ClassActivation&&) noexcept = default;
ClassActivation::~ClassActivation() = default;

Result<ClassActivation> ClassActivation::make(const ModelFile& model) {
    auto network = Network::fromState(model.spec, model.tensors);
    if (!network) return tl::unexpected(network.error());
    const Preprocess& preprocess = model.preprocess;
    return ClassActivation(std::make_unique<State>(
        State{std::move(*network), preprocess, Tensor(1, 3, preprocess.height, preprocess.width)}));
}

ActivationMaps ClassActivation::maps(const Picture& picture, ThreadPool& pool, std::vector<int> classes) {
    return mapsOfFitted(fitPicture(picture, m_state->preprocess), pool, std::move(classes));
}

ActivationMaps ClassActivation::mapsOfFitted(Picture seen, ThreadPool& pool, std::vector<int> classes) {
    State& state = *m_state;
    ActivationMaps maps;
    maps.seen = std::move(seen);
    normaliseInto(maps.seen.pixels.data(), maps.seen.height, maps.seen.width, 0, 0, /*flip=*/false, state.preprocess,
                  state.input.view(), 0);
    const std::span<const float> logits = state.network.forward(state.input.view(), Mode::kEval, pool);
    maps.logits.assign(logits.begin(), logits.end());
    if (classes.empty()) classes = {static_cast<int>(std::ranges::max_element(logits) - logits.begin())};
    const ConstView features = state.network.blockFeatures(state.network.spec().blocks() - 1).value();
    for (const int k : classes) {
        CORE_CHECK(k >= 0 && k < state.network.spec().classes);
        maps.maps.push_back({k, features.h, features.w, mapOf(state.network, k), logits[static_cast<std::size_t>(k)],
                             state.network.classifier().bias[static_cast<std::size_t>(k)]});
    }
    return maps;
}

ActivationMap::Place ActivationMap::peak(int pictureHeight, int pictureWidth) const {
    const int cell = static_cast<int>(std::ranges::max_element(values) - values.begin());
    return {(cell % width + 0.5) * pictureWidth / width, (cell / width + 0.5) * pictureHeight / height};
}

std::array<std::uint8_t, 3> activationColour(double share) {
    const double at = std::clamp(share, 0.0, 1.0) * (kScale.size() - 1);
    const std::size_t first = std::min(static_cast<std::size_t>(at), kScale.size() - 2);
    std::array<std::uint8_t, 3> colour{};
    for (std::size_t c = 0; c < colour.size(); ++c) {
        const double value = std::lerp(kScale[first][c], kScale[first + 1][c], at - static_cast<double>(first));
        colour[c] = static_cast<std::uint8_t>(std::lround(value));
    }
    return colour;
}

Picture activationOverlay(const Picture& seen, const ActivationMap& map, double strength) {
    Picture overlay = seen;
    const double largest = static_cast<double>(*std::ranges::max_element(map.values));
    if (!(largest > 0)) return overlay;  // nowhere does the picture speak for the class
    std::vector<Between> columns;
    for (int x = 0; x < seen.width; ++x) columns.push_back(between(x, seen.width, map.width));
    for (int y = 0; y < seen.height; ++y) {
        const Between row = between(y, seen.height, map.height);
        for (int x = 0; x < seen.width; ++x) {
            const double share = std::max(0.0, valueAt(map, row, columns[static_cast<std::size_t>(x)]) / largest);
            const std::array<std::uint8_t, 3> colour = activationColour(share);
            // By the root, so that the map's edge is seen on an object of its own colour, too.
            const double cover = std::clamp(strength, 0.0, 1.0) * std::sqrt(std::min(share, 1.0));
            std::uint8_t* pixel = &overlay.pixels[static_cast<std::size_t>(y * seen.width + x) * 3];
            for (std::size_t c = 0; c < colour.size(); ++c) {
                pixel[c] = static_cast<std::uint8_t>(
                    std::lround(std::lerp(static_cast<double>(pixel[c]), static_cast<double>(colour[c]), cover)));
            }
        }
    }
    return overlay;
}

}  // namespace condenser
