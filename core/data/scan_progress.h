// Tells how many pictures were found so far, and notices that the caller wants to stop.
#pragma once

#include <chrono>
#include <cstdint>

#include "data/data_source.h"

namespace condenser {

class ScanProgress {
  public:
    explicit ScanProgress(const ScanOptions& options) : m_options(options) {}

    void found() {
        ++m_count;
        if (!m_options.progress) return;
        const auto now = std::chrono::steady_clock::now();
        if (now - m_told < std::chrono::milliseconds(200)) return;
        m_told = now;
        m_options.progress(m_count);
    }
    bool stopped() const { return m_options.stop.stop_requested(); }

  private:
    const ScanOptions& m_options;
    std::int64_t m_count = 0;
    std::chrono::steady_clock::time_point m_told = std::chrono::steady_clock::now();
};

}  // namespace condenser
