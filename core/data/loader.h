// Batches of pictures, made ready by a thread of their own while the network works.
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "data/dataset.h"
#include "tensor/tensor.h"

namespace condenser {

struct Batch {
    Tensor images;                     // [N, 3, H, W], normalised
    std::vector<std::int32_t> labels;  // [N]
    int count() const { return static_cast<int>(labels.size()); }
};

struct BatchPlan {
    int batch = 64;
    bool shuffle = false;                             // a new order each epoch; else the order of the part
    Augmentation augmentation = Augmentation::kNone;  // not kAuto
    std::uint64_t seed = 1;
};

constexpr int kCropPadding = 4;

// Batches in an epoch. The last one may be smaller; it is kept.
int batchesPerEpoch(const DataPart& part, const BatchPlan& plan);

// The pictures of an epoch in the order in which they are seen.
std::vector<std::int32_t> epochOrder(int count, const BatchPlan& plan, int epoch);

// Batch `iteration` of `epoch`, given epochOrder() of that epoch. Which pictures and how they are cut is a pure
// function of (seed, epoch, index). `resizer` is scratch memory.
void makeBatch(const Dataset& dataset, const DataPart& part, const BatchPlan& plan,
               const std::vector<std::int32_t>& order, int epoch, int iteration, RegionResizer& resizer, Batch& out);

// makeBatch() in the background, a few batches ahead. The data set must outlive the loader and stay unchanged. All
// memory is taken when it is made. Used by one thread; may be destroyed at any time.
class Loader {
  public:
    Loader(const Dataset& dataset, const DataPart& part, const BatchPlan& plan);
    ~Loader();
    Loader(const Loader&) = delete;
    Loader& operator=(const Loader&) = delete;

    int batchesPerEpoch() const { return m_batchesPerEpoch; }

    // Waits for that batch, and has those behind it (of the next epoch after the last) prepared. Any place may be asked
    // for at any time; going forward one by one is what is fast. The batch stays valid until the next call.
    const Batch& next(int epoch, int iteration);

  private:
    static constexpr std::int64_t kSlots = 3;  // one in use, two being made ready

    void work(const std::stop_token& stop);

    const Dataset& m_dataset;
    const DataPart& m_part;
    const BatchPlan m_plan;
    const int m_batchesPerEpoch;
    RegionResizer m_resizer;            // of the worker
    std::array<Batch, kSlots> m_slots;  // batch p, counted through all epochs, stands in slot p % kSlots
    std::mutex m_mutex;
    std::condition_variable_any m_wake;         // the worker: m_current has moved
    std::condition_variable m_ready;            // the caller: a batch is ready
    std::array<std::int64_t, kSlots> m_filled;  // which batch a slot holds, -1 while it is none
    std::int64_t m_current = -1;                // in use or waited for
    std::jthread m_worker;                      // last: it uses all of the above
};

}  // namespace condenser
