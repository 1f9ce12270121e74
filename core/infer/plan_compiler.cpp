// From a graph to the steps of a plan: which nodes become one step, which kernel serves a node, where maps lie.
#include <algorithm>
#include <map>
#include <optional>

#include "base/check.h"
#include "infer/compiled_plan.h"
#include "ops/vector_lanes.h"

namespace condenser {
namespace {

// Maps between a 1x1 and a 3x3 that take more than this are made and read strip by strip: about what a second-level
// cache can spare.
constexpr std::size_t kStripBytes = 384 * 1024;
// Shorter strips would spend their time on moving the rows that they share; shorter maps have no strips.
constexpr int kLeastStripRows = 4;
constexpr int kLeastStripHeight = 16;
// The tallest tile of the 3x3 kernels: strips are whole numbers of it where they can be.
constexpr int kTileHeight = 8;
// Outputs a group up to which the 3x3 reads taps in place rather than packing them.
constexpr int kMostTapOutputs = 64;

std::ptrdiff_t roundUp(std::ptrdiff_t floats) {
    return (floats + 15) / 16 * 16;
}

// From one plane to the next.
std::ptrdiff_t planeStrideOf(const GraphMaps& maps) {
    std::ptrdiff_t stride = planeStride(maps.height, maps.width);
    // Strips begin at any pixel: their last vectors read on behind the map, where another thread may be writing.
    if (maps.height > kLeastStripHeight) stride += 16;
    // Planes a multiple of 1 KiB apart would meet in a few sets of the caches.
    return stride % 256 == 0 ? stride + 16 : stride;
}

// Memory of one image, given out and taken back as the nodes go by.
class Arena {
  public:
    std::ptrdiff_t take(std::ptrdiff_t floats) {
        floats = roundUp(floats + 16);  // whole vectors are read behind the last plane
        for (auto hole = m_holes.begin(); hole != m_holes.end(); ++hole) {
            if (hole->second < floats) continue;
            const auto [at, size] = *hole;
            m_holes.erase(hole);
            if (size > floats) m_holes[at + floats] = size - floats;
            m_taken[at] = floats;
            return at;
        }
        const std::ptrdiff_t at = m_size;
        m_size += floats;
        m_taken[at] = floats;
        return at;
    }

    void giveBack(std::ptrdiff_t at) {
        const auto taken = m_taken.find(at);
        auto hole = m_holes.emplace(at, taken->second).first;
        m_taken.erase(taken);
        const auto next = std::next(hole);
        if (next != m_holes.end() && hole->first + hole->second == next->first) {
            hole->second += next->second;
            m_holes.erase(next);
        }
        if (hole != m_holes.begin()) {
            const auto before = std::prev(hole);
            if (before->first + before->second == hole->first) {
                before->second += hole->second;
                m_holes.erase(hole);
            }
        }
    }

    std::size_t size() const { return static_cast<std::size_t>(m_size); }

  private:
    std::map<std::ptrdiff_t, std::ptrdiff_t> m_holes, m_taken;  // where, how much
    std::ptrdiff_t m_size = 0;
};

int inputOf(const GraphNode& node) {
    return std::visit([](const auto& op) { return op.input; }, node.op);
}

int outputOf(const GraphNode& node) {
    return std::visit([](const auto& op) { return op.output; }, node.op);
}

bool isPointwise(const GraphConv& conv) {
    return conv.kernel == 1 && conv.stride == 1 && conv.padding == 0;
}

bool isDepthwise(const GraphConv& conv) {
    return conv.kernel == 3 && conv.padding == 1 && conv.stride <= 2 && conv.inputs() == 1 &&
           conv.outputs() == conv.groups && conv.groups > 1 && conv.residual < 0;
}

bool readsTaps(const GraphConv& conv) {
    return conv.kernel == 3 && conv.stride == 1 && conv.padding == 1 && conv.residual < 0 &&
           conv.outputs() / conv.groups <= kMostTapOutputs && !isDepthwise(conv);
}

class Compiler {
  public:
    Compiler(const Graph& graph, CompiledPlan& plan) : m_graph(graph), m_plan(plan), m_lanes(vectorLanes()) {}

