// Where a network looked: the class activation map (Zhou et al., Learning Deep Features for Discriminative
// Localization, CVPR 2016). In a network that ends in global average pooling and a linear layer it is no heuristic: the
// map's mean is the class's logit without its bias.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "base/thread_pool.h"
#include "io/model_file.h"

namespace condenser {

// map(y, x) = sum over channels c of weight[class][c] * relu(norm(features[c](y, x))), row-major.
struct ActivationMap {
    int classIndex = 0;
    int height = 0, width = 0;  // of the last block's maps: 8 x 8 for pictures of 32 x 32
    std::vector<float> values;
    float logit = 0, bias = 0;

    // Of the largest value, in the picture that the network saw, in pixels: the middle of its cell.
    struct Place {
        double x = 0, y = 0;
    };
    Place peak(int pictureHeight, int pictureWidth) const;
};

struct ActivationMaps {
    Picture seen;                     // as the network saw it
    std::vector<float> logits;        // [classes]
    std::vector<ActivationMap> maps;  // of the classes asked for, in their order
};

// The map over the picture, as one to look at: `strength` 0..1 is how much of the map covers the picture; where the map
// is at its largest it is strongest, below zero it covers nothing. The picture's own size; between the middles of cells
// the map is bilinear, beyond the outermost ones it stays as it is.
Picture activationOverlay(const Picture& seen, const ActivationMap& map, double strength);

// The overlay's colour (sRGB) at `share` 0..1 of the largest value: from dark blue over red-violet to yellow, in steps
// of lightness that look even, so that the order of values can be told without telling the colours apart.
std::array<std::uint8_t, 3> activationColour(double share);

// Owns its own network, in the form in which the model is stored; one thread at a time.
class ClassActivation {
  public:
    // Checks that the tensors fit the spec.
    static Result<ClassActivation> make(const ModelFile& model);
    ClassActivation(ClassActivation&&) noexcept;
    ClassActivation& operator=(ClassActivation&&) noexcept;
    ~ClassActivation();

    // `classes` in 0..classes-1 (checked); empty: the most probable one.
    ActivationMaps maps(const Picture& picture, ThreadPool& pool, std::vector<int> classes = {});
    // Of what fitPicture made of a picture (Prediction::seen).
    ActivationMaps mapsOfFitted(Picture seen, ThreadPool& pool, std::vector<int> classes = {});

  private:
    struct State;
    explicit ClassActivation(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

}  // namespace condenser
