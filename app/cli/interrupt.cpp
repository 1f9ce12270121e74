#include "cli/interrupt.h"

#include <signal.h>
#include <unistd.h>

#include <system_error>

#include "cli/frame.h"

namespace condenser::cli {
namespace {

constexpr int kLeave = SIGUSR2;  // from the destructor to the waiting thread

sigset_t awaitedSignals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, kLeave);
    return signals;
}

}  // namespace

Interrupt::Interrupt() {
    const sigset_t signals = awaitedSignals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    try {
        m_thread = std::thread([this] { wait(); });
    } catch (const std::system_error&) {
        // No thread is to be had: the signals end the program as they always do.
        pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
    }
}

Interrupt::~Interrupt() {
    if (!m_thread.joinable()) return;
    pthread_kill(m_thread.native_handle(), kLeave);
    m_thread.join();
}

Interrupt::Guard Interrupt::onFirst(std::function<void()> stop) {
    const std::lock_guard lock(m_mutex);
    m_stop = std::move(stop);
    return Guard(*this);
}

Interrupt::Guard::~Guard() {
    const std::lock_guard lock(m_owner.m_mutex);
    m_owner.m_stop = nullptr;
}

void Interrupt::wait() {
    const sigset_t signals = awaitedSignals();
    bool asked = false;
    for (;;) {
        int signal = 0;
        if (sigwait(&signals, &signal) != 0) continue;
        if (signal == kLeave) return;
        const std::lock_guard lock(m_mutex);
        // Files are written beside their targets and renamed, so quitting here leaves none half written.
        if (asked || m_stop == nullptr) _exit(kInterrupted);
        asked = true;
        m_stop();
    }
}

}  // namespace condenser::cli
