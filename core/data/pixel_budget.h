// How many pixels may be decoded at a time, so that many threads do not hold many huge pictures.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace condenser {

// From any thread. A picture that is larger than all of the budget is decoded alone.
class PixelBudget {
  public:
    static constexpr std::int64_t kPixels = 50'000'000;  // 300 MB at the height of decoding

    // Waits until there is room; what it gives must not outlive the budget.
    class Share {
      public:
        Share(PixelBudget& of, std::int64_t pixels) : m_of(of), m_pixels(pixels) { m_of.take(pixels); }
        ~Share() { m_of.giveBack(m_pixels); }
        Share(const Share&) = delete;
        Share& operator=(const Share&) = delete;

      private:
        PixelBudget& m_of;
        std::int64_t m_pixels;
    };

  private:
    void take(std::int64_t pixels) {
        std::unique_lock lock(m_mutex);
        m_given.wait(lock, [&] { return m_taken == 0 || m_taken + pixels <= kPixels; });
        m_taken += pixels;
    }
    void giveBack(std::int64_t pixels) {
        {
            const std::lock_guard lock(m_mutex);
            m_taken -= pixels;
        }
        m_given.notify_all();
    }

    std::mutex m_mutex;
    std::condition_variable m_given;
    std::int64_t m_taken = 0;
};

}  // namespace condenser
