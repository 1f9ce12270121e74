// train, killed without warning at random moments and gone on with until it is done: the bits of a run that was never
// killed. 10 kills here; CONDENSER_TEST_KILLS=200 for more, CONDENSER_TEST_SEED=N for those of an earlier report.
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <thread>

#include "base/atomic_file.h"
#include "cli_test.h"
#include "io/run_folder.h"
#include "support/run_compare.h"
#include "support/tiny_data.h"

using namespace condenser;
using namespace condenser::test;

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

namespace {

unsigned numberFrom(const char* variable, unsigned otherwise) {
    const char* text = std::getenv(variable);
    return text != nullptr ? static_cast<unsigned>(std::strtoul(text, nullptr, 10)) : otherwise;
}

// Whether a save is under way, or was when the command was killed: what it writes lies there.
bool isSaving(const fs::path& run) {
    if (!fs::exists(run)) return false;
    for (const auto& entry : fs::directory_iterator(run)) {
        if (isTemporaryFile(entry.path()) || entry.path().filename() == kNextCheckpointName) return true;
    }
    return !fs::exists(run / kCheckpointName) && fs::exists(run / kPreviousCheckpointName);
}

void killedAtAnyMomentARunComesToTheSameBits(Cli& cli) {
    const unsigned kills = numberFrom("CONDENSER_TEST_KILLS", 10);
    const unsigned seed = numberFrom("CONDENSER_TEST_SEED", std::random_device{}());
    std::mt19937 random(seed);
    std::printf("       %u kills, seed %u\n", kills, seed);
    std::fflush(stdout);

    // Small epochs: most of the time goes into saving.
    writeTinyFolder(cli.file("data"), 6, 2);
    const auto training = [&](const std::string& out) {
        return Words{"train",   "--data",   "folder:" + cli.file("data"),
                     "--model", kTinySpec,  "--batch",
                     "8",       "--epochs", "12",
                     "--lasso", "1e-4",     "--out",
                     out,       "--quiet"};
    };
    const Clock::time_point start = Clock::now();
    cli.done(training("whole"));
    const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start).count();

    unsigned killed = 0, saving = 0, fallbacks = 0, runs = 0;
    while (killed < kills) {
        const std::string name = "run-" + std::to_string(runs++);
        const fs::path run = cli.file(name);
        for (bool done = false; !done;) {
            const std::string threads = std::to_string(1 + random() % 2);
            Words words =
                fs::exists(run / kRunRecordName) ? Words{"train", "--resume", name, "--quiet"} : training(name);
            words.insert(words.end(), {"--threads", threads});
            Running command = cli.start(words);
            if (killed < kills) {
                std::this_thread::sleep_for(std::chrono::microseconds(random() % static_cast<unsigned long>(whole)));
                // Every other one while something is being written.
                if (random() % 2 == 0) waitUntil([&] { return command.ended() || isSaving(run); });
                command.signal(SIGKILL);
            }
            const Finished finished = command.finish();
            done = finished.status == 0;
            if (!done) CHECK_EQUAL(finished.status, -SIGKILL);
            if (finished.err.find("going on from checkpoint.previous") != std::string::npos) ++fallbacks;
            if (!done) {
                ++killed;
                saving += isSaving(run) ? 1 : 0;
            }
        }
        CHECK_EQUAL(runDifference(cli.file("whole"), run), "");
        fs::remove_all(run);
    }
    std::printf("       %u runs, %u kills amid a save, %u resumed from the checkpoint before\n", runs, saving,
                fallbacks);
}

}  // namespace

int main(int argc, char** argv) {
    return runTests(argc, argv, {{"killedAtAnyMomentARunComesToTheSameBits", killedAtAnyMomentARunComesToTheSameBits}});
}
