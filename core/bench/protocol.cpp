#include "bench/protocol.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/check.h"
#include "base/rng.h"

namespace condenser {
namespace {

constexpr double kBlockSeconds = 0.02;
constexpr double kWarmUpSeconds = 0.1;  // or what is timed, if that is less
constexpr int kWarmUpCalls = 2;
constexpr double kShortCall = 50e-6;  // below, the clock and its rounding would show
constexpr double kMaxCallsAtOnce = 1e5, kMaxSamplesInBlock = 1e4;
constexpr std::size_t kMinSamples = 5;
constexpr std::uint64_t kLots = 1;   // the seed; any will do
constexpr double kLongCall = 0.025;  // longer ones see too little of a cold cache to pay for another call

// A subject on its way.
struct Candidate {
    const Subject* subject = nullptr;
    double callSeconds = 0;  // about
    int callsAtOnce = 1;
    int samplesInBlock = 1;
    double timed = 0;  // seconds
    Timing timing;
};

class Protocol {
  public:
    Protocol(const std::vector<Subject>& subjects, const ProtocolOptions& options)
        : m_options(options), m_clock(options.clock ? options.clock : steadySeconds) {
        for (const Subject& subject : subjects) m_candidates.push_back({.subject = &subject, .timing = {}});
    }

    Result<std::vector<Timing>> run() {
        for (Candidate& candidate : m_candidates) warmUp(candidate);
        for (int round = 0; !allDone() && !stopped(); ++round) {
            for (const std::size_t subject : orderOf(round)) {
                Candidate& candidate = m_candidates[subject];
                if (isDone(candidate)) continue;
                timeBlock(candidate, round);
                report(candidate, subject);
            }
        }
        if (stopped()) return fail(ErrorCode::kCancelled, "stopped", "", "timing was asked to end");
        std::vector<Timing> timings;
        for (Candidate& candidate : m_candidates) timings.push_back(finished(std::move(candidate.timing)));
        return timings;
    }

  private:
    bool stopped() const { return m_options.stop.stop_requested(); }

    std::vector<std::size_t> orderOf(int round) const {
        Rng rng(kLots, RandomStream::kShuffle, static_cast<std::uint64_t>(round / 2));
        std::vector<std::size_t> order(m_candidates.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        for (std::size_t i = order.size(); i > 1; --i)
            std::swap(order[i - 1], order[rng.below(static_cast<std::uint32_t>(i))]);
        if (round % 2 == 1) std::reverse(order.begin(), order.end());
        return order;
    }

    bool isDone(const Candidate& candidate) const {
        const Timing& timing = candidate.timing;
        return candidate.timed >= m_options.seconds && timing.ms.size() >= kMinSamples &&
               std::ssize(timing.blocks) >= m_options.minBlocks;
    }
    bool allDone() const {
        return std::all_of(m_candidates.begin(), m_candidates.end(), [&](const Candidate& c) { return isDone(c); });
    }

    void warmUp(Candidate& candidate) {
        const double start = m_clock();
        double last = start;
        std::vector<double> calls;
        while (!stopped() &&
               (std::ssize(calls) < kWarmUpCalls || last - start < std::min(kWarmUpSeconds, m_options.seconds))) {
            const double before = last;
            candidate.subject->call();
            last = m_clock();
            calls.push_back(last - before);
        }
        // The median: beside other work the mean is that of the waits.
        candidate.callSeconds = calls.empty() ? 0 : quantile(std::move(calls), 0.5);
        if (candidate.callSeconds < kShortCall) {
            candidate.callsAtOnce = static_cast<int>(
                std::clamp(std::ceil(kShortCall / std::max(candidate.callSeconds, 1e-9)), 1.0, kMaxCallsAtOnce));
        }
        // As many in every block, whatever they will turn out to be: a block that ended by the clock would hold few
        // slow samples or many fast ones, and medians of blocks would lean. An odd number, whose median is one of them.
        const double length = std::min(kBlockSeconds, m_options.seconds / m_options.minBlocks);
        const double samples = length / (std::max(candidate.callSeconds, 1e-9) * candidate.callsAtOnce);
        candidate.samplesInBlock = static_cast<int>(std::clamp(std::round(samples), 1.0, kMaxSamplesInBlock)) | 1;
    }

    void timeBlock(Candidate& candidate, int round) {
        if (candidate.subject->renew && !stopped()) {
            candidate.subject->renew();
            candidate.subject->call();  // its pages come into being
        }
        if (candidate.callSeconds < kLongCall && !stopped()) candidate.subject->call();
        const std::size_t first = candidate.timing.ms.size();
        const double start = m_clock();
        double last = start;
        for (int sample = 0; sample < candidate.samplesInBlock && !stopped(); ++sample) {
            for (int i = 0; i < candidate.callsAtOnce; ++i) candidate.subject->call();
            const double now = m_clock();
            candidate.timing.ms.push_back((now - last) * 1e3 / candidate.callsAtOnce);
            candidate.timing.calls += candidate.callsAtOnce;
            last = now;
        }
        candidate.timing.blocks.push_back({first, candidate.timing.ms.size() - first, round});
        candidate.timed += last - start;
    }

    void report(const Candidate& candidate, std::size_t subject) const {
        if (m_options.sampled)
            m_options.sampled(subject, std::span(candidate.timing.ms).subspan(candidate.timing.blocks.back().first));
        if (!m_options.progress) return;
        double done = 0;
        for (const Candidate& c : m_candidates) done += std::min(c.timed, m_options.seconds);
        m_options.progress(candidate.subject->name, done, m_options.seconds * static_cast<double>(m_candidates.size()));
    }

    static Timing finished(Timing timing) {
        timing.medianMs = quantile(timing.ms, 0.5);
        timing.p5Ms = quantile(timing.ms, 0.05);
        timing.p95Ms = quantile(timing.ms, 0.95);
        return timing;
    }

    const ProtocolOptions& m_options;
    std::function<double()> m_clock;
    std::vector<Candidate> m_candidates;
};

}  // namespace

double steadySeconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Result<std::vector<Timing>> timeInTurn(const std::vector<Subject>& subjects, const ProtocolOptions& options) {
    CORE_CHECK(options.seconds > 0 && options.minBlocks >= 1);
    return Protocol(subjects, options).run();
}

double quantile(std::vector<double> samples, double share) {
    CORE_CHECK(!samples.empty() && share >= 0 && share <= 1);
    const double place = share * static_cast<double>(samples.size() - 1);
    const auto below = samples.begin() + static_cast<std::ptrdiff_t>(place);
    std::nth_element(samples.begin(), below, samples.end());
    if (below + 1 == samples.end()) return *below;
    return std::lerp(*below, *std::min_element(below + 1, samples.end()), place - std::floor(place));
}

}  // namespace condenser