    void compile() {
        findLastUses();
        placeTaps();
        for (m_node = 0; m_node < static_cast<int>(m_graph.nodes.size()); ++m_node) {
            const int before = m_node;
            std::visit([&](const auto& op) { add(op); }, m_graph.nodes[static_cast<std::size_t>(m_node)].op);
            for (int node = before; node <= m_node; ++node) addLayer(m_graph.nodes[static_cast<std::size_t>(node)]);
            for (std::size_t maps = 1; maps < m_lastUse.size(); ++maps) {
                if (m_lastUse[maps] >= before && m_lastUse[maps] <= m_node && m_place[maps]) {
                    m_arena.giveBack(*m_place[maps]);
                    m_place[maps].reset();
                }
            }
        }
        m_plan.mapFloats = m_arena.size();
    }

  private:
    const GraphMaps& mapsOf(int maps) const { return m_graph.maps[static_cast<std::size_t>(maps)]; }

    void findLastUses() {
        m_place.resize(m_graph.maps.size());
        m_lastUse.assign(m_graph.maps.size(), -1);
        m_isVector.assign(m_graph.maps.size(), false);
        for (int n = 0; n < static_cast<int>(m_graph.nodes.size()); ++n) {
            const GraphNode& node = m_graph.nodes[static_cast<std::size_t>(n)];
            m_lastUse[static_cast<std::size_t>(inputOf(node))] = n;
            if (!std::holds_alternative<GraphConv>(node.op) && !std::holds_alternative<GraphPool>(node.op)) {
                m_isVector[static_cast<std::size_t>(outputOf(node))] = true;
            }
            // What nobody reads is still written.
            m_lastUse[static_cast<std::size_t>(outputOf(node))] =
                std::max(m_lastUse[static_cast<std::size_t>(outputOf(node))], n);
            if (const auto* conv = std::get_if<GraphConv>(&node.op); conv != nullptr && conv->residual >= 0) {
                m_lastUse[static_cast<std::size_t>(conv->residual)] = n;
            }
        }
    }

    // The 3x3 that alone reads what the 1x1 `n` makes; nullptr if there is none.
    const GraphConv* partnerOf(int n) const {
        if (n + 1 >= static_cast<int>(m_graph.nodes.size())) return nullptr;
        const auto* first = std::get_if<GraphConv>(&m_graph.nodes[static_cast<std::size_t>(n)].op);
        const auto* second = std::get_if<GraphConv>(&m_graph.nodes[static_cast<std::size_t>(n) + 1].op);
        if (first == nullptr || second == nullptr || !isPointwise(*first) || !readsTaps(*second)) return nullptr;
        const bool alone = second->input == first->output && first->relu && first->residual < 0 &&
                           first->outputs() == mapsOf(first->output).channels &&
                           m_lastUse[static_cast<std::size_t>(first->output)] == n + 1;
        return alone ? second : nullptr;
    }

    static std::size_t tapBytes(const TapMaps& taps, int channels) {
        return static_cast<std::size_t>(taps.planeFloats * channels) * sizeof(float);
    }

    // Rows of the strips in which a map is made; 0: it is made whole.
    int stripRows(const GraphMaps& maps) const {
        if (maps.height <= kLeastStripHeight) return 0;
        if (tapBytes(TapMaps(maps.height, maps.width, m_lanes), maps.channels) <= kStripBytes) return 0;
        int rows = maps.height;
        while (rows > kLeastStripRows &&
               tapBytes(TapMaps(rows + 2, maps.width, m_lanes), maps.channels) > kStripBytes) {
            --rows;
        }
        if (rows >= kTileHeight) return rows / kTileHeight * kTileHeight;
        const int strips = (maps.height + rows - 1) / rows;
        return (maps.height + strips - 1) / strips;
    }

    // Taps keep their zeros for good, and so have memory of their own: that of the image, or, for strips, that of the
    // thread. Taps of one size share it.
    void placeTaps() {
        std::map<std::pair<int, int>, int> channels;
        for (int n = 0; n < static_cast<int>(m_graph.nodes.size()); ++n) {
            if (partnerOf(n) == nullptr) continue;
            const GraphMaps& maps = mapsOf(outputOf(m_graph.nodes[static_cast<std::size_t>(n)]));
            const int rows = stripRows(maps);
            int& most = channels[{rows > 0 ? -rows - 2 : maps.height, maps.width}];  // strips: negative
            most = std::max(most, maps.channels);
        }
        for (const auto& [size, most] : channels) {
            const bool strips = size.first < 0;
            const int height = std::abs(size.first);
            const std::ptrdiff_t floats = roundUp(most * TapMaps(height, size.second, m_lanes).planeFloats + 16);
            if (strips) {
                m_strips[{height, size.second}] = static_cast<std::ptrdiff_t>(m_plan.stripFloats);
                m_plan.stripFloats += static_cast<std::size_t>(floats);
            } else {
                m_taps[{height, size.second}] = m_arena.take(floats);
            }
        }
    }

