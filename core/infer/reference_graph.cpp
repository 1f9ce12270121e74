#include "infer/reference_graph.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"

namespace condenser {
namespace {

using Plane = std::vector<double>;  // H * W
struct Values {
    int h = 0, w = 0;
    std::vector<Plane> planes;
};

// 0 where x < 0, else x: NaN stays.
double relu(double x) {
    return x < 0 ? 0.0 : x;
}

double activated(double x, const std::vector<float>& scale, const std::vector<float>& shift, std::size_t i) {
    return scale.empty() ? x : relu(static_cast<double>(scale[i]) * x + static_cast<double>(shift[i]));
}

// The outputs o in 0..outputs-1 for which position o * stride + offset lies in 0..inputs-1.
struct Range {
    int first = 0, end = 0;
};
Range insideOf(int inputs, int outputs, int stride, int offset) {
    Range range{0, outputs};
    while (range.first < range.end && range.first * stride + offset < 0) ++range.first;
    while (range.end > range.first && (range.end - 1) * stride + offset >= inputs) --range.end;
    return range;
}

// sum += weight * x under one tap, which stands dy rows and dx columns from an output's first input.
void addTap(const Values& in, const Plane& x, double weight, int stride, int dy, int dx, const Values& out,
            Plane& sum) {
    const Range rows = insideOf(in.h, out.h, stride, dy), columns = insideOf(in.w, out.w, stride, dx);
    if (columns.first == columns.end) return;
    for (int oy = rows.first; oy < rows.end; ++oy) {
        const std::ptrdiff_t from = static_cast<std::ptrdiff_t>(oy * stride + dy) * in.w + dx;
        double* to = sum.data() + static_cast<std::ptrdiff_t>(oy) * out.w;
        for (int ox = columns.first; ox < columns.end; ++ox) to[ox] += weight * x.data()[from + ox * stride];
    }
}

void run(const GraphConv& conv, std::vector<Values>& maps) {
    const Values& in = maps[static_cast<std::size_t>(conv.input)];
    Values& out = maps[static_cast<std::size_t>(conv.output)];
    std::vector<Plane> inputs;
    for (std::size_t i = 0; i < conv.sources.size(); ++i) {
        Plane& plane = inputs.emplace_back(in.planes[static_cast<std::size_t>(conv.sources[i])]);
        for (double& value : plane) value = activated(value, conv.scale, conv.shift, i);
    }
    const auto perGroup = static_cast<std::size_t>(conv.inputs());
    const std::size_t groupOutputs = conv.targets.size() / static_cast<std::size_t>(conv.groups);
    const float* weight = conv.weight.data();
    for (std::size_t o = 0; o < conv.targets.size(); ++o) {
        const auto target = static_cast<std::size_t>(conv.targets[o]);
        Plane sum(out.planes[target].size(), static_cast<double>(conv.bias[o]));
        for (std::size_t i = 0; i < perGroup; ++i) {
            const Plane& x = inputs[o / groupOutputs * perGroup + i];
            for (int ky = 0; ky < conv.kernel; ++ky) {
                for (int kx = 0; kx < conv.kernel; ++kx) {
                    addTap(in, x, static_cast<double>(*weight++), conv.stride, ky - conv.padding, kx - conv.padding,
                           out, sum);
                }
            }
        }
        if (conv.residual >= 0) {
            const Plane& residual = maps[static_cast<std::size_t>(conv.residual)].planes[target];
            for (std::size_t p = 0; p < sum.size(); ++p) sum[p] += residual[p];
        }
        if (conv.relu) std::transform(sum.begin(), sum.end(), sum.begin(), relu);
        out.planes[target] = std::move(sum);
    }
}

// One output of a pooling; taps outside of the map do not take part.
double pooled(const GraphPool& pool, const Values& in, const Plane& x, int oy, int ox) {
    double sum = 0, largest = -std::numeric_limits<double>::infinity();
    for (int ky = 0; ky < pool.kernel; ++ky) {
        for (int kx = 0; kx < pool.kernel; ++kx) {
            const int iy = oy * pool.stride + ky - pool.padding, ix = ox * pool.stride + kx - pool.padding;
            if (iy < 0 || iy >= in.h || ix < 0 || ix >= in.w) continue;
            const double value = x[static_cast<std::size_t>(iy * in.w + ix)];
            sum += value;
            if (value > largest || std::isnan(value)) largest = value;
        }
    }
    return pool.kind == GraphPool::Kind::kMax ? largest : sum / (pool.kernel * pool.kernel);
}

void run(const GraphPool& pool, std::vector<Values>& maps) {
    const Values& in = maps[static_cast<std::size_t>(pool.input)];
    Values& out = maps[static_cast<std::size_t>(pool.output)];
    for (std::size_t c = 0; c < in.planes.size(); ++c) {
        for (int oy = 0; oy < out.h; ++oy) {
            for (int ox = 0; ox < out.w; ++ox) {
                out.planes[c][static_cast<std::size_t>(oy * out.w + ox)] = pooled(pool, in, in.planes[c], oy, ox);
            }
        }
    }
}

void run(const GraphGlobalAverage& average, std::vector<Values>& maps) {
    const Values& in = maps[static_cast<std::size_t>(average.input)];
    Values& out = maps[static_cast<std::size_t>(average.output)];
    for (std::size_t c = 0; c < in.planes.size(); ++c) {
        double sum = 0;
        for (const double value : in.planes[c]) sum += activated(value, average.scale, average.shift, c);
        out.planes[c][0] = sum / static_cast<double>(in.planes[c].size());
    }
}

void run(const GraphLinear& linear, std::vector<Values>& maps) {
    const Values& in = maps[static_cast<std::size_t>(linear.input)];
    Values& out = maps[static_cast<std::size_t>(linear.output)];
    Plane inputs;
    if (linear.sources.empty()) {
        for (const Plane& plane : in.planes) inputs.insert(inputs.end(), plane.begin(), plane.end());
    }
    for (const int source : linear.sources) inputs.push_back(in.planes[static_cast<std::size_t>(source)][0]);
    CORE_CHECK(linear.weight.size() == out.planes.size() * inputs.size());
    const float* weight = linear.weight.data();
    for (std::size_t o = 0; o < out.planes.size(); ++o) {
        double sum = static_cast<double>(linear.bias[o]);
        for (const double value : inputs) sum += static_cast<double>(*weight++) * value;
        out.planes[o][0] = linear.relu ? relu(sum) : sum;
    }
}

}  // namespace

std::vector<float> referenceLogits(const Graph& graph, ConstView x) {
    CORE_CHECK(x.c == graph.maps[0].channels && x.h == graph.maps[0].height && x.w == graph.maps[0].width);
    std::vector<float> logits;
    for (int n = 0; n < x.n; ++n) {
        std::vector<Values> maps;
        for (const GraphMaps& map : graph.maps) {
            const auto size = static_cast<std::size_t>(map.height) * static_cast<std::size_t>(map.width);
            maps.push_back(
                {map.height, map.width, std::vector<Plane>(static_cast<std::size_t>(map.channels), Plane(size))});
        }
        for (int c = 0; c < x.c; ++c) {
            double* to = maps[0].planes[static_cast<std::size_t>(c)].data();
            for (int y = 0; y < x.h; ++y) {
                for (int column = 0; column < x.w; ++column) *to++ = static_cast<double>(x.at(n, c, y, column));
            }
        }
        for (const GraphNode& node : graph.nodes) std::visit([&](const auto& op) { run(op, maps); }, node.op);
        for (const Plane& plane : maps.back().planes) logits.push_back(static_cast<float>(plane[0]));
    }
    return logits;
}

}  // namespace condenser
