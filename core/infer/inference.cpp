#include "infer/inference.h"

namespace condenser {

Inference::Inference(const Network& network)
    : m_makeGraph(
          [&network](int height, int width) { return graphOf(network, height, width, DroppedConnections::kSkip); }) {}

void Inference::prepare(ConstView x, const ThreadPool& pool) {
    if (m_prepared && m_prepared->height == x.h && m_prepared->width == x.w && m_prepared->plan.batch() >= x.n &&
        m_prepared->plan.threads() == pool.size()) {
        return;
    }
    m_prepared.reset();  // the old memory first: there may be no room for both
    Plan plan(m_makeGraph(x.h, x.w), x.n, pool.size());
    PlanMemory memory = plan.makeMemory();
    std::vector<float> logits(static_cast<std::size_t>(x.n) * static_cast<std::size_t>(plan.classes()));
    m_prepared.emplace(Prepared{x.h, x.w, std::move(plan), std::move(memory), std::move(logits)});
}

std::span<const float> Inference::run(ConstView x, ThreadPool& pool) {
    prepare(x, pool);
    auto& [height, width, plan, memory, logits] = *m_prepared;
    const std::size_t count = static_cast<std::size_t>(x.n) * static_cast<std::size_t>(plan.classes());
    const std::span<float> rows = std::span(logits).first(count);
    plan.run(x, rows, memory, pool);
    return rows;
}

}  // namespace condenser
