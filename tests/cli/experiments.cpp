// ablate, sweep, stability: what they leave behind, and that stopping them, killing them and sharing the work among
// processes changes nothing in their tables but the times. CONDENSER_TEST_KILLS=50 for more kills.
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <sstream>
#include <thread>

#include "cli_test.h"
#include "io/run_folder.h"
#include "support/io_scratch.h"
#include "support/run_compare.h"
#include "support/tiny_data.h"

using namespace condenser;
using namespace condenser::test;

namespace fs = std::filesystem;

namespace {

constexpr const char* kNetwork = "condensenet:stages=1-1,growth=4-8,groups=2,condense=2,group3x3=2,size=16";

Words experiment(Cli& cli, Words words, const Words& more) {
    if (!fs::exists(cli.file("data"))) writeTinyFolder(cli.file("data"), 6, 2);
    words.insert(words.end(),
                 {"--data", "folder:" + cli.file("data"), "--model", kNetwork, "--batch", "8", "--seeds", "1,2"});
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

// table.csv without the column that tells the time.
std::string tableOf(const fs::path& folder) {
    std::istringstream lines(readBytes(folder / "table.csv"));
    std::string text, line;
    std::size_t seconds = 0;
    for (bool first = true; std::getline(lines, line); first = false) {
        std::istringstream cells(line);
        std::string cell;
        for (std::size_t column = 0; std::getline(cells, cell, ','); ++column) {
            if (first && cell == "seconds") seconds = column;
            if (column != seconds || column == 0) text += cell + ",";
        }
        text += "\n";
    }
    CHECK(seconds > 0);
    return text;
}

void checkSameRuns(const fs::path& whole, const fs::path& other) {
    CHECK_EQUAL(tableOf(other), tableOf(whole));
    for (const auto& run : fs::directory_iterator(whole / "runs")) {
        CHECK_EQUAL(runDifference(run.path(), other / "runs" / run.path().filename()), "");
    }
}

void killedAtAnyMomentAnAblationComesToTheSameTable(Cli& cli) {
    const auto ablation = [&](const std::string& out) {
        return experiment(cli, {"ablate"}, {"--epochs", "3", "--out", out, "--quiet"});
    };
    using Clock = std::chrono::steady_clock;
    const Clock::time_point start = Clock::now();
    const Finished whole = cli.done(ablation("whole"));
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start).count();
    CHECK_HOLDS(whole.out, "+ full dense connectivity");
    CHECK_EQUAL(std::distance(fs::directory_iterator(cli.file("whole/runs")), {}), 8);
    for (const char* name : {"experiment.json", "table.csv", "table.md", "plot.svg", "report.html"}) {
        CHECK(fs::is_regular_file(cli.file("whole") + "/" + name));
    }

    const char* asked = std::getenv("CONDENSER_TEST_KILLS");
    const unsigned seed = std::random_device{}();
    std::mt19937 random(seed);
    std::printf("       seed %u\n", seed);
    for (unsigned kills = asked != nullptr ? static_cast<unsigned>(std::atoi(asked)) : 3; kills > 0; --kills) {
        Running command = cli.start(ablation("killed"));
        std::this_thread::sleep_for(std::chrono::microseconds(random() % static_cast<unsigned long>(took)));
        command.signal(SIGKILL);
        command.finish();
    }
    cli.done(ablation("killed"));
    checkSameRuns(cli.file("whole"), cli.file("killed"));
}

void processesShareARunEach(Cli& cli) {
    const auto sweep = [&](const std::string& out, const std::string& epochs, const Words& more) {
        Words words =
            experiment(cli, {"sweep", "--over", "condense", "--values", "1,2"}, {"--epochs", epochs, "--out", out});
        words.insert(words.end(), more.begin(), more.end());
        return words;
    };
    const json whole = cli.object(sweep("whole", "12", {"--quiet"}));
    CHECK_EQUAL(whole.at("experiment").get<std::string>(), "condense");
    CHECK_EQUAL(whole.at("state").get<std::string>(), "finished");
    CHECK_EQUAL(whole.at("arms").size(), std::size_t{2});
    const json& arm = whole.at("arms").at(1);
    CHECK_EQUAL(arm.at("name").get<std::string>(), "c2");
    CHECK_EQUAL(arm.at("error").at("runs").get<int>(), 2);
    CHECK(arm.at("macs").get<int>() < arm.at("dense_macs").get<int>());
    CHECK_EQUAL(arm.at("runs").at(1).at("seed").get<int>(), 2);
    // Each run's own command makes the same run.
    const json record = json::parse(readBytes(cli.file("whole/runs/c2-seed2/run.json")));
    CHECK_HOLDS(record.at("command").get<std::string>(), "--seed 2 --out whole/runs/c2-seed2");

    cli.done(sweep("shared", "12", {"--processes", "2", "--threads", "2"}));
    checkSameRuns(cli.file("whole"), cli.file("shared"));

    // One that never ends: a further process that is killed is told of, Ctrl+C stops those that are left.
    Running command = cli.start(sweep("long", "100000", {"--processes", "3", "--threads", "2"}));
    const auto trainers = [&] {
        std::vector<std::string> numbers;
        if (!fs::exists(cli.file("long/runs"))) return numbers;
        for (const auto& run : fs::directory_iterator(cli.file("long/runs"))) {
            if (!isRunLocked(run.path())) continue;
            const std::string number = readBytes(run.path() / kLockName);
            numbers.push_back(number.substr(0, number.find('\n')));
        }
        return numbers;
    };
    CHECK(waitUntil([&] { return trainers().size() == 3; }));
    const std::vector<std::string> numbers = trainers();
    const auto isChild = [&](const std::string& number) {
        const std::string status = readBytes("/proc/" + number + "/status");
        return std::ranges::any_of(numbers, [&](const std::string& parent) {
            return status.find("PPid:\t" + parent + "\n") != std::string::npos;
        });
    };
    const auto child = std::ranges::find_if(numbers, isChild);
    CHECK(child != numbers.end());
    CHECK_EQUAL(kill(std::atoi(child->c_str()), SIGKILL), 0);
    CHECK(waitUntil([&] { return !fs::exists("/proc/" + *child); }));
    command.signal(SIGINT);
    const Finished stopped = command.finish();
    CHECK_EQUAL(stopped.status, 130);
    CHECK_HOLDS(stopped.err, "process " + *child + " was ended by signal 9 (Killed); the others go on");
    CHECK_HOLDS(stopped.err, "To go on, the same again: ");
    CHECK(trainers().empty());
}

void theConnectionsOfSeedsAreCompared(Cli& cli) {
    const json found = cli.object(experiment(cli, {"stability"}, {"--epochs", "2", "--out", "out"}));
    const json& stability = found.at("stability");
    CHECK_EQUAL(stability.at("pairs").size(), std::size_t{1});
    // Of one pair, the mean is the pair's own.
    CHECK_EQUAL(stability.at("shuffled"), stability.at("pairs").at(0).at("shuffled"));
    CHECK(stability.at("shuffled").at("mean") <= stability.at("shuffled").at("highest"));
    CHECK(fs::is_regular_file(cli.file("out/stability.csv")));
    CHECK(fs::is_regular_file(cli.file("out/stability.md")));
}

void whatCannotBeAnExperimentIsRefused(Cli& cli) {
    cli.fails(2, experiment(cli, {"ablate"}, {"--out", "out", "--seed", "1"}), {"--seeds 1,2,3"});
    cli.fails(2, experiment(cli, {"sweep", "--over", "lasso"}, {"--out", "out", "--lasso", "1"}), {"--lasso"});
    cli.fails(2, experiment(cli, {"sweep", "--over", "groups", "--values", "2;4"}, {"--out", "out"}), {"no list"});
    cli.fails(2, experiment(cli, {"sweep", "--over", "groups", "--values", "3"}, {"--out", "out"}),
              {"\"G = 3\"", "divisible by groups=3"});
    cli.fails(2, experiment(cli, {"sweep", "--over", "tea"}, {"--out", "out"}), {"none of: convolution"});
    cli.fails(2, {"ablate", "--out", "out"}, {"--data"});
    CHECK(!fs::exists(cli.file("out")));
    cli.fails(2, experiment(cli, {"ablate"}, {"--out", "data"}), {"data: the folder is not empty"});
    // A folder in which nothing was trained yet is free for another attempt.
    const Words elsewhere{"ablate", "--data", "folder:absent", "--out", "out", "--quiet"};
    CHECK_HOLDS(cli.run(elsewhere).err, "no such folder");
    cli.done(
        experiment(cli, {"sweep", "--over", "groups", "--values", "2"}, {"--out", "out", "--epochs", "1", "--quiet"}));
}

}  // namespace

int main(int argc, char** argv) {
    return runTests(argc, argv,
                    {{"killedAtAnyMomentAnAblationComesToTheSameTable", killedAtAnyMomentAnAblationComesToTheSameTable},
                     {"processesShareARunEach", processesShareARunEach},
                     {"theConnectionsOfSeedsAreCompared", theConnectionsOfSeedsAreCompared},
                     {"whatCannotBeAnExperimentIsRefused", whatCannotBeAnExperimentIsRefused}});
}
