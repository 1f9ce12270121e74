#include "cli/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "cli/output.h"

namespace condenser::cli {
namespace {

constexpr std::chrono::milliseconds kRedraw{100};
constexpr std::size_t kNarrowestBar = 8, kWidestBar = 24;

// A terminal that can wipe a line.
bool stderrIsTerminal() {
    const char* term = std::getenv("TERM");
    return isatty(STDERR_FILENO) == 1 && term != nullptr && std::string_view(term) != "dumb";
}

std::size_t terminalWidth() {
    winsize size{};
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    return 80;
}

}  // namespace

Progress::Progress(bool quiet) : m_quiet(quiet), m_terminal(!quiet && stderrIsTerminal()) {}

Progress::~Progress() {
    wipe();
}

void Progress::wipe() {
    if (!m_drawn) return;
    std::fputs("\r\x1b[K", stderr);
    std::fflush(stderr);
    m_drawn = false;
}

void Progress::restartIfNew(std::int64_t done) {
    if (m_last < 0 || done < m_last) {
        m_first = done;
        m_start = Clock::now();
        m_drawnAt = {};
    }
    m_last = done;
}

double Progress::secondsSinceStart() const {
    return std::chrono::duration<double>(Clock::now() - m_start).count();
}

void Progress::bar(std::string_view label, std::int64_t done, std::int64_t total, std::string_view detail) {
    if (!m_terminal || total <= 0) return;
    restartIfNew(done);
    const Clock::time_point now = Clock::now();
    if (now - m_drawnAt < kRedraw && done < total) return;
    m_drawnAt = now;

    const double share = std::clamp(static_cast<double>(done) / static_cast<double>(total), 0.0, 1.0);
    std::string behind = fmt::format(" {:3.0f} %", share * 100);
    if (done > m_first && done < total) {
        const double secondsEach = secondsSinceStart() / static_cast<double>(done - m_first);
        behind += "  ETA " + duration(secondsEach * static_cast<double>(total - done));
    }
    if (!detail.empty()) behind += fmt::format("  {}", detail);
    // The bar gives way first. A line that is still too long would wrap and could not be wiped, so it is cut; the text
    // is ASCII but for a unit or two, so bytes are columns.
    const std::size_t columns = terminalWidth() - 1, words = label.size() + 3 + behind.size();
    const std::size_t width = std::clamp(columns > words ? columns - words : 0, kNarrowestBar, kWidestBar);
    const auto filled = static_cast<std::size_t>(share * static_cast<double>(width));
    const std::string text =
        fmt::format("{} [{}{}]{}", label, std::string(filled, '#'), std::string(width - filled, '-'), behind)
            .substr(0, columns);
    fmt::print(stderr, "\r{}\x1b[K", text);
    std::fflush(stderr);
    m_drawn = true;
}

void Progress::countingBar(std::string_view label, std::int64_t done, std::int64_t total, std::string_view unit) {
    if (!m_terminal) return;
    restartIfNew(done);
    const double seconds = secondsSinceStart();
    const double rate = seconds > 0 ? static_cast<double>(done - m_first) / seconds : 0;
    bar(label, done, total, fmt::format("{} of {} {}, {:.0f} {}/s", done, total, unit, rate, unit));
}

void Progress::counter(std::string_view label, std::int64_t count, std::string_view unit) {
    if (!m_terminal) return;
    const Clock::time_point now = Clock::now();
    if (now - m_drawnAt < kRedraw) return;
    m_drawnAt = now;
    fmt::print(stderr, "\r{}: {} {}\x1b[K", label, count, unit);
    std::fflush(stderr);
    m_drawn = true;
}

void Progress::line(std::string_view text) {
    if (m_quiet) return;
    wipe();
    fmt::print(stderr, "{}\n", text);
    std::fflush(stderr);
}

}  // namespace condenser::cli
