#include "infer/baselines.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "base/check.h"
#include "base/rng.h"
#include "infer/graph_builder.h"
#include "network/state_reader.h"

namespace condenser {
namespace {

using Window = GraphBuilder::Window;
constexpr Window k1x1{1, 1, 0}, k3x3{3, 1, 1}, k2x2Pool{2, 2, 0};

constexpr Window strided3x3(int stride) {
    return {3, stride, 1};
}

// Convolution, norm, and a ReLU, where `relu` says so, over the sum with `residual`.
int normedConv(GraphBuilder& builder, const std::string& name, const std::string& norm, int input, int outputs,
               const Window& window, int groups = 1, bool relu = true, int residual = -1) {
    GraphConv conv = builder.conv(name, builder.channels(input), outputs, window, groups);
    builder.normBehind(norm, conv);
    conv.relu = relu;
    conv.residual = residual;
    return builder.add(name, std::move(conv), input);
}

// ---- ResNet-18 (He et al. 2016) -------------------------------------------------------------------------------------

int residualBlock(GraphBuilder& builder, const std::string& name, int input, int outputs, int stride) {
    int shortcut = input;
    if (stride != 1 || builder.channels(input) != outputs) {
        shortcut = normedConv(builder, name + ".downsample.0", name + ".downsample.1", input, outputs, {1, stride, 0},
                              /*groups=*/1, /*relu=*/false);
    }
    const int middle = normedConv(builder, name + ".conv1", name + ".bn1", input, outputs, strided3x3(stride));
    return normedConv(builder, name + ".conv2", name + ".bn2", middle, outputs, k3x3, /*groups=*/1, /*relu=*/true,
                      shortcut);
}

void resnet18(GraphBuilder& builder, int classes) {
    const int stem = normedConv(builder, "conv1", "bn1", 0, 64, {7, 2, 3});
    int maps = builder.maxPool("maxpool", strided3x3(2), stem);
    for (int stage = 1, outputs = 64; stage <= 4; ++stage, outputs *= 2) {
        for (int block = 0; block < 2; ++block) {
            const int stride = stage > 1 && block == 0 ? 2 : 1;
            maps = residualBlock(builder, fmt::format("layer{}.{}", stage, block), maps, outputs, stride);
        }
    }
    builder.linear("fc", builder.globalAverage("avgpool", maps), classes);
}

// ---- MobileNet V1 (Howard et al. 2017) ------------------------------------------------------------------------------

void mobilenet(GraphBuilder& builder, int classes) {
    struct Block {
        int outputs, stride;
    };
    constexpr Block kBlocks[] = {{64, 1},  {128, 2}, {128, 1}, {256, 2}, {256, 1},  {512, 2}, {512, 1},
                                 {512, 1}, {512, 1}, {512, 1}, {512, 1}, {1024, 2}, {1024, 1}};
    int maps = normedConv(builder, "features.conv0", "features.norm0", 0, 32, strided3x3(2));
    int number = 0;
    for (const Block& block : kBlocks) {
        const std::string name = fmt::format("features.block{}", ++number);
        const int channels = builder.channels(maps);
        maps = normedConv(builder, name + ".depthwise", name + ".norm1", maps, channels, strided3x3(block.stride),
                          channels);
        maps = normedConv(builder, name + ".pointwise", name + ".norm2", maps, block.outputs, k1x1);
    }
    builder.linear("classifier", builder.globalAverage("features.pool", maps), classes);
}

// ---- VGG-16 (Simonyan and Zisserman 2015) ---------------------------------------------------------------------------

void vgg16(GraphBuilder& builder, int classes) {
    struct Stage {
        int outputs, layers;
    };
    int maps = 0, number = 0;  // in torchvision's list, which counts ReLU and pooling
    for (const Stage& stage : {Stage{64, 2}, {128, 2}, {256, 3}, {512, 3}, {512, 3}}) {
        for (int l = 0; l < stage.layers; ++l, number += 2) {
            const std::string name = fmt::format("features.{}", number);
            GraphConv conv = builder.conv(name, builder.channels(maps), stage.outputs, k3x3);
            builder.bias(name, conv);
            conv.relu = true;
            maps = builder.add(name, std::move(conv), maps);
        }
        maps = builder.maxPool(fmt::format("features.{}", number++), k2x2Pool, maps);
    }
    maps = builder.linear("classifier.0", maps, 4096, /*relu=*/true);
    maps = builder.linear("classifier.3", maps, 4096, /*relu=*/true);
    builder.linear("classifier.6", maps, classes);
}

// ---- by name --------------------------------------------------------------------------------------------------------

// How a baseline is built and for which pictures, in the order of baselines().
struct Made {
    void (*build)(GraphBuilder&, int classes);
    int smallest, largest;  // pixels
    const char* limit;      // why no others
};
constexpr int kMaxSize = 4096;
constexpr const char* kMemory = "larger ones are not served";
constexpr Made kMade[] = {{resnet18, 1, kMaxSize, kMemory},
                          {mobilenet, 1, kMaxSize, kMemory},
                          {vgg16, 224, 255, "the classifier reads a last map of 7 x 7"}};

Result<Graph> build(std::string_view name, int height, int width, const TensorVisitor& fill) {
    const Baseline* found = findBaseline(name);
    CORE_CHECK(found != nullptr);
    const Made& made = kMade[found - baselines().data()];
    if (std::min(height, width) < made.smallest || std::max(height, width) > made.largest) {
        return fail(ErrorCode::kUsage, "cannot use the size", fmt::format("{} x {}", height, width),
                    fmt::format("{} takes pictures from {} to {} pixels high and wide: {}", name, made.smallest,
                                made.largest, made.limit),
                    fmt::format("it is made for {0} x {0}", found->size));
    }
    GraphBuilder builder(height, width, fill);
    made.build(builder, found->classes);
    return builder.take();
}

}  // namespace

const std::vector<Baseline>& baselines() {
    static const std::vector<Baseline> all{
        {"resnet-18", 224, 1000}, {"mobilenet-1.0", 224, 1000}, {"vgg-16", 224, 1000}};
    return all;
}

bool isBaseline(std::string_view name) {
    return findBaseline(name) != nullptr;
}

const Baseline* findBaseline(std::string_view name) {
    const auto& all = baselines();
    const auto found = std::find_if(all.begin(), all.end(), [&](const Baseline& known) { return known.name == name; });
    return found == all.end() ? nullptr : &*found;
}

Result<Graph> baselineGraph(std::string_view name, int height, int width, std::uint64_t seed) {
    std::uint64_t tensor = 0;
    return build(name, height, width, [&](const TensorSlot& slot) {
        Rng rng(seed, RandomStream::kInit, tensor++);
        if (slot.shape.size() == 4) {
            const double spread = std::sqrt(2.0 / static_cast<double>(slot.shape[1] * slot.shape[2] * slot.shape[3]));
            for (float& weight : slot.value) weight = static_cast<float>(rng.normal() * spread);
        } else if (slot.shape.size() == 2) {
            const double bound = 1.0 / std::sqrt(static_cast<double>(slot.shape[1]));
            for (float& weight : slot.value) weight = static_cast<float>((2.0 * rng.uniform() - 1.0) * bound);
        }
    });
}

Result<Graph> baselineGraph(std::string_view name, int height, int width, const StateDict& state) {
    StateReader reader(state);
    Result<Graph> graph = build(name, height, width, [&](const TensorSlot& slot) { reader.read(slot); });
    if (!graph) return graph;
    if (auto fits = reader.finish(fmt::format("check that the file is one of {}", name)); !fits) {
        return tl::unexpected(fits.error());
    }
    return graph;
}

}  // namespace condenser
