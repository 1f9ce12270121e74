// What all commands have in common: their flags, their exit status, how an error is told. The only door to CLI11.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/shell_word.h"
#include "cli/interrupt.h"

namespace CLI {
class App;
}

namespace condenser::cli {

// Exit status of the program.
constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;
constexpr int kInterrupted = 130;

// The flags that every command takes.
struct Common {
    int threads = 0;  // 0: availableCores()
    std::string isa;  // from --isa or CONDENSER_ISA; empty: the best of this machine
    std::optional<std::uint64_t> givenSeed;
    bool json = false;
    bool quiet = false;

    int threadCount() const;
    std::uint64_t seed() const { return givenSeed.value_or(1); }
};

// The exit status of a command that did its work (kDone, kFailed where a part of it failed and was told, kInterrupted),
// or the error that ended it.
using Outcome = Result<int>;

// How a flag is written: "--epochs", or "image" for one that goes by its place.
struct Flag {
    std::string name;
    std::string type;  // what stands for its value in the help: "E"
    std::string help;
    bool required = false;
};

// One command and the flags of its own. Values go to variables that must live until it has run. Numbers are read in
// decimal whatever the locale; one out of its range, both ends included, is wrong usage.
class Command {
  public:
    explicit Command(CLI::App& app) : m_app(app) {}

    void text(const Flag& flag, std::string& value);
    void text(const Flag& flag, std::optional<std::string>& value);
    // May stand without a value, which is then "".
    void textOrNothing(const Flag& flag, std::optional<std::string>& value);
    void texts(const Flag& flag, std::vector<std::string>& values);  // one or more
    void choice(const Flag& flag, const std::vector<std::string>& choices, std::string& value);
    void whole(const Flag& flag, int lo, int hi, int& value);
    void whole(const Flag& flag, int lo, int hi, std::optional<int>& value);
    void whole(const Flag& flag, std::optional<std::uint64_t>& value);
    void number(const Flag& flag, double lo, double hi, double& value);
    void number(const Flag& flag, double lo, double hi, std::optional<double>& value);
    void yes(const std::string& name, const std::string& help, bool& value);

  private:
    // Stores a word and returns what is wrong with it, "" if nothing is.
    using Take = std::function<std::string(const std::string& word)>;
    void add(const Flag& flag, int least, int most, Take take);

    CLI::App& m_app;
};

// Holds the command line while it is built up and parsed, then runs the one command that was chosen.
class Frame {
  public:
    explicit Frame(Interrupt& interrupt);
    ~Frame();

    // A name that commands stand behind, as "check" in "check steps".
    void group(const std::string& name, const std::string& description, const std::string& example);

    // `name` may be of two words, the first a group's. The common flags are added to its own. `example` ends its help;
    // `run` is called after parsing, with the flags in force.
    Command command(const std::string& name, const std::string& description, const std::string& example,
                    std::function<Outcome()> run);

    const Common& common() const { return m_common; }
    Interrupt& interrupt() { return m_interrupt; }

    // What was typed, quoted for a shell where needed.
    const std::string& commandText() const { return m_commandText; }

    // Parses, runs, prints the error if there is one. Returns the exit status; lets no exception out.
    int run(int argc, const char* const* argv);

  private:
    int parse(int argc, const char* const* argv);
    Outcome runChosen();

    std::unique_ptr<CLI::App> m_app;
    std::vector<CLI::App*> m_all;  // the program, the groups and the commands
    Common m_common;
    Interrupt& m_interrupt;
    std::string m_commandText;
    std::function<Outcome()> m_chosen;
};

}  // namespace condenser::cli
