#include "data/loader.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"
#include "base/rng.h"

namespace condenser {

int batchesPerEpoch(const DataPart& part, const BatchPlan& plan) {
    CORE_CHECK(plan.batch > 0);
    return part.count() / plan.batch + (part.count() % plan.batch != 0 ? 1 : 0);
}

std::vector<std::int32_t> epochOrder(int count, const BatchPlan& plan, int epoch) {
    std::vector<std::int32_t> order(static_cast<std::size_t>(count));
    std::iota(order.begin(), order.end(), 0);
    if (!plan.shuffle) return order;
    Rng rng(plan.seed, RandomStream::kShuffle, static_cast<std::uint64_t>(epoch));
    for (std::size_t i = order.size(); i > 1; --i) {  // Fisher-Yates
        std::swap(order[i - 1], order[rng.below(static_cast<std::uint32_t>(i))]);
    }
    return order;
}

void makeBatch(const Dataset& dataset, const DataPart& part, const BatchPlan& plan,
               const std::vector<std::int32_t>& order, int epoch, int iteration, Batch& out) {
    const Preprocess& preprocess = dataset.preprocess;
    const int first = iteration * plan.batch;
    const int count = std::min(plan.batch, part.count() - first);
    CORE_CHECK(first >= 0 && count > 0);
    out.images.reshape(count, 3, preprocess.height, preprocess.width);
    out.labels.resize(static_cast<std::size_t>(count));

    const int roomY = dataset.storedHeight - preprocess.height;
    const int roomX = dataset.storedWidth - preprocess.width;
    const int padding = roomY == 0 && roomX == 0 ? kCropPadding : 0;
    const int centreTop = static_cast<int>(centreOffset(dataset.storedHeight, preprocess.height));
    const int centreLeft = static_cast<int>(centreOffset(dataset.storedWidth, preprocess.width));
    for (int n = 0; n < count; ++n) {
        const std::int32_t index = order[static_cast<std::size_t>(first + n)];
        out.labels[static_cast<std::size_t>(n)] = part.labels[static_cast<std::size_t>(index)];
        int top = centreTop;
        int left = centreLeft;
        bool flip = false;
        if (plan.augment) {
            Rng rng(plan.seed, RandomStream::kAugment, static_cast<std::uint64_t>(epoch),
                    static_cast<std::uint64_t>(index));
            top = rng.between(-padding, roomY + padding);
            left = rng.between(-padding, roomX + padding);
            flip = rng.below(2) == 1;
        }
        normaliseInto(dataset.picture(part, index), dataset.storedHeight, dataset.storedWidth, top, left, flip,
                      preprocess, out.images.view(), n);
    }
}

Loader::Loader(const Dataset& dataset, const DataPart& part, const BatchPlan& plan)
    : m_dataset(dataset), m_part(part), m_plan(plan), m_batchesPerEpoch(condenser::batchesPerEpoch(part, plan)) {
    const int largest = std::min(plan.batch, part.count());
    for (Batch& slot : m_slots) {
        slot.images.reshape(largest, 3, dataset.preprocess.height, dataset.preprocess.width);
        slot.labels.reserve(static_cast<std::size_t>(largest));
    }
    m_filled.fill(-1);
    m_worker = std::jthread([this](const std::stop_token& stop) { work(stop); });
}

// The worker finishes the batch that it is making, and ends.
Loader::~Loader() = default;

const Batch& Loader::next(int epoch, int iteration) {
    CORE_CHECK(epoch >= 0 && iteration >= 0 && iteration < m_batchesPerEpoch);
    const std::int64_t wanted = static_cast<std::int64_t>(epoch) * m_batchesPerEpoch + iteration;
    const std::size_t slot = static_cast<std::size_t>(wanted % kSlots);
    std::unique_lock lock(m_mutex);
    m_current = wanted;
    m_wake.notify_one();
    m_ready.wait(lock, [&] { return m_filled[slot] == wanted; });
    return m_slots[slot];
}

void Loader::work(const std::stop_token& stop) {
    std::vector<std::int32_t> order;
    std::int64_t orderEpoch = -1;
    std::int64_t batch = 0;
    // The first of the batches to have ready that is not; the caller's own, m_current, comes before all others.
    const auto findWork = [&] {
        if (m_current < 0) return false;
        for (batch = m_current; batch < m_current + kSlots; ++batch) {
            if (m_filled[static_cast<std::size_t>(batch % kSlots)] != batch) return true;
        }
        return false;
    };
    for (;;) {
        std::unique_lock lock(m_mutex);
        if (!m_wake.wait(lock, stop, findWork) || stop.stop_requested()) return;
        const std::size_t slot = static_cast<std::size_t>(batch % kSlots);
        m_filled[slot] = -1;
        lock.unlock();

        const std::int64_t epoch = batch / m_batchesPerEpoch;
        if (epoch != orderEpoch) {
            order = epochOrder(m_part.count(), m_plan, static_cast<int>(epoch));
            orderEpoch = epoch;
        }
        makeBatch(m_dataset, m_part, m_plan, order, static_cast<int>(epoch),
                  static_cast<int>(batch % m_batchesPerEpoch), m_slots[slot]);

        lock.lock();
        m_filled[slot] = batch;
        m_ready.notify_one();
    }
}

}  // namespace condenser
