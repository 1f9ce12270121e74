// What a CondenseNet is made of, in words and numbers, before any weight exists.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace condenser {

// Paper, section 3 and 4; defaults are CondenseNet-86 for 32x32 pictures. With one group, a condense factor of 1 and a
// compression it is a DenseNet-BC (arXiv 1608.06993, section 3).
struct NetworkSpec {
    std::vector<int> stages{14, 14, 14};  // dense layers per block
    std::vector<int> growth{8, 16, 32};   // channels that a layer adds, per block
    int groups1x1 = 4;                    // G of the learned 1x1 convolutions
    int groups3x3 = 4;                    // groups of the 3x3 convolutions
    int condenseFactor = 4;               // C: one input in C survives
    int bottleneck = 4;                   // a 1x1 makes bottleneck * growth channels
    int classes = 10;
    int height = 32, width = 32;  // of the pictures, in pixels
    int stemStride = 1;
    // Between two blocks. 0: a 2x2 average pooling alone, so that dense connectivity reaches across blocks (paper,
    // section 4). Above 0, at most 1: norm, ReLU and a 1x1 convolution, in learned groups as those of the layers, to
    // this share of the channels (rounded down), then the pooling.
    double compression = 0;

    bool operator==(const NetworkSpec&) const = default;

    int stemChannels() const { return 2 * growth.front(); }
    int blocks() const { return static_cast<int>(stages.size()); }
    bool hasTransitions() const { return compression > 0; }  // with a convolution of their own
    // Channels at the entry of block b; b == blocks() gives those of the last feature map.
    int blockInputs(int block) const;
    // Channels at the end of block b, which its transition reads.
    int blockOutputs(int block) const;
    // Inputs of layer `layer` (from 0) of block `block`.
    int layerInputs(int block, int layer) const;
    // Height and width of block b's maps for a picture of h x w.
    int mapSize(int block, int pixels) const;

    // "condensenet:stages=14-14-14,growth=8-16-32,...", every key given but a compression of 0, which older programs do
    // not know; parseNetworkSpec reads it back.
    std::string text() const;
};

// A preset's name, or "condensenet:key=value,...", any key left out taking its default ("size=17x12" is height x
// width; stem_stride is 1 up to 64 pixels and 2 above unless given). "densenet:..." is the same with other defaults:
// stages 16-16-16, growth 12-12-12, one group everywhere, condense 1, compression 0.5. The result is valid. A rule that
// is broken is named in words, with the nearest legal values.
Result<NetworkSpec> parseNetworkSpec(std::string_view text);

// The same, but the rules are not looked at: what a text says, legal or not.
Result<NetworkSpec> parseNetworkNumbers(std::string_view text);

// The divisibility and range rules; the same errors.
Result<> validateSpec(const NetworkSpec& spec);

// A legal spec that differs in one number (or one block's growth) from one that is not.
struct LegalSpec {
    std::string change;  // "growth=8-16-32"
    NetworkSpec spec;
};
// The nearest ones, the smaller change of each number first; empty for a legal spec, and where no single change will
// do.
std::vector<LegalSpec> nearestLegalSpecs(const NetworkSpec& spec);

struct Preset {
    const char* name;  // "condensenet-86"
    const char* text;  // its spec in full
};
const std::vector<Preset>& networkPresets();

// Whether `text` is a preset or a spec (as opposed to a file's name).
bool looksLikeSpec(std::string_view text);

}  // namespace condenser
