// A small harness for tests that drive condenser-cli as its users do: as a program of its own, whose status, output and
// files are looked at. A check that fails ends its test function, is printed with what was found, what was expected and
// the output of the latest commands, and the next test goes on.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "support/run_compare.h"
#include "tensor/state_dict.h"

namespace condenser::test {

using Words = std::vector<std::string>;
using Environment = std::map<std::string, std::string>;  // beside what the harness sets
using nlohmann::json;

// A command that has ended.
struct Finished {
    std::string command;  // as typed, more or less
    int status = 0;       // the exit status; -N where signal N ended it
    std::string out, err;
};

// A command under way. Whoever drops it kills it.
class Running {
  public:
    Running(Running&& other) noexcept;
    Running& operator=(Running&&) = delete;
    ~Running();

    bool ended();
    // Whether it has come so far as to wait for Ctrl+C; before, a signal would simply end it.
    bool awaitsInterrupt() const;
    void signal(int number);
    // Waits. A command that takes longer than two minutes is killed, which fails the test.
    Finished finish();

  private:
    friend class Cli;
    Running(std::string command, pid_t process, std::filesystem::path output);
    bool reap(int flags);

    std::string m_command;
    pid_t m_process;                 // 0: taken over by another object
    std::filesystem::path m_output;  // .out and .err behind it
    bool m_ended = false;
    int m_status = 0;
};

// condenser-cli, with a folder of its own for one test function: the working folder, HOME and all XDG_* lie inside.
class Cli {
  public:
    explicit Cli(std::filesystem::path folder);

    // An absolute name below the test's folder.
    std::string file(const std::string& name) const { return (m_folder / name).string(); }
    const std::filesystem::path& folder() const { return m_folder; }

    Finished run(const Words& words, const Environment& more = {});
    Running start(const Words& words, const Environment& more = {});
    // Through sh: `script` sees the program as "$0" and the words as "$@".
    Finished shell(const std::string& script, const Words& words);

    // run() where status 0 is expected.
    Finished done(const Words& words, const Environment& more = {});
    // done() with --json added: the one object on stdout.
    json object(const Words& words, const Environment& more = {});
    // run() where the command is expected to fail with `status`, nothing on stdout, and one line on stderr of the form
    // "condenser-cli: WHAT: ..." that holds each of `parts`.
    Finished fails(int status, const Words& words, std::initializer_list<std::string_view> parts,
                   const Environment& more = {});

  private:
    Running spawn(const Words& words, const Environment& more);

    std::filesystem::path m_folder;
    int m_commands = 0;
};

struct Test {
    const char* name;
    void (*body)(Cli&);
};

// Runs all tests, or those that the arguments name. Returns the exit status: 0, or 1 if any failed.
int runTests(int argc, char** argv, std::initializer_list<Test> tests);

// ---- checks ---------------------------------------------------------------------------------------------------------

struct Failure {
    std::string text;
};

[[noreturn]] void failTest(const char* file, int line, const std::string& text);

template <class Value>
std::string shown(const Value& value) {
    std::ostringstream text;
    text.precision(17);
    text << value;
    return text.str();
}

template <class Actual, class Expected>
void checkEqual(const char* file, int line, const char* expression, const Actual& actual, const Expected& expected) {
    if (actual == expected) return;
    failTest(file, line,
             std::string(expression) + "\n  actual:   " + shown(actual) + "\n  expected: " + shown(expected));
}

void checkHolds(const char* file, int line, const char* expression, std::string_view text, std::string_view part);

// ---- what tests look at ---------------------------------------------------------------------------------------------

// The whole of `text` as one JSON object and a line end.
json parseObject(const std::string& text);

// The tensors of a safetensors file; a file that cannot be read fails the test.
StateDict tensorsOf(const std::filesystem::path& path);
// Largest |a - b| over two float tensors of one shape.
double largestDistance(const StoredTensor& a, const StoredTensor& b);

// Every file below `folder` and its bytes.
std::map<std::string, std::string> contentsOf(const std::filesystem::path& folder);

// What a Result holds; an error fails the test.
template <class T>
T take(Result<T> result) {
    if (!result) failTest(__FILE__, __LINE__, result.error().text());
    return std::move(*result);
}

// Asks `condition` every few milliseconds until it is true; false after a minute.
bool waitUntil(const std::function<bool()>& condition);

}  // namespace condenser::test

#define CHECK(condition)                                                               \
    do {                                                                               \
        if (!(condition)) ::condenser::test::failTest(__FILE__, __LINE__, #condition); \
    } while (false)
#define CHECK_EQUAL(actual, expected) \
    ::condenser::test::checkEqual(__FILE__, __LINE__, #actual " == " #expected, actual, expected)
// The text `part` stands somewhere in `text`.
#define CHECK_HOLDS(text, part) ::condenser::test::checkHolds(__FILE__, __LINE__, #text " holds " #part, text, part)
