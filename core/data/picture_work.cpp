#include "data/picture_work.h"

#include <atomic>
#include <chrono>
#include <mutex>
#include <new>

#include "base/thread_pool.h"

namespace condenser {

Result<> forEachPicture(const std::string& name, std::size_t count, const PictureWork& work,
                        const std::function<void(std::size_t index)>& body) {
    constexpr auto kBetweenReports = std::chrono::milliseconds(100);
    constexpr const char* kWhat = "cannot read the data";
    const auto total = static_cast<std::int64_t>(count);
    std::atomic<bool> outOfMemory = false;
    std::mutex mutex;  // of the two below, and held while progress is called
    std::int64_t done = 0;
    std::chrono::steady_clock::time_point reported{};
    ThreadPool pool(work.threads);
    pool.parallelFor(count, [&](std::size_t index, int) {
        if (outOfMemory || work.stop.stop_requested()) return;
        try {
            body(index);
        } catch (const std::bad_alloc&) {
            outOfMemory = true;
            return;
        }
        const std::lock_guard lock(mutex);
        ++done;
        const auto now = std::chrono::steady_clock::now();
        if (!work.progress || (done < total && now - reported < kBetweenReports)) return;
        reported = now;
        work.progress(done, total);
    });
    if (outOfMemory) {
        return fail(ErrorCode::kTooLarge, kWhat, name, "the memory does not suffice for its pictures",
                    "use fewer pictures, or fewer threads");
    }
    if (done < total) return fail(ErrorCode::kCancelled, kWhat, name, "it was stopped");
    return {};
}

}  // namespace condenser