    // The place of maps that a node reads or writes; given when they are first written.
    PlanMaps place(int maps) {
        const GraphMaps& size = mapsOf(maps);
        const std::ptrdiff_t stride = m_isVector[static_cast<std::size_t>(maps)] ? 1 : planeStrideOf(size);
        auto& at = m_place[static_cast<std::size_t>(maps)];
        if (!at) at = m_arena.take(size.channels * stride);
        return {*at, stride, size.channels, size.height, size.width};
    }

    void needScratch(std::size_t floats) { m_plan.scratchFloats = std::max(m_plan.scratchFloats, floats + 16); }

    template <class Op>
    void push(Op op) {
        m_plan.steps.push_back({m_node, std::move(op)});
    }

    PointwiseKernel pointwiseKernel(const GraphConv& conv, std::optional<TapMaps> taps) {
        const PointwiseSpec spec{conv.groups,  conv.inputs(), conv.outputs() / conv.groups,
                                 conv.sources, conv.scale,    conv.shift,
                                 conv.weight,  conv.bias,     conv.targets,
                                 conv.relu};
        PointwiseKernel kernel(spec, planeStrideOf(mapsOf(conv.input)), planeStrideOf(mapsOf(conv.output)), taps);
        m_plan.weightBytes += kernel.weightBytes();
        return kernel;
    }

    void add(const GraphConv& conv) {
        if (const GraphConv* second = partnerOf(m_node)) {
            addPair(conv, *second);
        } else if (isPointwise(conv)) {
            const PlanMaps x = place(conv.input), y = place(conv.output);
            PointwiseStep step{pointwiseKernel(conv, std::nullopt), x.offset, y.offset,
                               conv.residual < 0 ? -1 : place(conv.residual).offset, x.height * x.width};
            needScratch(step.kernel.panelFloats());
            push(std::move(step));
        } else if (isDepthwise(conv)) {
            addDepthwise(conv);
        } else {
            addConvolution(conv);
        }
    }

    void addPair(const GraphConv& conv, const GraphConv& second) {
        const GraphMaps& maps = mapsOf(conv.output);
        const PlanMaps x = place(conv.input), y = place(second.output);
        const int rows = stripRows(maps);
        const TapMaps taps(rows > 0 ? rows + 2 : maps.height, maps.width, m_lanes);
        PointwiseKernel firstKernel = pointwiseKernel(conv, taps);
        const TapConvSpec spec{second.groups,  second.inputs(), second.outputs() / second.groups,
                               second.sources, second.weight,   second.bias,
                               second.targets, second.relu};
        TapConvKernel secondKernel(spec, taps, y.channelStride);
        m_plan.weightBytes += secondKernel.weightBytes();
        const std::size_t panel = firstKernel.panelFloats();
        if (rows > 0) {
            const std::ptrdiff_t middle = m_strips.at({rows + 2, maps.width});
            StripStep step{std::move(firstKernel),
                           std::move(secondKernel),
                           x.offset,
                           y.offset,
                           middle,
                           maps.height,
                           maps.width,
                           rows,
                           maps.channels,
                           m_node,
                           m_node + 1};
            needScratch(panel);
            m_plan.steps.push_back({-1, std::move(step)});
            ++m_node;
        } else {
            const std::ptrdiff_t middle = m_taps.at({maps.height, maps.width});
            needScratch(panel);
            push(PointwiseStep{std::move(firstKernel), x.offset, middle, -1, maps.height * maps.width});
            ++m_node;
            push(TapConvStep{std::move(secondKernel), middle, y.offset, maps.height});
        }
    }

    void addDepthwise(const GraphConv& conv) {
        const PlanMaps x = place(conv.input), y = place(conv.output);
        DepthwiseStep step{{x.height, x.width, conv.stride}, conv.weight, conv.bias, {}, {}, conv.relu};
        for (const int channel : conv.sources) step.sources.push_back(x.offset + channel * x.channelStride);
        for (const int channel : conv.targets) step.targets.push_back(y.offset + channel * y.channelStride);
        m_plan.weightBytes += (conv.weight.size() + conv.bias.size()) * sizeof(float);
        push(std::move(step));
    }

