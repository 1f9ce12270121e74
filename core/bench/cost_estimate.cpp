#include "bench/cost_estimate.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.h"
#include "condense/schedule.h"

namespace condenser {
namespace {

// How strongly the reference's proportions are held to: as one sample would speak that is off by a tenth where a rate
// is off by half.
constexpr double kHold = 0.04;
constexpr double kLoose = 1e-5;
constexpr int kSweeps = 500;

template <std::size_t N>
double secondsOf(const std::array<double, N>& rates, const std::array<double, N>& work) {
    return std::inner_product(rates.begin(), rates.end(), work.begin(), 0.0);
}

bool areUsable(std::span<const double> rates) {
    const auto sound = [](double rate) { return std::isfinite(rate) && rate >= 0; };
    return std::all_of(rates.begin(), rates.end(), sound) &&
           std::any_of(rates.begin(), rates.end(), [](double rate) { return rate > 0; });
}

double keptAt(const NetworkSpec& spec, int stage) {
    return 1.0 - static_cast<double>(stage) / spec.condenseFactor;
}

}  // namespace

bool isUsable(const CostRates& rates) {
    const auto share = [](double error) { return std::isfinite(error) && error >= 0 && error <= 1; };
    return areUsable(rates.inference) && areUsable(rates.training) && share(rates.latencyError) &&
           share(rates.trainingError);
}

const CostRates& referenceRates() {
    static const CostRates rates{
        .inference = {1.7e-11, 2.1e-11, 1e-10, 1e-9, 8e-11, 2.1e-10, 3e-7},
        .training = {6.2e-11, 6e-11, 4.5e-10, 1.7e-9, 1.5e-9, 4e-10, 5e-10, 1.3e-5, 1e-9},
        .latencyError = 0.1,
        .trainingError = 0.1,
    };
    return rates;
}

// Least squares with each rate written as `x` times its reference. The sum of squares is convex, so that taking one
// rate after another to its best value, zero at the least, ends at the best of all.
std::vector<double> fitRates(std::span<const TimedWork> samples, std::span<const double> reference, std::size_t loose) {
    CORE_CHECK(!samples.empty());
    const std::size_t kinds = reference.size();
    std::vector<std::vector<double>> shares;  // of each sample's time, as the reference has it
    std::vector<double> ratios;               // by which the machine is faster than the reference
    for (const TimedWork& sample : samples) {
        CORE_CHECK(sample.work.size() == kinds && sample.seconds > 0);
        std::vector<double>& share = shares.emplace_back();
        for (std::size_t k = 0; k < kinds; ++k) share.push_back(reference[k] * sample.work[k] / sample.seconds);
        ratios.push_back(std::accumulate(share.begin(), share.end(), 0.0));
    }
    std::nth_element(ratios.begin(), ratios.begin() + static_cast<std::ptrdiff_t>(ratios.size() / 2), ratios.end());
    const double scale = 1 / std::max(ratios[ratios.size() / 2], 1e-12);
    for (std::vector<double>& share : shares) {
        for (double& part : share) part *= scale;
    }

    std::vector<double> x(kinds, 1.0);
    const double firm = kHold * static_cast<double>(samples.size()) / static_cast<double>(kinds);
    for (int sweep = 0; sweep < kSweeps; ++sweep) {
        for (std::size_t k = 0; k < kinds; ++k) {
            const double hold = k == loose ? firm * kLoose : firm;
            double square = hold, product = hold;
            for (const std::vector<double>& share : shares) {
                const double others = std::inner_product(share.begin(), share.end(), x.begin(), 0.0) - share[k] * x[k];
                square += share[k] * share[k];
                product += share[k] * (1 - others);
            }
            x[k] = std::max(0.0, product / square);
        }
    }
    for (std::size_t k = 0; k < kinds; ++k) x[k] *= reference[k] * scale;
    return x;
}

double latencySeconds(const CostRates& rates, const NetworkSpec& spec, Variant variant) {
    const double kept = variant == Variant::kDense ? 1.0 : 1.0 / spec.condenseFactor;
    return secondsOf(rates.inference, inferenceWork(spec, kept));
}

double trainingSecondsPerImage(const CostRates& rates, const NetworkSpec& spec, int stage, int batch) {
    return secondsOf(rates.training, trainingWork(spec, keptAt(spec, stage), batch));
}

double trainingSeconds(const CostRates& rates, const NetworkSpec& spec, const TrainingAmount& amount) {
    const std::int64_t batch = std::max(1, amount.batch);
    const std::int64_t steps = (amount.trainImages + batch - 1) / batch * amount.epochs;
    if (steps <= 0) return 0;
    double seconds = 0;
    std::int64_t first = 0;
    for (int stage = 0; stage < spec.condenseFactor; ++stage) {
        std::int64_t next = stage + 1 < spec.condenseFactor
                                ? firstStepOfStage(stage + 1, steps, spec.condenseFactor, amount.condensing)
                                : steps;
        if (next < 0) next = steps;  // a run so short never comes there
        const double epochs = static_cast<double>(next - first) / static_cast<double>(steps) * amount.epochs;
        const double answer = secondsOf(rates.inference, inferenceWork(spec, keptAt(spec, stage)));
        seconds += epochs * (static_cast<double>(amount.trainImages) *
                                 trainingSecondsPerImage(rates, spec, stage, static_cast<int>(batch)) +
                             static_cast<double>(amount.testImages) * answer);
        first = next;
    }
    return seconds;
}

}  // namespace condenser
