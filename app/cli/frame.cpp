#include "cli/frame.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <exception>
#include <limits>
#include <new>
#include <string_view>

#include "base/thread_pool.h"
#include "cli/output.h"
#include "ops/simd_target.h"

namespace condenser::cli {
namespace {

constexpr const char* kVersionText = "condenser-cli " CONDENSER_VERSION;
constexpr const char* kCommonGroup = "Common";
constexpr int kMaxThreads = 1024;

// ---- values ---------------------------------------------------------------------------------------------------------

// The whole word as a number in decimal, within lo..hi; NaN is within nothing.
template <class Number>
std::optional<Number> parse(const std::string& word, Number lo, Number hi) {
    Number value{};
    const char* end = word.data() + word.size();
    const auto [rest, error] = std::from_chars(word.data(), end, value);
    if (error != std::errc() || rest != end || !(value >= lo && value <= hi)) return std::nullopt;
    return value;
}

template <class Number, class Variable>
std::function<std::string(const std::string&)> take(const char* kind, Number lo, Number hi, Variable& variable) {
    return [=, &variable](const std::string& word) -> std::string {
        const std::optional<Number> value = parse(word, lo, hi);
        if (!value) return fmt::format("\"{}\" is no {} from {} to {}", word, kind, lo, hi);
        variable = *value;
        return {};
    };
}

template <class Variable>
std::function<std::string(const std::string&)> takeText(Variable& variable) {
    return [&variable](const std::string& word) -> std::string {
        variable = word;
        return {};
    };
}

// ---- the command line -----------------------------------------------------------------------------------------------

// The command that was typed, as far as it was understood.
const CLI::App& deepest(const CLI::App& app) {
    const CLI::App* found = &app;
    while (!found->get_subcommands().empty()) found = found->get_subcommands().front();
    return *found;
}

void addCommonFlags(CLI::App& app, Common& common) {
    app.get_formatter()->column_width(34);
    Command command(app);
    command.whole({"--threads", "N", "Threads that compute (default: the physical cores at hand)"}, 1, kMaxThreads,
                  common.threads);
    command.text({"--isa", "NAME", "Forces a lower instruction set, as SSE4 (so does the variable CONDENSER_ISA)"},
                 common.isa);
    command.whole({"--seed", "S", "Seed of all random numbers (default: 1)"}, common.givenSeed);
    command.yes("--json", "Prints one JSON object instead of text", common.json);
    command.yes("--quiet", "No progress on stderr", common.quiet);
    for (const char* name : {"--threads", "--isa", "--seed", "--json", "--quiet"})
        app.get_option(name)->group(kCommonGroup);
    app.set_help_flag("-h,--help", "Prints this help")->group(kCommonGroup);
    app.set_version_flag("--version", kVersionText, "Prints the version")->group(kCommonGroup);
}

// The error as it is told everywhere; returns the exit status.
int tell(const Error& error, bool json) {
    printError(error.text());
    if (json && error.where != kStandardOutput) (void)printJson({{"error", toJson(error)}});
    return error.code == ErrorCode::kUsage ? kWrongUsage : kFailed;
}

int print(const std::string& text) {
    const Result<> written = printText(text);
    return written ? kDone : tell(written.error(), /*json=*/false);
}

Error wrongUsage(const CLI::App& app, const CLI::Error& error) {
    const CLI::App& typed = deepest(app);
    std::string name;
    for (const CLI::App* part = &typed; part != nullptr; part = part->get_parent()) {
        name = part->get_name() + (name.empty() ? "" : " ") + name;
    }
    std::string why = error.what();
    // CLI11 would say that a subcommand is required, whether none was typed or one that it does not know.
    std::vector<std::string> known;
    for (const CLI::App* command : typed.get_subcommands(nullptr)) known.push_back(command->get_name());
    if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && !known.empty()) {
        const std::vector<std::string> extras = typed.remaining();
        why = fmt::format("{}, and one of these commands is expected: {}",
                          extras.empty() ? "nothing follows" : fmt::format("\"{}\" is not known here", extras.front()),
                          fmt::join(known, ", "));
    }
    return {ErrorCode::kUsage, "wrong usage", name, why, fmt::format("See: {} --help", name)};
}

}  // namespace

int Common::threadCount() const {
    return threads > 0 ? threads : availableCores();
}

// ---- Command --------------------------------------------------------------------------------------------------------

void Command::add(const Flag& flag, int least, int most, Take take) {
    const auto callback = [name = flag.name, take = std::move(take)](const CLI::results_t& words) {
        for (const std::string& word : words) {
            const std::string wrong = take(word);
            if (!wrong.empty()) throw CLI::ValidationError(name, wrong);
        }
        return true;
    };
    CLI::Option* option = m_app.add_option(flag.name, callback, flag.help);
    option->type_name(flag.type)->expected(least, most)->required(flag.required)->allow_extra_args(most > 1);
}

void Command::text(const Flag& flag, std::string& value) {
    add(flag, 1, 1, takeText(value));
}

void Command::text(const Flag& flag, std::optional<std::string>& value) {
    add(flag, 1, 1, takeText(value));
}

