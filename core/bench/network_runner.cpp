#include "bench/network_runner.h"

#include <algorithm>
#include <utility>

namespace condenser {
namespace {

constexpr std::size_t kLine = 64;              // bytes, of the cache
constexpr std::uint32_t kMostLines = 1 << 15;  // 2 MB: any place within a large page

}  // namespace

NetworkRunner::NetworkRunner(const Graph& graph, int batch, int threads, std::uint64_t seed, std::uint64_t number)
    : m_graph(graph), m_batch(batch), m_threads(threads), m_seed(seed), m_places(seed, RandomStream::kTest, 1, number) {
    make();
}

void NetworkRunner::make() {
    m_plan.emplace(m_graph, m_batch, m_threads);
    m_memory.emplace(m_plan->makeMemory());
    const GraphMaps& picture = m_graph.maps.front();
    m_input = Tensor(m_batch, picture.channels, picture.height, picture.width);
    Rng rng(m_seed, RandomStream::kTest);
    const View view = m_input.view();
    for (int n = 0; n < view.n; ++n) {
        for (int c = 0; c < view.c; ++c) {
            std::generate_n(view.plane(n, c), view.h * view.w, [&] { return static_cast<float>(rng.normal()); });
        }
    }
    m_logits.resize(static_cast<std::size_t>(m_batch) * static_cast<std::size_t>(m_graph.classes()));
}

void NetworkRunner::renew() {
    // The old one first: there may be no room for two of a large network.
    m_plan.reset();
    m_memory.reset();
    m_input = Tensor();
    m_gap = std::vector<std::byte>(kLine * m_places.below(kMostLines));
    make();
}

void NetworkRunner::run(ThreadPool& pool, std::span<double> seconds) {
    m_plan->run(std::as_const(m_input).view(), m_logits, *m_memory, pool, seconds);
}

}  // namespace condenser