    void addConvolution(const GraphConv& conv) {
        CORE_CHECK(conv.scale.empty());
        const bool picture = conv.input == 0;
        const PlanMaps x = picture ? PlanMaps{} : place(conv.input), y = place(conv.output);
        const GraphMaps& in = mapsOf(conv.input);
        const ConvSpec spec{conv.groups, conv.inputs(), conv.outputs() / conv.groups,
                            conv.kernel, conv.stride,   conv.padding,
                            in.height,   in.width,      conv.sources,
                            conv.weight, conv.bias,     conv.targets,
                            conv.relu};
        auto kernel = std::make_unique<const ConvKernel>(spec, y.channelStride);
        m_plan.weightBytes += kernel->weightBytes();
        needScratch(kernel->panelFloats());
        const std::ptrdiff_t framed = m_arena.take(static_cast<std::ptrdiff_t>(kernel->framedFloats()));
        push(FrameStep{kernel.get(), picture, x.offset, x.channelStride, in.width, framed});
        push(ConvolveStep{std::move(kernel), framed, y.offset, conv.residual < 0 ? -1 : place(conv.residual).offset});
        m_arena.giveBack(framed);
    }

    void add(const GraphPool& pool) {
        CORE_CHECK(pool.kind == GraphPool::Kind::kMax || (pool.kernel == 2 && pool.stride == 2 && pool.padding == 0));
        const PlanMaps x = place(pool.input);
        push(PoolStep{x, place(pool.output), pool});
    }

    void add(const GraphGlobalAverage& average) {
        const PlanMaps x = place(average.input);
        GlobalAverageStep step{x, place(average.output), {}};
        for (std::size_t c = 0; c < average.scale.size(); ++c) {
            step.norm.push_back({0.0f, average.scale[c], average.shift[c]});
        }
        push(std::move(step));
    }

    void add(const GraphLinear& linear) {
        const PlanMaps x = place(linear.input);
        const bool logits = m_node + 1 == static_cast<int>(m_graph.nodes.size());
        const int outputs = static_cast<int>(linear.bias.size());
        const int inputs = static_cast<int>(linear.weight.size()) / outputs;
        m_plan.weightBytes += (linear.weight.size() + linear.bias.size()) * sizeof(float);
        needScratch(static_cast<std::size_t>(inputs));
        push(LinearStep{x, linear.sources, linear.weight, linear.bias, inputs, outputs, linear.relu, logits,
                        logits ? 0 : place(linear.output).offset});
    }

    void addLayer(const GraphNode& node) {
        PlanLayer layer{node.name, graphOp(node), graphMacs(m_graph, node), 0, 0};
        const GraphMaps &in = mapsOf(inputOf(node)), &out = mapsOf(outputOf(node));
        std::int64_t readChannels = in.channels, writtenChannels = out.channels, weights = 0;
        if (const auto* conv = std::get_if<GraphConv>(&node.op)) {
            readChannels = static_cast<std::int64_t>(conv->sources.size());
            writtenChannels = conv->outputs();
            weights = static_cast<std::int64_t>(conv->weight.size());
        } else if (const auto* linear = std::get_if<GraphLinear>(&node.op)) {
            weights = static_cast<std::int64_t>(linear->weight.size());
        } else {
            writtenChannels = in.channels;
        }
        layer.mapBytes = 4 * (readChannels * in.height * in.width + writtenChannels * out.height * out.width);
        layer.weightBytes = 4 * weights;
        m_plan.layers.push_back(std::move(layer));
    }

    const Graph& m_graph;
    CompiledPlan& m_plan;
    const int m_lanes;
    int m_node = 0;
    std::vector<int> m_lastUse;                                      // [maps]: the last node that reads or writes them
    std::vector<std::optional<std::ptrdiff_t>> m_place;              // [maps]
    std::vector<bool> m_isVector;                                    // [maps]: 1 x 1, one float a channel
    std::map<std::pair<int, int>, std::ptrdiff_t> m_taps, m_strips;  // by height and width
    Arena m_arena;
};

}  // namespace

CompiledPlan compilePlan(const Graph& graph, int batch, int threads) {
    CORE_CHECK(batch >= 1 && threads >= 1 && !graph.nodes.empty());
    CompiledPlan plan;
    plan.batch = batch;
    plan.threads = threads;
    plan.classes = graph.maps.back().channels;
    plan.height = graph.maps.front().height;
    plan.width = graph.maps.front().width;
    Compiler(graph, plan).compile();
    plan.mapFloats = static_cast<std::size_t>(roundUp(static_cast<std::ptrdiff_t>(plan.mapFloats)));
    plan.scratchFloats = static_cast<std::size_t>(roundUp(static_cast<std::ptrdiff_t>(plan.scratchFloats)));
    return plan;
}

}  // namespace condenser