void Command::textOrNothing(const Flag& flag, std::optional<std::string>& value) {
    add(flag, 0, 1, takeText(value));
}

void Command::texts(const Flag& flag, std::vector<std::string>& values) {
    add(flag, 1, CLI::detail::expected_max_vector_size, [&values](const std::string& word) -> std::string {
        values.push_back(word);
        return {};
    });
}

void Command::choice(const Flag& flag, const std::vector<std::string>& choices, std::string& value) {
    add(flag, 1, 1, [choices, &value](const std::string& word) -> std::string {
        if (std::find(choices.begin(), choices.end(), word) == choices.end()) {
            return fmt::format("\"{}\" is none of: {}", word, fmt::join(choices, ", "));
        }
        value = word;
        return {};
    });
}

void Command::whole(const Flag& flag, int lo, int hi, int& value) {
    add(flag, 1, 1, take("whole number", lo, hi, value));
}

void Command::whole(const Flag& flag, int lo, int hi, std::optional<int>& value) {
    add(flag, 1, 1, take("whole number", lo, hi, value));
}

void Command::whole(const Flag& flag, std::optional<std::uint64_t>& value) {
    add(flag, 1, 1, take("whole number", std::uint64_t{0}, std::numeric_limits<std::uint64_t>::max(), value));
}

void Command::number(const Flag& flag, double lo, double hi, double& value) {
    add(flag, 1, 1, take("number", lo, hi, value));
}

void Command::number(const Flag& flag, double lo, double hi, std::optional<double>& value) {
    add(flag, 1, 1, take("number", lo, hi, value));
}

void Command::yes(const std::string& name, const std::string& help, bool& value) {
    m_app.add_flag(name, value, help);
}

// ---- Frame ----------------------------------------------------------------------------------------------------------

Frame::Frame(Interrupt& interrupt)
    : m_app(std::make_unique<CLI::App>("Trains, condenses and runs CondenseNets on this machine's processor.",
                                       "condenser-cli")),
      m_interrupt(interrupt) {
    m_app->require_subcommand(1);
    m_app->footer(
        "Example: condenser-cli train --data shapes10 --model condensenet-tiny --epochs 12 --out run\n"
        "Each command tells more: condenser-cli train --help");
    m_all.push_back(m_app.get());
}

Frame::~Frame() = default;

void Frame::group(const std::string& name, const std::string& description, const std::string& example) {
    CLI::App* group = m_app->add_subcommand(name, description);
    group->footer(fmt::format("Example: {}\nEach command tells more, with --help behind it", example));
    group->require_subcommand(1);
    m_all.push_back(group);
}

Command Frame::command(const std::string& name, const std::string& description, const std::string& example,
                       std::function<Outcome()> run) {
    const std::size_t space = name.find(' ');
    CLI::App* parent = space == std::string::npos ? m_app.get() : m_app->get_subcommand(name.substr(0, space));
    CLI::App* command = parent->add_subcommand(space == std::string::npos ? name : name.substr(space + 1), description);
    command->footer("Example: " + example);
    command->callback([this, run = std::move(run)] { m_chosen = run; });
    m_all.push_back(command);
    return Command(*command);
}

int Frame::parse(int argc, const char* const* argv) {
    // Last, so that the help of a command lists its own flags first.
    for (CLI::App* app : m_all) addCommonFlags(*app, m_common);
    try {
        m_app->parse(argc, argv);
        return kDone;
    } catch (const CLI::CallForHelp&) {
        return print(m_app->help());
    } catch (const CLI::CallForVersion&) {
        return print(std::string(kVersionText) + "\n");
    } catch (const CLI::Error& error) {
        // Flags that stand behind the mistake have not been read.
        const bool json = std::find(argv, argv + argc, std::string_view("--json")) != argv + argc;
        return tell(wrongUsage(*m_app, error), json);
    }
}

Outcome Frame::runChosen() {
    if (!m_common.isa.empty()) {
        if (auto forced = forceSimdTarget(m_common.isa); !forced) return tl::unexpected(forced.error());
    } else {
        auto forced = forceSimdTargetFromEnvironment();
        if (!forced) return tl::unexpected(forced.error());
        m_common.isa = std::move(*forced);
    }
    return m_chosen();
}

int Frame::run(int argc, const char* const* argv) {
    // Core reports its errors as values; what still arrives as an exception here is the memory, or a mistake of ours.
    try {
        for (int i = 0; i < argc; ++i) m_commandText += (i > 0 ? " " : "") + shellWord(argv[i]);
        const int parsed = parse(argc, argv);
        if (parsed != kDone || m_chosen == nullptr) return parsed;
        const Outcome outcome = runChosen();
        return outcome ? *outcome : tell(outcome.error(), m_common.json);
    } catch (const std::bad_alloc&) {
        return tell({ErrorCode::kTooLarge, "cannot go on", "memory",
                     "the network or its data are larger than what is free", "Try a smaller batch or model"},
                    m_common.json);
    } catch (const std::exception& error) {
        return tell({ErrorCode::kUnsupported, "cannot go on", "unexpected failure", error.what(), ""}, m_common.json);
    }
}

}  // namespace condenser::cli
