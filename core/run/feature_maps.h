// What every channel of a network makes of one picture, and the answer that comes of it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/thread_pool.h"
#include "io/model_file.h"
#include "network/network.h"

namespace condenser {

// One channel's map as the layer that made it wrote it, before any norm or pooling: row-major, height x width.
struct FeatureMap {
    std::span<const float> values;
    int height = 0, width = 0;
};

struct FeatureMaps {
    // The channels that were made at one resolution: those of the stem, of the dense layers of one block, and of the
    // transition behind it if that has a convolution.
    struct Block {
        int first = 0, channels = 0;  // counted through the whole network, in the order in which they are made
        int height = 0, width = 0;
        std::vector<float> values;  // [channels, height, width]
    };

    Picture seen;  // the picture as the network saw it (resized, cropped)
    std::vector<Block> blocks;
    std::vector<float> logits;  // [classes]
    std::vector<double> probabilities;
    int best = 0;        // the most probable class
    std::string answer;  // its name

    int channels() const { return blocks.back().first + blocks.back().channels; }
    // `channel`: 0..channels()-1, as ConnectionLayout counts them.
    FeatureMap map(int channel) const;
};

// Owns its own network; one thread at a time. Its memory is that of one picture of the network's size, however large
// the pictures are that it is given.
class FeatureMapper {
  public:
    // Dense or condensed. Checks that the tensors fit the spec.
    static Result<FeatureMapper> make(const ModelFile& model);

    // The evaluation's own way: fitPicture, normaliseInto, Network::forward.
    FeatureMaps maps(const Picture& picture, ThreadPool& pool);

  private:
    FeatureMapper(Network network, const ModelFile& model);

    Network m_network;
    std::vector<std::string> m_classes;
    Preprocess m_preprocess;
    Tensor m_input;
};

}  // namespace condenser
