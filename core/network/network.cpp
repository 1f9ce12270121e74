#include "network/network.h"

#include <cmath>
#include <cstring>
#include <map>
#include <numeric>

#include "base/check.h"
#include "base/rng.h"
#include "network/layer_names.h"
#include "ops/linear.h"
#include "ops/pool.h"

namespace condenser {
namespace {

std::vector<int> allChannels(int count) {
    std::vector<int> channels(static_cast<std::size_t>(count));
    std::iota(channels.begin(), channels.end(), 0);
    return channels;
}

void clearGradientImage(const Features& features, int image) {
    const View gradient = features.gradient();
    for (int c = 0; c < gradient.c; ++c) std::fill_n(gradient.plane(image, c), gradient.h * gradient.w, 0.0f);
}

}  // namespace

PointwiseConv& DenseLayer::pointwise() {
    return std::visit([](auto& conv) -> PointwiseConv& { return conv.conv; }, conv1);
}

const PointwiseConv& DenseLayer::pointwise() const {
    return std::visit([](const auto& conv) -> const PointwiseConv& { return conv.conv; }, conv1);
}

PointwiseConv& Transition::pointwise() {
    return std::visit([](auto& learned) -> PointwiseConv& { return learned.conv; }, conv);
}

const PointwiseConv& Transition::pointwise() const {
    return std::visit([](const auto& learned) -> const PointwiseConv& { return learned.conv; }, conv);
}

Features& DenseBlock::beforePooling() {
    return transition ? transition->features : features;
}

Network::Network(const NetworkSpec& spec, Variant variant, std::vector<std::vector<std::int64_t>> indices,
                 std::vector<std::int64_t> classifierIndex, bool classifierConverted)
    : m_spec(spec),
      m_variant(variant),
      m_normLast(allChannels(spec.blockInputs(spec.blocks()))),
      m_classifierConverted(classifierConverted) {
    m_stemWeight.resize(static_cast<std::size_t>(spec.stemChannels()) * 27);
    m_dStemWeight.resize(m_stemWeight.size());
    std::size_t next = 0;
    for (int b = 0; b < spec.blocks(); ++b) {
        DenseBlock block;
        block.inputs = spec.blockInputs(b);
        block.channels = spec.blockOutputs(b);
        const int growth = spec.growth[static_cast<std::size_t>(b)], middle = spec.bottleneck * growth;
        for (int l = 0; l < spec.stages[static_cast<std::size_t>(b)]; ++l) {
            const int inputs = spec.layerInputs(b, l);
            GroupedConv3x3 conv2(middle, growth, spec.groups3x3);
            if (variant == Variant::kDense) {
                block.layers.push_back({LearnedGroupConv(inputs, middle, spec.groups1x1, spec.condenseFactor),
                                        std::move(conv2),
                                        {},
                                        inputs});
            } else {
                block.layers.push_back(
                    {CondenseConv(std::move(indices[next++]), middle, spec.groups1x1), std::move(conv2), {}, inputs});
            }
        }
        if (spec.hasTransitions() && b + 1 < spec.blocks()) {
            const int outputs = spec.blockInputs(b + 1);
            if (variant == Variant::kDense) {
                LearnedGroupConv conv(block.channels, outputs, spec.groups1x1, spec.condenseFactor);
                block.transition.emplace(Transition{std::move(conv), {}, {}});
            } else {
                CondenseConv conv(std::move(indices[next++]), outputs, spec.groups1x1);
                block.transition.emplace(Transition{std::move(conv), {}, {}});
            }
        }
        m_blocks.push_back(std::move(block));
    }
    const std::size_t classifierInputs =
        classifierConverted ? classifierIndex.size() : static_cast<std::size_t>(m_blocks.back().channels);
    m_classifier.index = std::move(classifierIndex);
    m_classifier.weight.resize(static_cast<std::size_t>(spec.classes) * classifierInputs);
    m_classifier.dWeight.resize(m_classifier.weight.size());
    m_classifier.bias.resize(static_cast<std::size_t>(spec.classes));
    m_classifier.dBias.resize(m_classifier.bias.size());
}

Network::Network(const NetworkSpec& spec, std::uint64_t seed) : Network(spec, Variant::kDense, {}, {}, false) {
    initialise(seed);
}

void Network::initialise(std::uint64_t seed) {
    std::uint64_t tensor = 0;
    visitTensors([&](const TensorSlot& slot) {
        Rng rng(seed, RandomStream::kInit, tensor++);
        if (slot.shape.size() == 4 && slot.isParameter()) {
            const double spread = std::sqrt(2.0 / static_cast<double>(slot.shape[2] * slot.shape[3] * slot.shape[0]));
            for (float& w : slot.value) w = static_cast<float>(rng.normal() * spread);
        } else if (slot.shape.size() == 2) {
            const double bound = 1.0 / std::sqrt(static_cast<double>(slot.shape[1]));
            for (float& w : slot.value) w = static_cast<float>((2.0 * rng.uniform() - 1.0) * bound);
        }
    });
}

void Network::visitTensors(const TensorVisitor& visit) {
    visit({"features.init_conv.weight", {m_spec.stemChannels(), 3, 3, 3}, m_stemWeight, m_dStemWeight, {}, {}});
    for (std::size_t b = 0; b < m_blocks.size(); ++b) {
        for (std::size_t l = 0; l < m_blocks[b].layers.size(); ++l) {
            DenseLayer& layer = m_blocks[b].layers[l];
            const std::string name = denseLayerName(static_cast<int>(b), static_cast<int>(l));
            std::visit([&](auto& conv) { conv.visitTensors(name + ".conv_1.", visit); }, layer.conv1);
            layer.conv2.visitTensors(name + ".conv_2.", visit);
        }
        if (m_blocks[b].transition) {
            const std::string name = transitionName(static_cast<int>(b)) + ".conv";
            std::visit([&](auto& conv) { conv.visitTensors(name + ".", visit); }, m_blocks[b].transition->conv);
        }
    }
    m_normLast.norm.visitTensors("features.norm_last.", visit);
    const std::int64_t classes = m_spec.classes;
    std::string prefix = "classifier.";
    if (m_classifierConverted) {
        visit({"classifier.index",
               {static_cast<std::int64_t>(m_classifier.index.size())},
               {},
               {},
               {},
               m_classifier.index});
        prefix += "linear.";
    }
    visit({prefix + "weight",
           {classes, static_cast<std::int64_t>(m_classifier.weight.size()) / classes},
           m_classifier.weight,
           m_classifier.dWeight,
           {},
           {}});
    visit({prefix + "bias", {classes}, m_classifier.bias, m_classifier.dBias, {}, {}});
}

StateDict Network::state() {
    StateDict state;
    visitTensors([&](const TensorSlot& slot) {
        state[slot.name] = slot.integers.empty() ? StoredTensor::ofFloats(slot.shape, slot.value)
                                                 : StoredTensor::ofInt64s(slot.shape, slot.integers);
    });
    return state;
}

void Network::zeroGradients() {
    visitTensors([](const TensorSlot& slot) {
        if (slot.isParameter()) std::memset(slot.gradient.data(), 0, slot.gradient.size_bytes());
    });
}

std::vector<Network::LearnedLayer> Network::learnedLayers() {
    std::vector<LearnedLayer> layers;
    for (int b = 0; b < m_spec.blocks(); ++b) {
        std::vector<DenseLayer>& list = m_blocks[static_cast<std::size_t>(b)].layers;
        for (int l = 0; l < static_cast<int>(list.size()); ++l) {
            auto* conv = std::get_if<LearnedGroupConv>(&list[static_cast<std::size_t>(l)].conv1);
            if (conv != nullptr) layers.push_back({denseLayerName(b, l) + ".conv_1", b, l, conv});
        }
        if (auto& transition = m_blocks[static_cast<std::size_t>(b)].transition) {
            auto* conv = std::get_if<LearnedGroupConv>(&transition->conv);
            if (conv != nullptr)
                layers.push_back({transitionName(b) + ".conv", b, static_cast<int>(list.size()), conv});
        }
    }
    return layers;
}

std::vector<Network::CondensedLayer> Network::condensedLayers() {
    std::vector<CondensedLayer> layers;
    for (int b = 0; b < m_spec.blocks(); ++b) {
        std::vector<DenseLayer>& list = m_blocks[static_cast<std::size_t>(b)].layers;
        for (int l = 0; l < static_cast<int>(list.size()); ++l) {
            auto* conv = std::get_if<CondenseConv>(&list[static_cast<std::size_t>(l)].conv1);
            if (conv != nullptr) layers.push_back({denseLayerName(b, l) + ".conv_1", b, l, conv});
        }
        if (auto& transition = m_blocks[static_cast<std::size_t>(b)].transition) {
            auto* conv = std::get_if<CondenseConv>(&transition->conv);
            if (conv != nullptr)
                layers.push_back({transitionName(b) + ".conv", b, static_cast<int>(list.size()), conv});
        }
    }
    return layers;
}

Conv2dShape Network::stemShape(int h, int w) const {
    return {3, m_spec.stemChannels(), 3, m_spec.stemStride, 1, 1, h, w};
}

void Network::reserve(int n, int h, int w, Mode mode, int workers) {
    const bool train = mode == Mode::kTrain;
    const Conv2dShape stem = stemShape(h, w);
    int mapH = stem.outH(), mapW = stem.outW();
    int middleFloats = 0;  // the widest bottleneck's floats an image
    for (std::size_t b = 0; b < m_blocks.size(); ++b) {
        DenseBlock& block = m_blocks[b];
        CORE_CHECK(mapH > 0 && mapW > 0);
        if (train) block.gradient.reshape(n, block.channels, mapH, mapW);
        block.features.reshape(n, block.channels, mapH, mapW, train ? block.gradient.view() : View{});
        const int middle = m_spec.bottleneck * m_spec.growth[b];
        middleFloats = std::max(middleFloats, middle * static_cast<int>(spreadPlaneStride(mapH, mapW)));
        if (block.transition) {
            const int outputs = m_blocks[b + 1].inputs;
            if (train) block.transition->gradient.reshape(n, outputs, mapH, mapW);
            block.transition->features.reshape(n, outputs, mapH, mapW,
                                               train ? block.transition->gradient.view() : View{});
        }
        mapH /= 2;
        mapW /= 2;
    }
    if (train) m_bottleneckGradient.reshape(n, 1, 1, middleFloats);
    for (std::size_t b = 0; b < m_blocks.size(); ++b) {
        const ConstView map = m_blocks[b].features.value();
        const int middle = m_spec.bottleneck * m_spec.growth[b];
        View gradient;
        if (train) {  // one buffer for the bottleneck gradients of all layers: only one is alive at a time
            const std::ptrdiff_t plane = spreadPlaneStride(map.h, map.w);
            gradient = {m_bottleneckGradient.view().data, n, middle, map.h, map.w, plane * middle, plane, map.w};
        }
        for (DenseLayer& layer : m_blocks[b].layers) layer.bottleneck.reshape(n, middle, map.h, map.w, gradient);
    }
    m_scratch.resize(static_cast<std::size_t>(workers));
    m_images = n;
    m_pooled.resize(static_cast<std::size_t>(n) * static_cast<std::size_t>(m_blocks.back().channels));
    m_logits.resize(static_cast<std::size_t>(n) * static_cast<std::size_t>(m_spec.classes));
    if (train) {
        m_dPooled.resize(m_pooled.size());
        m_lastNormSums.resize(m_pooled.size());
    }
}

std::span<const float> Network::forward(ConstView x, Mode mode, ThreadPool& pool, const Interruption& interruption) {
    CORE_CHECK(x.c == 3 && x.n > 0);
    reserve(x.n, x.h, x.w, mode, pool.size());
    View stem = m_blocks.front().features.value().channels(0, m_spec.stemChannels());
    conv2dForward(stemShape(x.h, x.w), x, m_stemWeight.data(), stem, pool, m_scratch);
    if (mode == Mode::kTrain) {
        if (!forwardBatch(x, pool, interruption)) return {};
    } else {
        forwardImages(x, pool);
    }
    classify(x.n);
    return m_logits;
}

void Network::poolInto(std::size_t block, int image) {
    Features& from = m_blocks[block - 1].beforePooling();
    Features& to = m_blocks[block].features;
    for (int c = 0; c < m_blocks[block].inputs; ++c) {
        averagePool2Forward(from.plane(), from.value().plane(image, c), to.value().plane(image, c));
    }
}

void Network::reserveScratch(std::size_t floats) {
    for (Scratch& scratch : m_scratch) scratch.floats(0, floats);
}

// Up and down in turn: what was touched last is still in the cache, and comes first.
template <class Body>
void Network::forEachChunk(ThreadPool& pool, const Body& body) {
    const int chunks = chunkCount(m_images), threads = pool.size();
    const bool descending = m_descending;
    pool.parallelFor(static_cast<std::size_t>(chunks), [&](std::size_t item, int worker) {
        const int place = static_cast<int>(item), next = std::min(place + threads, chunks);
        Scratch& scratch = m_scratch[static_cast<std::size_t>(worker)];
        if (descending) {
            body(chunks - 1 - place, next < chunks ? chunks - 1 - next : chunks, scratch);
        } else {
            body(place, next, scratch);
        }
    });
    m_descending = !m_descending;
}

void Network::forwardPointwise(PointwiseConv& conv, const Features& in, Features& out, ThreadPool& pool) {
    conv.prepareForward(in, Mode::kTrain);
    reserveScratch(conv.scratchFloats());
    forEachChunk(pool, [&](int chunk, int, Scratch& scratch) {
        conv.forwardImages(in, chunkImages(m_images, chunk), out, scratch);
    });
}

void Network::backwardPointwise(PointwiseConv& conv, Features& in, const Features& out, ThreadPool& pool) {
    ChunkSums& sums = m_scratch.front().sums;
    conv.prepareBackward(out, m_images, sums);
    forEachChunk(
        pool, [&](int chunk, int next, Scratch& scratch) { conv.backwardChunk(in, chunk, next, out, sums, scratch); });
    conv.finishBackward(in, Mode::kTrain, sums, pool);
}

// A layer at a time over the whole batch, since its statistics are those of the batch.
bool Network::forwardBatch(ConstView x, ThreadPool& pool, const Interruption& interruption) {
    const std::size_t images = static_cast<std::size_t>(x.n);
    const int chunks = chunkCount(x.n), largestChunk = (x.n + chunks - 1) / chunks;
    for (std::size_t b = 0; b < m_blocks.size(); ++b) {
        DenseBlock& block = m_blocks[b];
        Features& features = block.features;
        pool.parallelFor(images, [&](std::size_t n, int) {
            const int image = static_cast<int>(n);
            if (b > 0) poolInto(b, image);
            features.measureImage(image, 0, block.inputs);
        });
        features.mergeMoments(0, block.inputs);
        for (DenseLayer& layer : block.layers) {
            if (isInterrupted(interruption)) return false;
            Features& middle = layer.bottleneck;
            forwardPointwise(layer.pointwise(), features, middle, pool);
            middle.mergeMoments(0, middle.value().c);
            if (isInterrupted(interruption)) return false;
            const int growth = m_spec.growth[b];
            layer.conv2.prepareForward(middle, Mode::kTrain);
            reserveScratch(layer.conv2.scratchFloats(largestChunk));
            forEachChunk(pool, [&](int chunk, int, Scratch& scratch) {
                layer.conv2.forwardImages(middle, chunkImages(x.n, chunk), features, layer.inputs, scratch);
            });
            features.mergeMoments(layer.inputs, growth);
        }
        if (!block.transition) continue;
        if (isInterrupted(interruption)) return false;
        // What it writes is pooled before any norm reads it: its moments are of no use, and never merged.
        forwardPointwise(block.transition->pointwise(), features, block.transition->features, pool);
    }
    m_normLast.prepareForward(m_blocks.back().features, Mode::kTrain);
    pool.parallelFor(images, [&](std::size_t n, int) {
        const Features& last = m_blocks.back().features;
        for (int c = 0; c < m_normLast.positions(); ++c) {
            m_pooled[n * static_cast<std::size_t>(m_normLast.positions()) + static_cast<std::size_t>(c)] =
                normReluAverage(last.value().plane(static_cast<int>(n), c), last.plane().h * last.plane().w,
                                m_normLast.affine(c));
        }
    });
    return true;
}

// An image at a time through all layers, so that its maps stay in the cache.
void Network::forwardImages(ConstView x, ThreadPool& pool) {
    for (DenseBlock& block : m_blocks) {
        for (DenseLayer& layer : block.layers) {
            layer.pointwise().prepareForward(block.features, Mode::kEval);
            layer.conv2.prepareForward(layer.bottleneck, Mode::kEval);
        }
        if (block.transition) block.transition->pointwise().prepareForward(block.features, Mode::kEval);
    }
    m_normLast.prepareForward(m_blocks.back().features, Mode::kEval);
    pool.parallelFor(static_cast<std::size_t>(x.n), [&](std::size_t n, int worker) {
        const int image = static_cast<int>(n);
        Scratch& scratch = m_scratch[static_cast<std::size_t>(worker)];
        for (std::size_t b = 0; b < m_blocks.size(); ++b) {
            DenseBlock& block = m_blocks[b];
            Features& features = block.features;
            if (b > 0) poolInto(b, image);
            for (DenseLayer& layer : block.layers) {
                layer.pointwise().forwardImages(features, {image, 1}, layer.bottleneck, scratch);
                layer.conv2.forwardImages(layer.bottleneck, {image, 1}, features, layer.inputs, scratch);
            }
            if (block.transition) {
                block.transition->pointwise().forwardImages(features, {image, 1}, block.transition->features, scratch);
            }
        }
        const Features& last = m_blocks.back().features;
        for (int c = 0; c < m_normLast.positions(); ++c) {
            m_pooled[n * static_cast<std::size_t>(m_normLast.positions()) + static_cast<std::size_t>(c)] =
                normReluAverage(last.value().plane(image, c), last.plane().h * last.plane().w, m_normLast.affine(c));
        }
    });
}

void Network::classify(int images) {
    const std::size_t channels = static_cast<std::size_t>(m_blocks.back().channels);
    const int inputs = static_cast<int>(m_classifier.weight.size()) / m_spec.classes;
    std::vector<float> gathered;
    if (m_classifierConverted) {
        for (std::size_t n = 0; n < static_cast<std::size_t>(images); ++n) {
            for (std::int64_t c : m_classifier.index)
                gathered.push_back(m_pooled[n * channels + static_cast<std::size_t>(c)]);
        }
    }
    linearForward({images, inputs, m_spec.classes}, m_classifierConverted ? gathered.data() : m_pooled.data(),
                  m_classifier.weight.data(), m_classifier.bias.data(), m_logits.data(), m_scratch.front());
}

void Network::trackStatistics() {
    for (DenseBlock& block : m_blocks) {
        for (DenseLayer& layer : block.layers) {
            layer.pointwise().input.track(block.features);
            layer.conv2.input.track(layer.bottleneck);
        }
        if (block.transition) block.transition->pointwise().input.track(block.features);
    }
    m_normLast.track(m_blocks.back().features);
}

bool Network::backwardLayer(DenseBlock& block, DenseLayer& layer, ThreadPool& pool, const Interruption& interruption) {
    if (isInterrupted(interruption)) return false;
    Features& features = block.features;
    Features& middle = layer.bottleneck;
    ChunkSums& sums = m_scratch.front().sums;
    layer.conv2.prepareBackward(features, layer.inputs, m_images, sums);
    forEachChunk(pool, [&](int chunk, int next, Scratch& scratch) {
        layer.conv2.backwardChunk(middle, chunk, next, features, layer.inputs, sums, scratch);
    });
    layer.conv2.finishBackward(middle, Mode::kTrain, sums, pool);
    if (isInterrupted(interruption)) return false;
    backwardPointwise(layer.pointwise(), features, middle, pool);
    return true;
}

bool Network::backward(ConstView x, std::span<const float> dLogits, ThreadPool& pool, View dx,
                       const Interruption& interruption) {
    const int images = m_images;
    CORE_CHECK(x.n == images && dLogits.size() == m_logits.size() && !m_classifierConverted);
    const std::size_t channels = static_cast<std::size_t>(m_blocks.back().channels);
    linearBackward({images, static_cast<int>(channels), m_spec.classes}, m_pooled.data(), m_classifier.weight.data(),
                   dLogits.data(), m_dPooled.data(), m_classifier.dWeight.data(), m_classifier.dBias.data(),
                   m_scratch.front());
    Features& last = m_blocks.back().features;
    const int pixels = last.plane().h * last.plane().w;
    reserveScratch(static_cast<std::size_t>(pixels));
    pool.parallelFor(static_cast<std::size_t>(images), [&](std::size_t n, int worker) {
        float* da = m_scratch[static_cast<std::size_t>(worker)].floats(0, static_cast<std::size_t>(pixels));
        for (std::size_t c = 0; c < channels; ++c) {
            std::fill_n(da, pixels, m_dPooled[n * channels + c] / static_cast<float>(pixels));
            const ConstView x = last.value();
            const int image = static_cast<int>(n), channel = static_cast<int>(c);
            m_lastNormSums[n * channels + c] = normBackward(
                last.plane(), x.plane(image, channel), x.strideRow, da, last.plane().w, m_normLast.affine(channel),
                true, false, last.gradient().plane(image, channel), last.gradient().strideRow);
        }
    });
    m_normLast.prepareSums();
    for (std::size_t i = 0; i < m_lastNormSums.size(); ++i) {
        m_normLast.addSums(static_cast<int>(i % channels), m_lastNormSums[i]);
    }
    m_normLast.finishBackward(last, Mode::kTrain);
    for (std::size_t b = m_blocks.size(); b-- > 0;) {
        DenseBlock& block = m_blocks[b];
        if (block.transition) {
            if (isInterrupted(interruption)) return false;
            backwardPointwise(block.transition->pointwise(), block.features, block.transition->features, pool);
        }
        for (std::size_t l = block.layers.size(); l-- > 0;) {
            if (!backwardLayer(block, block.layers[l], pool, interruption)) return false;
        }
        pool.parallelFor(static_cast<std::size_t>(images), [&](std::size_t n, int) {
            const int image = static_cast<int>(n);
            block.features.correctGradientImage(image, 0, block.inputs);
            if (b == 0) return;
            DenseBlock& before = m_blocks[b - 1];
            const Features& pooled = before.beforePooling();
            for (int c = 0; c < block.inputs; ++c) {
                averagePool2Backward(pooled.plane(), block.features.gradient().plane(image, c),
                                     pooled.gradient().plane(image, c));
            }
            if (before.transition) clearGradientImage(before.features, image);  // its convolution will add to it
        });
    }
    conv2dBackward(stemShape(x.h, x.w), x, m_stemWeight.data(),
                   m_blocks.front().features.gradient().channels(0, m_spec.stemChannels()), m_dStemWeight.data(), dx,
                   pool, m_scratch);
    return true;
}

}  // namespace condenser
