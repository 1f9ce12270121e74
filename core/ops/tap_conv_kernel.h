// The 3x3 convolution of inference, stride 1, padding 1, in groups, over maps laid out for it (tap_maps.h): made for
// few outputs a group (1 to 16).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "ops/tap_maps.h"

namespace condenser {

struct TapConvSpec {
    int groups = 1, inputs = 0, outputs = 0;  // inputs and outputs of a group
    std::span<const int> sources;             // [groups * inputs]: channel that a position reads
    std::span<const float> weight;            // [groups * outputs, inputs, 3, 3]
    std::span<const float> bias;              // [groups * outputs]
    std::span<const int> targets;             // [groups * outputs]: channel that an output writes
    bool relu = false;
};

// Immutable; made for the instruction set in force, and to be run with it.
class TapConvKernel {
  public:
    // `taps` describes the input, of the whole map or of a strip; channels of the output lie `outputStride` floats
    // apart.
    TapConvKernel(const TapConvSpec& spec, const TapMaps& taps, std::ptrdiff_t outputStride);

    std::size_t weightBytes() const;

    // Groups firstGroup..lastGroup-1 of the rows firstRow..lastRow-1 of a map. `x`: channel 0 of the taps, whose first
    // row is the map's row -rowShift. `y`: pixel 0 of channel 0. Exactly these rows are written.
    void run(const float* x, float* y, int firstRow, int lastRow, int rowShift, int firstGroup, int lastGroup) const;

    int groups() const { return m_groups; }

    // What run reads; public for the kernels.
    struct Tables {
        std::vector<std::ptrdiff_t> sources, targets;  // floats from channel 0
        std::vector<float> bias;
        std::vector<float> weight;  // a group after the other: tiles of rows, [inputs][dx][dy][rows]
    };
    const Tables& tables() const { return m_tables; }
    int inputs() const { return m_inputs; }
    int outputs() const { return m_outputs; }
    bool relu() const { return m_relu; }
    const TapMaps& taps() const { return m_taps; }

  private:
    int m_groups, m_inputs, m_outputs;
    bool m_relu;
    TapMaps m_taps;
    Tables m_tables;
};

}  // namespace condenser
