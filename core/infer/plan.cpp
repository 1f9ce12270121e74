#include "infer/plan.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <utility>
#include <variant>

#include "base/check.h"
#include "infer/compiled_plan.h"

namespace condenser {
namespace {

// All threads of a run meet here between two steps. They wait by looking: a step takes microseconds.
class Barrier {
  public:
    explicit Barrier(int threads) : m_threads(threads) {}

    void wait() {
        const unsigned generation = m_generation.load(std::memory_order_relaxed);
        if (m_arrived.fetch_add(1, std::memory_order_acq_rel) + 1 == m_threads) {
            m_arrived.store(0, std::memory_order_relaxed);
            m_generation.store(generation + 1, std::memory_order_release);
            return;
        }
        for (int spins = 0; m_generation.load(std::memory_order_acquire) == generation; ++spins) {
            if (spins > kSpins) std::this_thread::yield();  // the other thread has lost its core
        }
    }

  private:
    static constexpr int kSpins = 20000;
    const int m_threads;
    std::atomic<int> m_arrived{0};
    std::atomic<unsigned> m_generation{0};
};

// A strip step tells the times of its two layers itself, but not how long its thread then waits for the others: that is
// theirs in the same proportion. `before`: what stood there before the step, which took `seconds`.
void shareWait(const StripStep& step, std::pair<double, double> before, double seconds, double* layers) {
    double &first = layers[step.firstLayer], &second = layers[step.secondLayer];
    const double own = first - before.first + second - before.second;
    const double share = own > 0 ? (first - before.first) / own : 0.5;
    first = before.first + share * seconds;
    second = before.second + (1 - share) * seconds;
}

void runSteps(const CompiledPlan& plan, const StepMemory& memory, Part part, Barrier* barrier) {
    for (const PlanStep& step : plan.steps) {
        if (memory.seconds == nullptr) {
            std::visit([&](const auto& op) { op.run(memory, part); }, step.op);
            if (barrier != nullptr) barrier->wait();
            continue;
        }
        const StripStep* strips = std::get_if<StripStep>(&step.op);
        std::pair<double, double> before;
        if (strips != nullptr) before = {memory.seconds[strips->firstLayer], memory.seconds[strips->secondLayer]};
        const auto start = std::chrono::steady_clock::now();
        std::visit([&](const auto& op) { op.run(memory, part); }, step.op);
        if (barrier != nullptr) barrier->wait();
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        if (step.layer >= 0) memory.seconds[step.layer] += seconds;
        if (strips != nullptr) shareWait(*strips, before, seconds, memory.seconds);
    }
}

// What a run's threads share; the pool's function holds one pointer to it, and so allocates nothing.
struct Run {
    const CompiledPlan& plan;
    ConstView x;
    float* logits;
    float* slots;    // memory of the images
    float* threads;  // memory of the threads
    double* seconds;

    StepMemory memory(int image, int slot, int thread) const {
        StepMemory memory;
        memory.picture = x.images(image, 1);
        memory.maps = slots + static_cast<std::size_t>(slot) * plan.mapFloats;
        memory.strips = threads + static_cast<std::size_t>(thread) * (plan.stripFloats + plan.scratchFloats);
        memory.scratch = memory.strips + plan.stripFloats;
        memory.logits = logits + static_cast<std::ptrdiff_t>(image) * plan.classes;
        memory.seconds = thread == 0 ? seconds : nullptr;
        return memory;
    }
};

}  // namespace

Plan::Plan(const Graph& graph, int batch, int threads)
    : m_plan(std::make_unique<const CompiledPlan>(compilePlan(graph, batch, threads))) {}
Plan::~Plan() = default;
Plan::Plan(Plan&&) noexcept = default;
Plan& Plan::operator=(Plan&&) noexcept = default;

int Plan::batch() const {
    return m_plan->batch;
}

int Plan::threads() const {
    return m_plan->threads;
}

int Plan::classes() const {
    return m_plan->classes;
}

const std::vector<PlanLayer>& Plan::layers() const {
    return m_plan->layers;
}

std::size_t Plan::weightBytes() const {
    return m_plan->weightBytes;
}

std::size_t Plan::memoryBytes() const {
    return (static_cast<std::size_t>(m_plan->slots()) * m_plan->mapFloats +
            static_cast<std::size_t>(m_plan->threads) * (m_plan->stripFloats + m_plan->scratchFloats)) *
           sizeof(float);
}

PlanMemory Plan::makeMemory() const {
    return PlanMemory(memoryBytes() / sizeof(float));
}

void Plan::run(ConstView x, std::span<float> logits, PlanMemory& memory, ThreadPool& pool,
               std::span<double> seconds) const {
    const CompiledPlan& plan = *m_plan;
    CORE_CHECK(x.c == 3 && x.h == plan.height && x.w == plan.width && x.n >= 1 && x.n <= plan.batch);
    CORE_CHECK(logits.size() >= static_cast<std::size_t>(x.n) * static_cast<std::size_t>(plan.classes));
    CORE_CHECK(memory.bytes() >= memoryBytes() && (seconds.empty() || seconds.size() == plan.layers.size()));
    float* slots = memory.data();
    const Run run{plan,
                  x,
                  logits.data(),
                  slots,
                  slots + static_cast<std::size_t>(plan.slots()) * plan.mapFloats,
                  seconds.empty() ? nullptr : seconds.data()};
    const int threads = std::min(plan.threads, pool.size());
    if (threads == 1) {
        for (int image = 0; image < x.n; ++image) runSteps(plan, run.memory(image, 0, 0), {}, nullptr);
        return;
    }
    struct Team {
        const Run& run;
        const int threads;
        Barrier barrier;
        std::atomic<int> next{0};  // image
    } team{run, threads, Barrier(threads)};
    const auto count = static_cast<std::size_t>(threads);
    if (x.n >= threads && seconds.empty()) {  // an image a thread
        pool.parallelFor(count, [&team](std::size_t index, int) {
            const int thread = static_cast<int>(index);
            for (int image = team.next++; image < team.run.x.n; image = team.next++) {
                runSteps(team.run.plan, team.run.memory(image, thread, thread), {}, nullptr);
            }
        });
    } else {  // all threads on one image
        pool.parallelFor(count, [&team](std::size_t index, int) {
            const Part part{static_cast<int>(index), team.threads};
            for (int image = 0; image < team.run.x.n; ++image) {
                runSteps(team.run.plan, team.run.memory(image, 0, part.index), part, &team.barrier);
            }
        });
    }
}

}  // namespace condenser
