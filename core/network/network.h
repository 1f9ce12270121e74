// A CondenseNet with its weights: forward and backward, dense (learned group convolutions with masks) or condensed.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/interruption.h"
#include "base/result.h"
#include "base/thread_pool.h"
#include "layers/condense_conv.h"
#include "layers/grouped_conv.h"
#include "layers/learned_group_conv.h"
#include "network/network_spec.h"
#include "network/variant.h"
#include "ops/conv2d.h"
#include "tensor/state_dict.h"

namespace condenser {

// 1x1 (learned or condensed) to bottleneck * growth channels, 3x3 grouped to growth channels behind the inputs.
struct DenseLayer {
    std::variant<LearnedGroupConv, CondenseConv> conv1;
    GroupedConv3x3 conv2;
    Features bottleneck;  // between the two
    int inputs = 0;

    PointwiseConv& pointwise();
    const PointwiseConv& pointwise() const;
};

// What follows a block where the spec has a compression: a 1x1 (learned or condensed) to fewer channels, which are then
// pooled into the next block.
struct Transition {
    std::variant<LearnedGroupConv, CondenseConv> conv;
    Features features;  // before the pooling
    Tensor gradient;

    PointwiseConv& pointwise();
    const PointwiseConv& pointwise() const;
};

// Layers that share a feature map size, and the features they read and write.
struct DenseBlock {
    std::vector<DenseLayer> layers;
    std::optional<Transition> transition;
    Features features;
    Tensor gradient;
    int inputs = 0, channels = 0;  // at its entry, in all

    Features& beforePooling();  // what is pooled into the next block: the transition's, or all that it has
};

// Linear classifier over pooled features; with an index it reads only those (the reference's converted classifier).
struct LinearClassifier {
    std::vector<std::int64_t> index;                  // empty: all features, in order
    std::vector<float> weight, bias, dWeight, dBias;  // [classes, inputs], [classes]
};

// Not thread-safe; the pool given to forward and backward does the work in parallel. The same bits on any number of
// threads.
class Network {
  public:
    // Dense, freshly initialised: convolutions N(0, sqrt(2 / (kh * kw * outputs))), norms 1 and 0, linear weight
    // U(-1/sqrt(inputs), 1/sqrt(inputs)) and bias 0 (golden README, Initial values). The spec must be valid.
    Network(const NetworkSpec& spec, std::uint64_t seed);

    // Dense or condensed as the names in `state` say, the classifier's width too. Every tensor must be there with its
    // dtype and shape and nothing else besides (num_batches_tracked may be missing): the error lists what is not.
    // Masks must be 0 or 1 and the same for all filters of a group; indices must lie in range.
    static Result<Network> fromState(const NetworkSpec& spec, const StateDict& state);

    const NetworkSpec& spec() const { return m_spec; }
    Variant variant() const { return m_variant; }

    // x [N, 3, H, W], normalised, of any size that survives the poolings. Returns the logits [N, classes], row-major,
    // valid until the next call. kTrain uses the batch's statistics and keeps what backward needs; the last map must
    // then have more than one value a channel, and `interruption` is asked between layers: no logits if it is given up.
    std::span<const float> forward(ConstView x, Mode mode, ThreadPool& pool, const Interruption& interruption = {});

    // After forward(..., kTrain): dLogits [N, classes] -> the gradients of all parameters, added to what they hold. `x`
    // is the batch of that forward. dx [N, 3, H, W], where its data is not nullptr, gets the pictures' gradient. False
    // where it was given up between layers: the gradients are then of no use.
    bool backward(ConstView x, std::span<const float> dLogits, ThreadPool& pool, View dx = {},
                  const Interruption& interruption = {});

    // After forward(..., kTrain): the batch's statistics enter the running ones. A step of its own, so that a training
    // step that is given up leaves no trace.
    void trackStatistics();

    void zeroGradients();

    // Every tensor, in the reference's order and under its names.
    void visitTensors(const TensorVisitor& visit);
    StateDict state();

    // Learned group convolutions in order, with their names ("features.denseblock_1.denselayer_1.conv_1",
    // "features.transition_1.conv"); none in a condensed network.
    struct LearnedLayer {
        std::string name;
        int block = 0, layer = 0;  // from 0; a transition's layer is the one behind the block's last
        LearnedGroupConv* conv = nullptr;
    };
    std::vector<LearnedLayer> learnedLayers();
    // The same for condensed layers.
    struct CondensedLayer {
        std::string name;
        int block = 0, layer = 0;
        CondenseConv* conv = nullptr;
    };
    std::vector<CondensedLayer> condensedLayers();

    const std::vector<DenseBlock>& blocks() const { return m_blocks; }
    std::span<const float> stemWeight() const { return m_stemWeight; }  // [stemChannels, 3, 3, 3]

    // Of the last forward, for tests and views: block b's features [N, C, h, w], and what the classifier read [N, C].
    const Features& blockFeatures(int block) const { return m_blocks[static_cast<std::size_t>(block)].features; }
    std::span<const float> pooled() const { return m_pooled; }
    const NormRelu& lastNorm() const { return m_normLast; }
    const LinearClassifier& classifier() const { return m_classifier; }

  private:
    // The shape of a network whose tensors are still to be filled in. `indices` holds the index layers of a condensed
    // one, in order; `classifierIndex` is empty for a whole classifier.
    Network(const NetworkSpec& spec, Variant variant, std::vector<std::vector<std::int64_t>> indices,
            std::vector<std::int64_t> classifierIndex, bool classifierConverted);

    void initialise(std::uint64_t seed);
    void reserve(int n, int h, int w, Mode mode, int workers);
    bool forwardBatch(ConstView x, ThreadPool& pool, const Interruption& interruption);
    void forwardImages(ConstView x, ThreadPool& pool);
    void poolInto(std::size_t block, int image);
    void classify(int images);
    // Memory for every worker, whether it will be given work at once or only in some later step.
    void reserveScratch(std::size_t floats);
    // body(chunk, next, scratch) for the chunks of the batch (gradient_chunks.h), in parallel; `next` is the chunk that
    // this thread will probably be given next, chunkCount() or more if none.
    template <class Body>
    void forEachChunk(ThreadPool& pool, const Body& body);
    // A 1x1 over the whole batch.
    void forwardPointwise(PointwiseConv& conv, const Features& in, Features& out, ThreadPool& pool);
    void backwardPointwise(PointwiseConv& conv, Features& in, const Features& out, ThreadPool& pool);
    bool backwardLayer(DenseBlock& block, DenseLayer& layer, ThreadPool& pool, const Interruption& interruption);
    Conv2dShape stemShape(int h, int w) const;

    NetworkSpec m_spec;
    Variant m_variant = Variant::kDense;
    std::vector<float> m_stemWeight, m_dStemWeight;
    std::vector<DenseBlock> m_blocks;
    NormRelu m_normLast;
    LinearClassifier m_classifier;
    bool m_classifierConverted = false;

    Tensor m_bottleneckGradient;  // of the layer in hand
    std::vector<Scratch> m_scratch;
    std::vector<float> m_pooled, m_dPooled, m_logits;  // [N, C], [N, C], [N, classes]
    std::vector<NormSums> m_lastNormSums;              // [N, C]
    int m_images = 0;
    bool m_descending = false;  // which way forEachChunk goes
};

}  // namespace condenser
