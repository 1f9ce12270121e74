// Progress on stderr: a bar that is drawn over itself on a terminal, else only whole lines.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace condenser::cli {

class Progress {
  public:
    explicit Progress(bool quiet);
    ~Progress();  // wipes the bar
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    // "LABEL [####------] 42 %  ETA 2 min 10 s  DETAIL", on a terminal only and at most ten times a second. The time
    // left is reckoned from the speed since the first call; a smaller `done` than before starts anew.
    void bar(std::string_view label, std::int64_t done, std::int64_t total, std::string_view detail = {});

    // The bar with "123 images/s" of its own for a detail.
    void countingBar(std::string_view label, std::int64_t done, std::int64_t total, std::string_view unit);

    // What is counted next is something else than before.
    void restart() { m_last = -1; }

    // "LABEL: 1234 UNIT", where nobody knows yet how many there will be.
    void counter(std::string_view label, std::int64_t count, std::string_view unit);

    // A line of its own, above the bar where there is one.
    void line(std::string_view text);

    // Takes the bar off the screen, for whoever writes next.
    void wipe();

    // Whether there is a bar; else only lines.
    bool onTerminal() const { return m_terminal; }

  private:
    using Clock = std::chrono::steady_clock;

    double secondsSinceStart() const;
    void restartIfNew(std::int64_t done);

    bool m_quiet;
    bool m_terminal;
    bool m_drawn = false;
    std::int64_t m_first = 0, m_last = -1;
    Clock::time_point m_start, m_drawnAt;
};

}  // namespace condenser::cli
