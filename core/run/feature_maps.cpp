#include "run/feature_maps.h"

#include <fmt/format.h>

#include <algorithm>

#include "ops/loss.h"

namespace condenser {

FeatureMap FeatureMaps::map(int channel) const {
    for (const Block& block : blocks) {
        if (channel < block.first || channel >= block.first + block.channels) continue;
        const std::size_t size = static_cast<std::size_t>(block.height) * static_cast<std::size_t>(block.width);
        const std::size_t at = static_cast<std::size_t>(channel - block.first) * size;
        return {std::span(block.values).subspan(at, size), block.height, block.width};
    }
    return {};
}

FeatureMapper::FeatureMapper(Network network, const ModelFile& model)
    : m_network(std::move(network)),
      m_classes(model.classes),
      m_preprocess(model.preprocess),
      m_input(1, 3, model.preprocess.height, model.preprocess.width) {}

Result<FeatureMapper> FeatureMapper::make(const ModelFile& model) {
    constexpr const char* kWhat = "cannot compute the feature maps";
    if (model.preprocess.height != model.spec.height || model.preprocess.width != model.spec.width) {
        return fail(ErrorCode::kBadData, kWhat, {},
                    fmt::format("the model reads pictures of {}x{}, its network is made for {}x{}",
                                model.preprocess.height, model.preprocess.width, model.spec.height, model.spec.width));
    }
    if (model.classes.size() != static_cast<std::size_t>(model.spec.classes)) {
        return fail(
            ErrorCode::kBadData, kWhat, {},
            fmt::format("the model names {} classes, its network has {}", model.classes.size(), model.spec.classes));
    }
    auto network = Network::fromState(model.spec, model.tensors);
    if (!network) return tl::unexpected(network.error());
    return FeatureMapper(std::move(*network), model);
}

FeatureMaps FeatureMapper::maps(const Picture& picture, ThreadPool& pool) {
    FeatureMaps maps;
    maps.seen = fitPicture(picture, m_preprocess);
    normaliseInto(maps.seen.pixels.data(), maps.seen.height, maps.seen.width, 0, 0, /*flip=*/false, m_preprocess,
                  m_input.view(), 0);
    const std::span<const float> logits = m_network.forward(m_input.view(), Mode::kEval, pool);
    maps.logits.assign(logits.begin(), logits.end());
    maps.probabilities.resize(logits.size());
    softmax(logits, maps.probabilities);
    maps.best = static_cast<int>(std::ranges::max_element(maps.probabilities) - maps.probabilities.begin());
    maps.answer = m_classes[static_cast<std::size_t>(maps.best)];
    int first = 0;
    for (const DenseBlock& block : m_network.blocks()) {
        // A block begins with pooled channels, which stand where they were made; the first one with the stem's own.
        const int pooled = maps.blocks.empty() ? 0 : block.inputs;
        const ConstView made = block.features.value().channels(pooled, block.channels - pooled);
        maps.blocks.push_back({first, made.c, made.h, made.w, toPacked(made)});
        FeatureMaps::Block& all = maps.blocks.back();
        if (block.transition) {
            const ConstView behind = block.transition->features.value();
            const std::vector<float> values = toPacked(behind);
            all.values.insert(all.values.end(), values.begin(), values.end());
            all.channels += behind.c;
        }
        first += all.channels;
    }
    return maps;
}

}  // namespace condenser
