#include "data/loader.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"
#include "base/rng.h"

namespace condenser {
namespace {

// Has the kernel fetch the pictures of a batch while the first of them are being cut.
void fetchBatch(const Dataset& dataset, const DataPart& part, const std::int32_t* indexes, int count) {
    if (!dataset.pixels.inFile()) return;
    for (int n = 0; n < count; ++n) {
        const StoredPicture& picture = part.pictures[static_cast<std::size_t>(indexes[n])];
        dataset.pixels.fetch(picture.offset,
                             static_cast<std::size_t>(picture.height) * static_cast<std::size_t>(picture.width) * 3);
    }
}

}  // namespace

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
               const std::vector<std::int32_t>& order, int epoch, int iteration, RegionResizer& resizer, Batch& out) {
    CORE_CHECK(plan.augmentation != Augmentation::kAuto);
    const Preprocess& preprocess = dataset.preprocess;
    const int height = preprocess.height, width = preprocess.width;
    const int first = iteration * plan.batch;
    const int count = std::min(plan.batch, part.count() - first);
    CORE_CHECK(first >= 0 && count > 0);
    out.images.reshape(count, 3, height, width);
    out.labels.resize(static_cast<std::size_t>(count));
    fetchBatch(dataset, part, order.data() + first, count);
    for (int n = 0; n < count; ++n) {
        const std::int32_t index = order[static_cast<std::size_t>(first + n)];
        const StoredPicture& picture = part.pictures[static_cast<std::size_t>(index)];
        const std::uint8_t* pixels = dataset.pixelsOf(picture);
        out.labels[static_cast<std::size_t>(n)] = part.labels[static_cast<std::size_t>(index)];
        Rng rng(plan.seed, RandomStream::kAugment, static_cast<std::uint64_t>(epoch),
                static_cast<std::uint64_t>(index));
        if (plan.augmentation == Augmentation::kRandomResizedCrop) {
            const Region region = randomResizedRegion(rng, picture.height, picture.width);
            const bool flip = rng.below(2) == 1;
            const std::uint8_t* cut = resizer.resize(pixels, picture.width, region, height, width);
            normaliseInto(cut, height, width, 0, 0, flip, preprocess, out.images.view(), n);
            continue;
        }
        int top = static_cast<int>(centreOffset(picture.height, height));
        int left = static_cast<int>(centreOffset(picture.width, width));
        bool flip = false;
        if (plan.augmentation == Augmentation::kPadCrop) {
            top = rng.between(-kCropPadding, picture.height - height + kCropPadding);
            left = rng.between(-kCropPadding, picture.width - width + kCropPadding);
            flip = rng.below(2) == 1;
        }
        normaliseInto(pixels, picture.height, picture.width, top, left, flip, preprocess, out.images.view(), n);
    }
}

Loader::Loader(const Dataset& dataset, const DataPart& part, const BatchPlan& plan)
    : m_dataset(dataset), m_part(part), m_plan(plan), m_batchesPerEpoch(condenser::batchesPerEpoch(part, plan)) {
    const int largest = std::min(plan.batch, part.count());
    for (Batch& slot : m_slots) {
        slot.images.reshape(largest, 3, dataset.preprocess.height, dataset.preprocess.width);
        slot.labels.reserve(static_cast<std::size_t>(largest));
    }
    if (plan.augmentation == Augmentation::kRandomResizedCrop) {
        int tallest = 1, widest = 1;
        for (const StoredPicture& picture : part.pictures) {
            tallest = std::max(tallest, picture.height);
            widest = std::max(widest, picture.width);
        }
        m_resizer.reserve(tallest, widest, dataset.preprocess.height, dataset.preprocess.width);
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
                  static_cast<int>(batch % m_batchesPerEpoch), m_resizer, m_slots[slot]);

        lock.lock();
        m_filled[slot] = batch;
        m_ready.notify_one();
    }
}

}  // namespace condenser
