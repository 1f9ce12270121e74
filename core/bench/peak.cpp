#include "bench/peak.h"

#include <unistd.h>

#include <algorithm>
#include <barrier>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <functional>
#include <limits>

#include "bench/protocol.h"
#include "ops/peak.h"
#include "tensor/tensor.h"

namespace condenser {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kRepetitionSeconds = 5e-3;  // long against the start of the threads
constexpr int kRepetitions = 21;
constexpr std::size_t kL2Bytes = std::size_t{256} << 10, kL3Bytes = std::size_t{4} << 20,
                      kDramBytes = std::size_t{128} << 20;  // a thread
constexpr double kL2Capacity = 512.0 * 1024;                // a thread: what processors of the last ten years have

// One thread's share of the work, `repeats` times over.
using Work = std::function<void(std::size_t thread, std::int64_t repeats)>;

// Seconds until the slowest thread is done; all begin together.
double secondsOf(ThreadPool& pool, const Work& work, std::int64_t repeats) {
    const auto threads = static_cast<std::size_t>(pool.size());
    std::vector<double> seconds(threads);
    // Nobody gets a second item before everyone has a first.
    std::barrier<> start(static_cast<std::ptrdiff_t>(threads));
    pool.parallelFor(threads, [&](std::size_t thread, int) {
        start.arrive_and_wait();
        const Clock::time_point begin = Clock::now();
        work(thread, repeats);
        seconds[thread] = std::chrono::duration<double>(Clock::now() - begin).count();
    });
    return *std::max_element(seconds.begin(), seconds.end());
}

// Seconds of one repeat, the median of the repetitions.
double medianSeconds(ThreadPool& pool, const Work& work) {
    std::int64_t repeats = 1;
    while (secondsOf(pool, work, repeats) < kRepetitionSeconds) repeats *= 2;
    std::vector<double> seconds;
    for (int i = 0; i < kRepetitions; ++i)
        seconds.push_back(secondsOf(pool, work, repeats) / static_cast<double>(repeats));
    return quantile(std::move(seconds), 0.5);
}

double measureFlops(ThreadPool& pool) {
    constexpr std::int64_t kRounds = 10000;
    const double flops = static_cast<double>(multiplyAdds(kRounds, 0.5f, 1.0f).flops) * pool.size();
    return flops / medianSeconds(pool, [](std::size_t, std::int64_t repeats) {
               (void)multiplyAdds(kRounds * repeats, 0.5f, 1.0f);
           });
}

// Bytes per second that all threads read, each from `bytes` of its own.
double measureReading(ThreadPool& pool, std::size_t bytes) {
    const std::size_t floats = bytes / sizeof(float);
    std::vector<AlignedBuffer> buffers;
    for (int thread = 0; thread < pool.size(); ++thread) buffers.emplace_back(floats);
    // Pages that were never written may all be the same one.
    pool.parallelFor(buffers.size(),
                     [&](std::size_t thread, int) { std::fill_n(buffers[thread].data(), floats, 1.0f); });
    const double seconds = medianSeconds(pool, [&](std::size_t thread, std::int64_t repeats) {
        for (std::int64_t i = 0; i < repeats; ++i) (void)sumFloats(buffers[thread].data(), floats);
    });
    return static_cast<double>(floats * sizeof(float)) * pool.size() / seconds;
}

// 128 MiB a thread, unless that were more than a quarter of the memory.
std::size_t dramBytes(int threads) {
    const long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    if (pages <= 0 || page <= 0) return kDramBytes;
    const std::size_t quarter = static_cast<std::size_t>(pages) / 4 * static_cast<std::size_t>(page);
    return std::clamp(quarter / static_cast<std::size_t>(threads), kL3Bytes, kDramBytes);
}

// Of one of the machine's third-level caches; what is measured where the system does not say ("32768K").
double l3Capacity(int threads) {
    std::ifstream file("/sys/devices/system/cpu/cpu0/cache/index3/size");
    double kilobytes = 0;
    char unit = 0;
    if (file >> kilobytes >> unit && unit == 'K' && kilobytes > 0) return kilobytes * 1024;
    return static_cast<double>(kL3Bytes) * threads;
}

}  // namespace

Peak measurePeak(ThreadPool& pool) {
    Peak peak;
    peak.flopsPerSecond = measureFlops(pool);
    peak.levels = {{"L2", kL2Capacity * pool.size(), measureReading(pool, kL2Bytes)},
                   {"L3", l3Capacity(pool.size()), measureReading(pool, kL3Bytes)},
                   {"DRAM", std::numeric_limits<double>::infinity(), measureReading(pool, dramBytes(pool.size()))}};
    return peak;
}

}  // namespace condenser
