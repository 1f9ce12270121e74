// Pictures in, logits out, for whoever does not care about plans: it makes them as they are needed.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "base/thread_pool.h"
#include "infer/graph.h"
#include "infer/plan.h"
#include "tensor/view.h"

namespace condenser {

// Keeps the plan of the last size of pictures, and makes another one when the size or the number of threads changes or
// more pictures come at a time. Making a plan takes longer than running it, and copies the weights: an Inference
// answers with the weights of that moment. After a training step, and after forceSimdTarget, make a new one. For one
// thread at a time. The same bits for any batch and any number of threads.
class Inference {
  public:
    // The graph for pictures of height x width; called for each plan.
    using GraphMaker = std::function<Graph(int height, int width)>;
    explicit Inference(GraphMaker makeGraph) : m_makeGraph(std::move(makeGraph)) {}
    // `network` must outlive it. Dropped connections are left out.
    explicit Inference(const Network& network);

    // Makes the plan that run() needs for such pictures, so that whoever measures run() measures nothing else.
    void prepare(ConstView x, const ThreadPool& pool);

    // x [N, 3, H, W], normalised -> logits [N, classes], row-major, valid until the next call.
    std::span<const float> run(ConstView x, ThreadPool& pool);

  private:
    struct Prepared {
        int height, width;
        Plan plan;
        PlanMemory memory;
        std::vector<float> logits;  // [plan.batch(), classes]
    };

    GraphMaker m_makeGraph;
    std::optional<Prepared> m_prepared;
};

}  // namespace condenser
