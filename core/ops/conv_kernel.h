// Any convolution of inference that has no kernel of its own: the stem, strided ones, ResNet's and VGG's 3x3. The input
// is first laid out with its padding, a plane for each phase of the stride, so that the pixels under a tap of a row of
// outputs stand one behind the other; stretches of them are packed into panels and multiplied.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace condenser {

struct ConvSpec {
    int groups = 1, inputs = 0, outputs = 0;  // inputs and outputs of a group
    int kernel = 3, stride = 1, padding = 1;
    int height = 0, width = 0;      // of the input
    std::span<const int> sources;   // [groups * inputs]: channel that a position reads
    std::span<const float> weight;  // [groups * outputs, inputs, kernel, kernel]
    std::span<const float> bias;    // [groups * outputs]
    std::span<const int> targets;   // [groups * outputs]: channel that an output writes
    bool relu = false;

    int outHeight() const { return (height + 2 * padding - kernel) / stride + 1; }
    int outWidth() const { return (width + 2 * padding - kernel) / stride + 1; }
};

// Immutable; made for the instruction set in force, and to be run with it.
class ConvKernel {
  public:
    // Channels of the output lie `outputStride` floats apart.
    ConvKernel(const ConvSpec& spec, std::ptrdiff_t outputStride);

    std::size_t framedFloats() const;  // of `framed`
    std::size_t panelFloats() const;   // of `panel`
    std::size_t weightBytes() const;
    int positions() const { return m_groups * m_inputs; }
    int outPixels() const { return m_outHeight * m_outWidth; }

    // Lays out the positions first..last-1 of the input. Rows of a channel of x lie `rowStride` floats apart.
    void frame(const float* x, std::ptrdiff_t channelStride, std::ptrdiff_t rowStride, float* framed, int first,
               int last) const;
    // The outputs at pixels begin..end-1; writes exactly these, but may read up to 16 floats of y behind `end`.
    // `residual`: planes like y's, added before the ReLU; nullptr: none.
    void run(const float* framed, float* y, const float* residual, float* panel, int begin, int end) const;

    // What run reads; public for the kernels.
    struct Tables {
        std::vector<int> sources;             // [positions]
        std::vector<std::ptrdiff_t> taps;     // [inputs * kernel * kernel]: floats from pixel 0 in a group's frames
        std::vector<std::ptrdiff_t> targets;  // floats from channel 0
        std::vector<float> bias;
        std::vector<float> weight;  // [groups][blocks of taps][tiles of rows][taps][rows]
    };
    const Tables& tables() const { return m_tables; }
    int groups() const { return m_groups; }
    int outputs() const { return m_outputs; }
    int outWidth() const { return m_outWidth; }
    int framedWidth() const { return m_framedWidth; }
    std::ptrdiff_t groupFloats() const { return m_inputs * m_positionFloats; }
    bool relu() const { return m_relu; }

  private:
    int m_groups, m_inputs, m_outputs, m_kernel, m_stride, m_padding, m_height, m_width, m_outHeight, m_outWidth;
    bool m_relu;
    int m_framedHeight, m_framedWidth;  // of a phase's plane
    std::ptrdiff_t m_phaseFloats, m_positionFloats;
    Tables m_tables;
};

// Taps that are multiplied before the sums go back to memory.
constexpr int kConvTapBlock = 256;

}  // namespace condenser
