// Who may compute. Measuring wants the machine for itself, and may force another instruction set, which no kernel
// survives that is running (ops/simd_target.h): so whoever runs kernels beside the window's thread does it under a
// share of the engine, plans and packed weights included, and whoever measures has the whole of it.
#pragma once

#include <condition_variable>
#include <mutex>
#include <shared_mutex>
#include <stop_token>

namespace condenser {

// A shared mutex whose waits can be ended, and in which whoever wants the whole goes before all who want a share and do
// not have one yet. std::shared_lock and std::unique_lock hold it. No thread may take a second share.
class Engine {
  public:
    // Both are false, with nothing taken, where `stop` came first.
    bool lock_shared(const std::stop_token& stop = {});
    bool lock(const std::stop_token& stop = {});
    bool try_lock_shared();
    void unlock_shared();
    void unlock();

    // Somebody measures, or waits for the others to end.
    bool wanted() const;

  private:
    mutable std::mutex m_mutex;
    std::condition_variable_any m_changed;
    int m_shares = 0, m_wanting = 0;
    bool m_whole = false;
};

// Of the program. A share is held for a picture or a step of measuring; by a training for as long as it does not stand
// still. The whole is held by CompareSession from the first call to the last, until the instruction set is again the
// one that it found.
Engine& engine();

// Owns a share of engine(), unless `stop` came first. Never on the window's thread, which may not wait.
std::shared_lock<Engine> shareOfEngine(const std::stop_token& stop = {});

}  // namespace condenser
