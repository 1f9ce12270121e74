#include "cli_test.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <deque>
#include <exception>
#include <fstream>
#include <system_error>
#include <thread>

#include "io/safetensors.h"
#include "support/io_scratch.h"

extern char** environ;

namespace condenser::test {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kCommandLimit{120};  // a hang; sanitizers are slow, and nothing here is timed
constexpr std::chrono::seconds kWaitLimit{60};
constexpr std::chrono::milliseconds kPoll{3};
constexpr std::size_t kOutputShown = 3000;
constexpr std::size_t kCommandsShown = 2;

// For the report of a failure.
std::deque<Finished>& latestCommands() {
    static std::deque<Finished> commands;
    return commands;
}

std::string cut(const std::string& text) {
    return text.size() <= kOutputShown ? text : text.substr(0, kOutputShown) + "\n[...]\n";
}

void print(const Finished& command) {
    std::printf("  $ %s\n  status %d\n  --- stdout\n%s  --- stderr\n%s  ---\n", command.command.c_str(), command.status,
                cut(command.out).c_str(), cut(command.err).c_str());
}

// What the test program was started with, but for what would lead a command out of its folder.
std::vector<std::string> environmentOf(const fs::path& folder, const Environment& more) {
    Environment all;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const std::size_t equals = text.find('=');
        const std::string name(text.substr(0, equals));
        if (name.rfind("XDG_", 0) == 0 || name.rfind("CONDENSER_", 0) == 0 || name == "TERM") continue;
        all[name] = text.substr(std::min(equals, text.size() - 1) + 1);
    }
    all["HOME"] = (folder / "home").string();
    for (const char* name : {"DATA", "CONFIG", "CACHE"}) {
        all[std::string("XDG_") + name + "_HOME"] = (folder / "xdg" / name).string();
    }
    all["LC_ALL"] = "C.UTF-8";
    for (const auto& [name, value] : more) all[name] = value;
    std::vector<std::string> entries;
    for (const auto& [name, value] : all) entries.push_back(name + "=" + value);
    return entries;
}

std::vector<char*> pointersTo(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (std::string& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

// posix_spawn and friends return their error.
void mustWork(int error, const char* what) {
    if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

// Starts words[0] in `folder`, its output going to two files.
pid_t spawnProcess(Words words, const fs::path& folder, const fs::path& output, const Environment& more) {
    posix_spawn_file_actions_t actions;
    mustWork(posix_spawn_file_actions_init(&actions), "posix_spawn_file_actions_init");
    const std::string out = output.string() + ".out", err = output.string() + ".err";
    constexpr int kCreate = O_WRONLY | O_CREAT | O_TRUNC;
    mustWork(posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0), "stdin");
    mustWork(posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out.c_str(), kCreate, 0600), "stdout");
    mustWork(posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, err.c_str(), kCreate, 0600), "stderr");
    mustWork(posix_spawn_file_actions_addchdir_np(&actions, folder.c_str()), "chdir");

    // Whoever runs the tests in the background may have SIGINT ignored; the commands must not.
    posix_spawnattr_t attributes;
    mustWork(posix_spawnattr_init(&attributes), "posix_spawnattr_init");
    sigset_t none, reset;
    sigemptyset(&none);
    sigemptyset(&reset);
    for (const int number : {SIGINT, SIGTERM, SIGPIPE, SIGXFSZ}) sigaddset(&reset, number);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &reset);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

    std::vector<std::string> environment = environmentOf(folder, more);
    const std::vector<char*> arguments = pointersTo(words), variables = pointersTo(environment);
    pid_t process = 0;
    const int error = posix_spawn(&process, arguments[0], &actions, &attributes, arguments.data(), variables.data());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    mustWork(error, words[0].c_str());
    return process;
}

std::string joined(const Words& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
}

}  // namespace

// ---- Running --------------------------------------------------------------------------------------------------------

Running::Running(std::string command, pid_t process, fs::path output)
    : m_command(std::move(command)), m_process(process), m_output(std::move(output)) {}

Running::Running(Running&& other) noexcept
    : m_command(std::move(other.m_command)),
      m_process(std::exchange(other.m_process, 0)),
      m_output(std::move(other.m_output)),
      m_ended(other.m_ended),
      m_status(other.m_status) {}

Running::~Running() {
    if (m_process == 0 || m_ended) return;
    ::kill(m_process, SIGKILL);
    reap(0);
}

bool Running::reap(int flags) {
    if (m_ended) return true;
    int status = 0;
    if (::waitpid(m_process, &status, flags) != m_process) return false;
    m_ended = true;
    m_status = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
    return true;
}

bool Running::ended() {
    return reap(WNOHANG);
}

bool Running::awaitsInterrupt() const {
    std::ifstream status("/proc/" + std::to_string(m_process) + "/status");
    for (std::string word; status >> word;) {
        std::uint64_t blocked = 0;  // a bit for each signal, from 1
        if (word == "SigBlk:" && status >> std::hex >> blocked) return (blocked >> (SIGINT - 1) & 1) != 0;
    }
    return false;
}

void Running::signal(int number) {
    if (!ended()) ::kill(m_process, number);
}

Finished Running::finish() {
    const Clock::time_point limit = Clock::now() + kCommandLimit;
    while (!ended() && Clock::now() < limit) std::this_thread::sleep_for(kPoll);
    const bool hangs = !m_ended;
    if (hangs) {
        ::kill(m_process, SIGKILL);
        reap(0);
    }
    Finished finished{m_command, m_status, readBytes(m_output.string() + ".out"),
                      readBytes(m_output.string() + ".err")};
    latestCommands().push_back(finished);
    if (latestCommands().size() > kCommandsShown) latestCommands().pop_front();
    if (hangs) failTest(__FILE__, __LINE__, "the command hangs: " + m_command);
    return finished;
}

