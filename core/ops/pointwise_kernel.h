// The 1x1 convolution of inference: index layer, BN, ReLU, product in groups, folded norm and ReLU behind, channel
// shuffle, in one pass over the pixels. Behind a norm the inputs are read in place and bounded on the way, as tiles of
// outputs need them; without one, where outputs are many, stretches of pixels are first packed into a panel.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "ops/tap_maps.h"

namespace condenser {

struct PointwiseSpec {
    int groups = 1, inputs = 0, outputs = 0;  // inputs and outputs of a group
    std::span<const int> sources;             // [groups * inputs]: channel that a position reads
    std::span<const float> scale, shift;      // [groups * inputs]: relu(scale * x + shift), or both empty
    std::span<const float> weight;            // [groups * outputs, inputs]
    std::span<const float> bias;              // [groups * outputs]
    std::span<const int> targets;             // [groups * outputs]: channel that an output writes
    bool relu = false;                        // behind it
};

// Immutable; made for the instruction set in force, and to be run with it.
class PointwiseKernel {
  public:
    // Channels of the input lie `inputStride` floats apart. The output is `taps`, or planes `outputStride` apart.
    PointwiseKernel(const PointwiseSpec& spec, std::ptrdiff_t inputStride, std::ptrdiff_t outputStride,
                    std::optional<TapMaps> taps);

    // Floats of `panel`.
    std::size_t panelFloats() const;
    std::size_t weightBytes() const;

    // Groups firstGroup..lastGroup-1 at the pixels begin..end-1 of a map, row after row. `x`: pixel 0 of channel 0; up
    // to 16 floats behind `end` are read. `y`: channel 0; of `taps` the row of pixel 0 lies `rowShift` rows below its
    // first (strips of a map). `residual`: planes like y's, added before the ReLU; nullptr: none; not with taps.
    void run(const float* x, float* y, const float* residual, float* panel, int begin, int end, int rowShift,
             int firstGroup, int lastGroup) const;

    int groups() const { return m_groups; }
    // Whether inputs are read in place, without a panel.
    bool readsInPlace() const;

    // What run reads; public for the kernels.
    struct Tables {
        std::vector<std::ptrdiff_t> sources, targets;  // floats from channel 0
        std::vector<float> bounds;                     // of each position; empty: no norm
        std::vector<int> maxima;                       // [groups]: positions bounded from below, which come first
        std::vector<float> bias;
        std::vector<float> weight;               // a group after the other: tiles of rows, [inputs][rows]
        std::vector<float> leftMask, rightMask;  // all bits where the moved pixel stays in its row, by x
    };
    const Tables& tables() const { return m_tables; }
    int inputs() const { return m_inputs; }
    int outputs() const { return m_outputs; }
    bool relu() const { return m_relu; }
    const std::optional<TapMaps>& taps() const { return m_taps; }

  private:
    void foldNorm(const PointwiseSpec& spec, int group, std::vector<float>& weight);

    int m_groups, m_inputs, m_outputs;
    bool m_relu;
    std::optional<TapMaps> m_taps;
    Tables m_tables;
};

}  // namespace condenser
