// Ctrl+C and SIGTERM.
#pragma once

#include <pthread.h>

#include <functional>
#include <mutex>
#include <thread>

namespace condenser::cli {

// Takes the two signals over from its construction on: they are blocked in this thread and in all that it starts
// later, and one thread of its own waits for them, so that what they set off need not be async-signal-safe. To be
// made first thing in main. Without an action the first signal ends the program with status 130, as the second does
// with one.
class Interrupt {
  public:
    Interrupt();
    ~Interrupt();
    Interrupt(const Interrupt&) = delete;
    Interrupt& operator=(const Interrupt&) = delete;

    // While the returned guard lives, the first signal calls `stop` (on the waiting thread) instead of quitting.
    class [[nodiscard]] Guard {
      public:
        explicit Guard(Interrupt& owner) : m_owner(owner) {}
        ~Guard();
        Guard(const Guard&) = delete;
        Guard& operator=(const Guard&) = delete;

      private:
        Interrupt& m_owner;
    };
    Guard onFirst(std::function<void()> stop);

  private:
    void wait();

    std::mutex m_mutex;
    std::function<void()> m_stop;  // guarded by m_mutex
    std::thread m_thread;
};

}  // namespace condenser::cli