// ---- Cli ------------------------------------------------------------------------------------------------------------

Cli::Cli(fs::path folder) : m_folder(std::move(folder)) {
    fs::create_directories(m_folder / "home");
    fs::create_directories(m_folder / ".output");
}

Running Cli::spawn(const Words& words, const Environment& more) {
    const fs::path output = m_folder / ".output" / std::to_string(++m_commands);
    return Running(joined(words), spawnProcess(words, m_folder, output, more), output);
}

Running Cli::start(const Words& words, const Environment& more) {
    Words all{CONDENSER_CLI};
    all.insert(all.end(), words.begin(), words.end());
    return spawn(all, more);
}

Finished Cli::run(const Words& words, const Environment& more) {
    return start(words, more).finish();
}

Finished Cli::shell(const std::string& script, const Words& words) {
    Words all{"/bin/sh", "-c", script, CONDENSER_CLI};
    all.insert(all.end(), words.begin(), words.end());
    return spawn(all, {}).finish();
}

Finished Cli::done(const Words& words, const Environment& more) {
    Finished finished = run(words, more);
    CHECK_EQUAL(finished.status, 0);
    return finished;
}

json Cli::object(const Words& words, const Environment& more) {
    Words all = words;
    all.emplace_back("--json");
    return parseObject(done(all, more).out);
}

Finished Cli::fails(int status, const Words& words, std::initializer_list<std::string_view> parts,
                    const Environment& more) {
    Finished finished = run(words, more);
    CHECK_EQUAL(finished.status, status);
    CHECK_EQUAL(finished.out, "");
    CHECK_EQUAL(finished.err.rfind("condenser-cli: ", 0), std::size_t{0});
    CHECK_EQUAL(std::count(finished.err.begin(), finished.err.end(), '\n'), 1);
    CHECK_EQUAL(finished.err.back(), '\n');
    CHECK(finished.err.find(": ", std::strlen("condenser-cli: ")) != std::string::npos);
    for (const std::string_view part : parts) CHECK_HOLDS(finished.err, part);
    return finished;
}

// ---- running the tests ----------------------------------------------------------------------------------------------

int runTests(int argc, char** argv, std::initializer_list<Test> tests) {
    const Words asked(argv + 1, argv + argc);
    int ran = 0, failed = 0;
    for (const Test& test : tests) {
        if (!asked.empty() && std::find(asked.begin(), asked.end(), test.name) == asked.end()) continue;
        ++ran;
        const ScratchFolder scratch;
        latestCommands().clear();
        const Clock::time_point start = Clock::now();
        std::string failure;
        try {
            Cli cli(scratch.path());
            test.body(cli);
        } catch (const Failure& found) {
            failure = found.text;
        } catch (const std::exception& error) {
            failure = std::string("unexpected exception: ") + error.what();
        }
        const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
        std::printf("%-6s %s (%.1f s)\n", failure.empty() ? "ok" : "FAILED", test.name, seconds);
        if (!failure.empty()) {
            ++failed;
            std::printf("%s\n", failure.c_str());
            for (const Finished& command : latestCommands()) print(command);
        }
        std::fflush(stdout);
    }
    std::printf("%d of %d tests passed\n", ran - failed, ran);
    return failed == 0 && ran > 0 ? 0 : 1;
}

// ---- checks ---------------------------------------------------------------------------------------------------------

void failTest(const char* file, int line, const std::string& text) {
    throw Failure{fs::path(file).filename().string() + ":" + std::to_string(line) + ": " + text};
}

void checkHolds(const char* file, int line, const char* expression, std::string_view text, std::string_view part) {
    if (text.find(part) != std::string_view::npos) return;
    failTest(
        file, line,
        std::string(expression) + "\n  actual:   " + cut(std::string(text)) + "\n  expected: " + std::string(part));
}

// ---- what tests look at ---------------------------------------------------------------------------------------------

json parseObject(const std::string& text) {
    const json parsed = json::parse(text, nullptr, /*allow_exceptions=*/false);  // refuses anything behind it, too
    if (!parsed.is_object() || text.empty() || text.back() != '\n') {
        failTest(__FILE__, __LINE__, "stdout is not one JSON object and a line end:\n" + cut(text));
    }
    return parsed;
}

StateDict tensorsOf(const fs::path& path) {
    return take(readSafetensors(path)).tensors;
}

double largestDistance(const StoredTensor& a, const StoredTensor& b) {
    if (a.shape != b.shape) failTest(__FILE__, __LINE__, shapeText(a.shape) + " and " + shapeText(b.shape));
    double largest = 0;
    for (std::size_t i = 0; i < a.floats().size(); ++i) {
        const double distance = std::abs(static_cast<double>(a.floats()[i]) - static_cast<double>(b.floats()[i]));
        if (!(distance <= largest)) largest = distance;  // NaN too
    }
    return largest;
}

std::map<std::string, std::string> contentsOf(const fs::path& folder) {
    std::map<std::string, std::string> contents;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file())
            contents[entry.path().lexically_relative(folder).string()] = readBytes(entry.path());
    }
    return contents;
}

bool waitUntil(const std::function<bool()>& condition) {
    const Clock::time_point limit = Clock::now() + kWaitLimit;
    while (!condition()) {
        if (Clock::now() > limit) return false;
        std::this_thread::sleep_for(kPoll);
    }
    return true;
}

}  // namespace condenser::test
