// A network that is ready to be timed: plan, memory and pictures of its own, which can be laid elsewhere in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/rng.h"
#include "base/thread_pool.h"
#include "infer/plan.h"
#include "tensor/tensor.h"

namespace condenser {

// One thread at a time. `graph` must outlive it.
class NetworkRunner {
  public:
    // The pictures are normal random numbers of `seed`; `number` tells the runners of one measurement apart.
    NetworkRunner(const Graph& graph, int batch, int threads, std::uint64_t seed, std::uint64_t number);

    const Plan& plan() const { return *m_plan; }
    // One call; `seconds` as in Plan::run.
    void run(ThreadPool& pool, std::span<double> seconds = {});

    // Everything that a call reads and writes is made anew, some random way further on in memory. Two copies of one
    // network differ by about 1 % for where they happen to lie, for as long as they lie there: a measurement must see
    // many places.
    void renew();

  private:
    void make();

    const Graph& m_graph;
    int m_batch, m_threads;
    std::uint64_t m_seed;
    Rng m_places;
    std::vector<std::byte> m_gap;  // moves what is allocated behind it
    std::optional<Plan> m_plan;
    std::optional<PlanMemory> m_memory;
    Tensor m_input;
    std::vector<float> m_logits;
};

}  // namespace condenser
