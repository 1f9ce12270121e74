// A network compiled for a batch, a size and a number of threads: a list of steps whose kernels, tiles and places in
// memory are chosen. Running it allocates nothing and locks nothing but the hand-over to the pool.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "infer/graph.h"
#include "tensor/tensor.h"

namespace condenser {

struct CompiledPlan;

// What one layer of a plan costs, for reports: an operator of the graph.
struct PlanLayer {
    std::string name, op;
    std::int64_t macs = 0;         // one image
    std::int64_t mapBytes = 0;     // one image: inputs and outputs, each once
    std::int64_t weightBytes = 0;  // once a call
};

// The memory of one run at a time. Any number of them may be made from one plan, and used at the same time.
class PlanMemory {
  public:
    explicit PlanMemory(std::size_t floats) : m_buffer(floats) {}
    float* data() { return m_buffer.data(); }
    std::size_t bytes() const { return m_buffer.size() * sizeof(float); }

  private:
    AlignedBuffer m_buffer;
};

// Immutable once made; may be shared by threads, each with a PlanMemory and a pool of its own. The same bits for any
// batch and any number of threads. To be made anew after forceSimdTarget.
class Plan {
  public:
    // For up to `batch` images at a time, on a pool of `threads`. The graph is not needed afterwards.
    Plan(const Graph& graph, int batch, int threads);
    ~Plan();
    Plan(Plan&&) noexcept;
    Plan& operator=(Plan&&) noexcept;

    int batch() const;
    int threads() const;
    int classes() const;
    PlanMemory makeMemory() const;
    std::size_t memoryBytes() const;  // of a PlanMemory
    std::size_t weightBytes() const;  // of the plan itself: packed weights and tables

    // x [N, 3, H, W], normalised, of the graph's size, N <= batch() -> logits [N, classes], row-major. Takes threads()
    // threads of `pool`, or as many as it has. Where `seconds` is given [layers().size()], each layer's time is added
    // to it, that of the slowest thread.
    void run(ConstView x, std::span<float> logits, PlanMemory& memory, ThreadPool& pool,
             std::span<double> seconds = {}) const;

    const std::vector<PlanLayer>& layers() const;

  private:
    std::unique_ptr<const CompiledPlan> m_plan;
};

}  // namespace condenser
