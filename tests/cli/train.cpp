// train: what a run leaves behind, and that stopping, killing, resuming and the number of threads change no bit of it.
#include <algorithm>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <sstream>

#include "cli_test.h"
#include "io/metrics_file.h"
#include "io/safetensors.h"
#include "support/io_scratch.h"
#include "support/tiny_data.h"

using namespace condenser;
using namespace condenser::test;

namespace fs = std::filesystem;

namespace {

constexpr int kEpochs = 8;

Words with(Words words, const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

// A run on three classes of twelve pictures, five steps an epoch, with group lasso and condensing.
Words tinyRun(Cli& cli, const Words& more) {
    if (!fs::exists(cli.file("data"))) writeTinyFolder(cli.file("data"), 12, 4);
    const Words words{"train", "--data", "folder:" + cli.file("data"), "--model", kTinySpec, "--batch", "8", "--lasso",
                      "1e-4",  "--quiet"};
    return with(words, more);
}

std::vector<MetricsRow> rowsOf(const fs::path& run) {
    return fs::exists(run) ? take(readMetrics(run)) : std::vector<MetricsRow>{};
}

json runRecord(const fs::path& run) {
    return json::parse(readBytes(run / "run.json"));
}

void aRunLeavesItsFiles(Cli& cli) {
    const Words command =
        tinyRun(cli, {"--epochs", "8", "--out", "run", "--seed", "5", "--threads", "2", "--lr", "0.05"});
    const json result = cli.object(command);
    const fs::path run = cli.file("run");
    CHECK_EQUAL(result.at("folder").get<std::string>(), "run");
    CHECK_EQUAL(result.at("state").get<std::string>(), "finished");
    CHECK_EQUAL(result.at("epochs").get<int>(), kEpochs);
    CHECK_EQUAL(result.at("split").get<std::string>(), "test");
    CHECK(result.at("waited_share").get<double>() >= 0 && result.at("waited_share").get<double>() < 1);

    for (const char* name : {"run.json", "lock", "checkpoint.safetensors", "checkpoint.previous.safetensors",
                             "model.safetensors", "last.safetensors", "metrics.csv", "steps.bin", "step-1.safetensors",
                             "step-2.safetensors", "step-3.safetensors", "connections.bin"}) {
        if (!fs::is_regular_file(run / name)) failTest(__FILE__, __LINE__, std::string(name) + " is missing");
    }
    CHECK_EQUAL(contentsOf(run).size(), std::size_t{12});

    std::istringstream metrics(readBytes(run / "metrics.csv"));
    std::string header;
    std::getline(metrics, header);
    CHECK_EQUAL(header, "epoch,step,lr,train_loss,train_top1,test_loss,test_top1,kept,images_per_s,seconds");
    const std::vector<MetricsRow> rows = rowsOf(run);
    CHECK_EQUAL(rows.size(), std::size_t{kEpochs});
    CHECK_EQUAL(rows.back().epoch, kEpochs);
    CHECK_EQUAL(rows.back().step, 5 * kEpochs);
    CHECK_EQUAL(rows.front().kept, 1.0);
    CHECK_EQUAL(rows.back().kept, 0.25);

    const json record = runRecord(run), settings = record.at("settings");
    CHECK_EQUAL(record.at("version").get<int>(), 1);
    CHECK_EQUAL(record.at("state").get<std::string>(), "finished");
    CHECK_EQUAL(record.at("data").get<std::string>(), "folder:" + cli.file("data"));
    CHECK_HOLDS(record.at("spec").get<std::string>(), "classes=3,size=16");
    CHECK_EQUAL(record.at("seed").get<int>(), 5);
    CHECK_EQUAL(record.at("threads").get<int>(), 2);
    CHECK(!record.at("isa").get<std::string>().empty());
    CHECK_HOLDS(record.at("command").get<std::string>(), "--epochs 8 --out run --seed 5 --threads 2 --lr 0.05 --json");
    CHECK_EQUAL(settings.at("epochs").get<int>(), kEpochs);
    CHECK_EQUAL(settings.at("batch").get<int>(), 8);
    CHECK_EQUAL(settings.at("lr").get<double>(), 0.05);
    CHECK_EQUAL(settings.at("group_lasso_lambda").get<double>(), 1e-4);
    CHECK_EQUAL(settings.at("reference_quirks").get<bool>(), false);
}

// model.safetensors is the best epoch after the last condensing step, and opens by itself.
void theModelIsTheBestEpoch(Cli& cli) {
    const json result = cli.object(tinyRun(cli, {"--epochs", "8", "--out", "run"}));
    const TensorFile model = take(readSafetensors(cli.file("run/model.safetensors")));
    CHECK_EQUAL(model.metadata.at("format"), "pt");
    const json described = json::parse(model.metadata.at("condenser"));
    for (const char* key : {"version", "spec", "variant", "classes", "mean", "std", "resize", "trained"}) {
        CHECK(described.contains(key));
    }
    CHECK_EQUAL(described.at("variant").get<std::string>(), "dense");
    CHECK_EQUAL(described.at("classes").size(), std::size_t{3});
    CHECK_EQUAL(described.at("trained").at("epoch"), result.at("best_epoch"));
    for (const char* name : {"features.init_conv.weight", "features.denseblock_1.denselayer_1.conv_1._mask",
                             "features.denseblock_2.denselayer_1.conv_2.norm.num_batches_tracked",
                             "features.norm_last.running_var", "classifier.weight", "classifier.bias"}) {
        CHECK(model.tensors.contains(name));
    }
    double best = 0;
    for (const MetricsRow& row : rowsOf(cli.file("run"))) best = row.kept == 0.25 ? std::max(best, row.testTop1) : best;
    CHECK_EQUAL(result.at("best_top1").get<double>(), best);
    const json evaluated =
        cli.object({"eval", "--model", cli.file("run/model.safetensors"), "--data", "folder:" + cli.file("data")});
    CHECK_EQUAL(evaluated.at("top1").get<double>(), best);
    CHECK_EQUAL(evaluated.at("loss"), result.at("best_loss"));
}

void withoutOutTheRunGoesToTheStore(Cli& cli) {
    const fs::path store = cli.folder() / "xdg" / "DATA" / "condenser" / "runs";
    const json result = cli.object(tinyRun(cli, {"--epochs", "1"}));
    const fs::path folder = result.at("folder").get<std::string>();
    CHECK_EQUAL(folder.parent_path(), store);
    CHECK(fs::is_regular_file(folder / "run.json"));
    // Another one at the same second takes another name.
    CHECK(cli.object(tinyRun(cli, {"--epochs", "1"})).at("folder") != result.at("folder"));
    const json athome = cli.object(tinyRun(cli, {"--epochs", "1"}), {{"XDG_DATA_HOME", ""}});
    CHECK_EQUAL(fs::path(athome.at("folder").get<std::string>()).parent_path(),
                cli.folder() / "home" / ".local" / "share" / "condenser" / "runs");
}

void anOutThatHoldsSomethingIsRefused(Cli& cli) {
    fs::create_directories(cli.file("full"));
    writeBytes(cli.file("full/mine.txt"), "keep");
    cli.fails(2, tinyRun(cli, {"--epochs", "1", "--out", "full"}), {"full", "not empty", "--resume"});
    CHECK(contentsOf(cli.file("full")) == (std::map<std::string, std::string>{{"mine.txt", "keep"}}));
    cli.fails(2, tinyRun(cli, {"--epochs", "1", "--out", "full/mine.txt"}), {"full/mine.txt", "not a folder"});
    cli.fails(1, {"train", "--resume", "full"}, {"full"});
    cli.fails(1, {"train", "--resume", "nowhere"}, {"nowhere"});
    fs::create_directories(cli.file("empty"));
    cli.done(tinyRun(cli, {"--epochs", "1", "--out", "empty"}));
}

void aResumeTakesItsSettingsFromTheRun(Cli& cli) {
    cli.done(tinyRun(cli, {"--epochs", "2", "--out", "run"}));
    const auto before = contentsOf(cli.file("run"));
    cli.fails(2, {"train", "--resume", "run", "--epochs", "3"}, {"--epochs", "3 was given", "started with 2"});
    cli.fails(2, {"train", "--resume", "run", "--lr", "0.2"}, {"--lr", "0.1"});
    cli.fails(2, {"train", "--resume", "run", "--seed", "9"}, {"--seed"});
    cli.fails(2, {"train", "--resume", "run", "--reference-quirks"}, {"--reference-quirks"});
    cli.fails(2, {"train", "--resume", "run", "--condensing", "once"}, {"--condensing", "started with gradual"});
    cli.fails(2, tinyRun(cli, {"--out", "other", "--condensing", "fixed", "--reference-quirks"}),
              {"fixed", "condense gradually"});
    cli.fails(2, {"train", "--resume", "run", "--out", "other"}, {"--out", "--resume names another folder"});
    CHECK(contentsOf(cli.file("run")) == before);

    // Nothing is left to do, whichever way the folder is named; what was given may be repeated.
    CHECK_EQUAL(cli.object({"train", "--resume", "run", "--quiet"}).at("state").get<std::string>(), "finished");
    CHECK_EQUAL(cli.object(tinyRun(cli, {"--epochs", "2", "--out", "run", "--resume"})).at("epochs").get<int>(), 2);
    CHECK_EQUAL(readBytes(cli.file("run/model.safetensors")), before.at("model.safetensors"));
    CHECK_EQUAL(readBytes(cli.file("run/metrics.csv")), before.at("metrics.csv"));

    // Other data would not be the same run.
    fs::remove(cli.file("data/train/" + shapesClasses().front() + "/0.png"));
    cli.fails(1, {"train", "--resume", "run", "--quiet"}, {"data have changed", "35 training", "36"});
}

void threadsAndSeeds(Cli& cli) {
    for (const char* threads : {"1", "2", "3"}) {
        cli.done(tinyRun(cli, {"--epochs", "8", "--threads", threads, "--out", std::string("threads-") + threads}));
    }
    CHECK_EQUAL(runDifference(cli.file("threads-1"), cli.file("threads-2")), "");
    CHECK_EQUAL(runDifference(cli.file("threads-1"), cli.file("threads-3")), "");
    cli.done(tinyRun(cli, {"--epochs", "8", "--seed", "2", "--out", "seed-2"}));
    CHECK(runDifference(cli.file("threads-1"), cli.file("seed-2")) != "");
}

constexpr const char* kLong = "40";

// Starts or resumes, waits until `epochs` are in metrics.csv, and sends a signal.
Finished signalledAfter(Cli& cli, const Words& words, const char* run, std::size_t epochs, int signal) {
    Running training = cli.start(words);
    const bool reached =
        waitUntil([&] { return training.ended() || rowsOf(cli.file(run)).size() >= epochs; }) && !training.ended();
    if (reached) training.signal(signal);
    Finished finished = training.finish();
    CHECK(reached);
    return finished;
}

void interruptedRunsGoOnWithTheSameBits(Cli& cli) {
    cli.done(tinyRun(cli, {"--epochs", kLong, "--threads", "1", "--out", "whole"}));
    const Words start = tinyRun(cli, {"--epochs", kLong, "--threads", "1", "--out", "run"});
    const Finished first = signalledAfter(cli, start, "run", 3, SIGINT);
    CHECK_EQUAL(first.status, 130);
    CHECK_HOLDS(first.err, "To go on: condenser-cli train --resume run");
    CHECK_HOLDS(first.out, "stopped");
    CHECK_EQUAL(runRecord(cli.file("run")).at("state").get<std::string>(), "stopped");
    CHECK(fs::exists(cli.file("run/checkpoint.safetensors")));

    const std::size_t done = rowsOf(cli.file("run")).size();
    const Words on{"train", "--resume", "run", "--quiet", "--threads"};
    const Finished second = signalledAfter(cli, with(on, {"2", "--json"}), "run", done + 5, SIGTERM);
    CHECK_EQUAL(second.status, 130);
    CHECK_EQUAL(parseObject(second.out).at("state").get<std::string>(), "stopped");
    cli.done(with(on, {"1"}));
    CHECK_EQUAL(runDifference(cli.file("whole"), cli.file("run")), "");
    CHECK_EQUAL(runRecord(cli.file("run")).at("state").get<std::string>(), "finished");
}

void killedRunsGoOnWithTheSameBits(Cli& cli) {
    cli.done(tinyRun(cli, {"--epochs", kLong, "--threads", "2", "--out", "whole"}));
    const Words start = tinyRun(cli, {"--epochs", kLong, "--threads", "2", "--out", "run"});
    CHECK_EQUAL(signalledAfter(cli, start, "run", 4, SIGKILL).status, -SIGKILL);
    CHECK_EQUAL(runRecord(cli.file("run")).at("state").get<std::string>(), "running");
    cli.done({"train", "--resume", "run", "--quiet"});
    CHECK_EQUAL(runDifference(cli.file("whole"), cli.file("run")), "");
}

void aRunIsTrainedByOneOnly(Cli& cli) {
    Running training = cli.start(tinyRun(cli, {"--epochs", "4000", "--out", "run"}));
    CHECK(waitUntil([&] { return training.ended() || !rowsOf(cli.file("run")).empty(); }));
    cli.fails(1, {"train", "--resume", "run", "--quiet"}, {"run", "trains there already"});
    CHECK(!training.ended());
    training.signal(SIGINT);
    CHECK_EQUAL(training.finish().status, 130);
    // The lock went with its holder.
    Running resumed = cli.start({"train", "--resume", "run", "--quiet"});
    const std::size_t rows = rowsOf(cli.file("run")).size();
    CHECK(waitUntil([&] { return resumed.ended() || rowsOf(cli.file("run")).size() > rows; }));
    CHECK(!resumed.ended());
}

// All that a diverged run leaves is of before: finite, and readable.
void onlyGoodStatesIn(const fs::path& run) {
    for (const auto& [name, bytes] : contentsOf(run)) {
        if (fs::path(name).extension() != ".safetensors") continue;
        for (const auto& [tensorName, tensor] : tensorsOf(run / name)) {
            if (tensor.dtype != DType::kF32) continue;
            for (const float value : tensor.floats()) {
                if (!std::isfinite(value)) failTest(__FILE__, __LINE__, name + ", " + tensorName + " is not finite");
            }
        }
    }
    CHECK_EQUAL(runRecord(run).at("state").get<std::string>(), "failed");
    CHECK_HOLDS(runRecord(run).at("message").get<std::string>(), "not finite");
}

void aLossThatIsNotFiniteEndsTheRun(Cli& cli) {
    // The larger, the sooner: in the first steps, at the end of an epoch whose loss looked sound, or epochs later.
    int early = 0, late = 0;
    for (const char* rate : {"1e9", "1e4", "100", "70", "50"}) {
        const std::string name = std::string("rate-") + rate;
        const fs::path run = cli.file(name);
        const Words words = tinyRun(cli, {"--epochs", "16", "--lr", rate, "--out", name});
        const Finished ended = cli.run(words);
        if (ended.status == 0) continue;
        const bool saved = fs::exists(run / "checkpoint.safetensors");
        CHECK_EQUAL(ended.status, 1);
        for (const char* part :
             {"condenser-cli: the training diverged: ", name.c_str(), "not finite",
              saved ? "last good checkpoint is kept" : "before the first checkpoint",
              saved ? "half the learning rate: condenser-cli train --branch rate-" : "lower learning rate"}) {
            CHECK_HOLDS(ended.err, part);
        }
        onlyGoodStatesIn(run);
        CHECK_EQUAL(saved, !rowsOf(run).empty());
        CHECK_EQUAL(saved, fs::exists(run / "model.safetensors"));
        ++(saved ? late : early);
        if (!saved) continue;
        // Going on from there meets the same end, and damages nothing.
        const StateDict good = tensorsOf(run / "checkpoint.safetensors");
        cli.fails(1, {"train", "--resume", name, "--quiet"}, {"the training diverged", name});
        CHECK_EQUAL(bitDifference(tensorsOf(run / "checkpoint.safetensors"), good), "");
        // The advice: a branch with a lower rate.
        const std::string branch = name + "-lower";
        cli.done({"train", "--branch", name, "--lr", "1e-3", "--out", branch, "--quiet"});
        CHECK_EQUAL(runRecord(cli.file(branch)).at("state").get<std::string>(), "finished");
        CHECK_EQUAL(rowsOf(cli.file(branch)).size(), std::size_t{16});
    }
    CHECK(early > 0);
    CHECK(late > 0);
}

void aBranchIsARunOfItsOwn(Cli& cli) {
    cli.done(tinyRun(cli, {"--epochs", "8", "--out", "run"}));
    const auto before = contentsOf(cli.file("run"));
    const json result = cli.object({"train", "--branch", "run", "--stage", "2", "--lr", "0.05", "--lasso", "0",
                                    "--seed", "4", "--out", "branch", "--quiet"});
    CHECK_EQUAL(result.at("folder").get<std::string>(), "branch");
    CHECK_EQUAL(result.at("state").get<std::string>(), "finished");
    CHECK(contentsOf(cli.file("run")) == before);
    const json record = runRecord(cli.file("branch")), branch = record.at("branch");
    CHECK_EQUAL(branch.at("run").get<std::string>(), "run");
    CHECK_EQUAL(branch.at("stage").get<int>(), 2);
    CHECK_EQUAL(branch.at("epoch").get<int>(), 2);
    CHECK_EQUAL(branch.at("step").get<int>(), 14);
    CHECK_EQUAL(record.at("settings").at("lr").get<double>(), 0.05);
    CHECK_EQUAL(record.at("settings").at("group_lasso_lambda").get<double>(), 0.0);
    CHECK_EQUAL(record.at("seed").get<int>(), 4);
    CHECK_HOLDS(record.at("command").get<std::string>(), "--branch run --stage 2");
    CHECK_EQUAL(rowsOf(cli.file("branch")).size(), std::size_t{8});

    cli.fails(1, {"train", "--branch", "nowhere"}, {"cannot read the run", "nowhere"});
    cli.fails(1, {"train", "--branch", "run", "--stage", "4", "--out", "x"}, {"cannot branch", "from 1 to 3"});
    cli.fails(2, {"train", "--branch", "run", "--out", "x"}, {"finished", "condensing steps"});
    cli.fails(2, {"train", "--branch", "run", "--stage", "1", "--out", "branch"}, {"not empty"});
    cli.fails(2, {"train", "--branch", "run", "--resume", "run"}, {"--branch", "one of the two"});
    cli.fails(2, {"train", "--branch", "run", "--epochs", "9"}, {"--epochs", "branch from was started with 8"});
    cli.fails(2, {"train", "--resume", "run", "--stage", "1"}, {"--stage", "--branch"});
    CHECK(!fs::exists(cli.file("x")));
}

// A folder without a test part: a share of the training part is held back, and every report says so.
void theValidationPartIsNamed(Cli& cli) {
    writeTinyFolder(cli.file("parts"), 12, 4);
    const std::string data = "folder:" + cli.file("parts/train");
    const json result = cli.object({"train", "--data", data, "--model", kTinySpec, "--epochs", "8", "--batch", "8",
                                    "--validation", "0.25", "--seed", "3", "--out", "run", "--quiet"});
    CHECK_EQUAL(result.at("split").get<std::string>(), "validation");
    CHECK_EQUAL(runRecord(cli.file("run")).at("train_images").get<int>(), 27);
    CHECK_EQUAL(runRecord(cli.file("run")).at("test_images").get<int>(), 9);
    // Evaluated on what training did not see, by itself.
    const json evaluated = cli.object({"eval", "--model", "run/model.safetensors", "--data", data});
    CHECK_EQUAL(evaluated.at("split").get<std::string>(), "validation");
    CHECK_EQUAL(evaluated.at("images").get<int>(), 9);
    CHECK_EQUAL(evaluated.at("loss"), result.at("best_loss"));
    CHECK_HOLDS(cli.done({"eval", "--model", "run/model.safetensors", "--data", data}).out, "validation part");
}

void quirksAreKeptInTheRecord(Cli& cli) {
    cli.done(tinyRun(cli, {"--epochs", "8", "--reference-quirks", "--out", "quirks"}));
    cli.done(tinyRun(cli, {"--epochs", "8", "--out", "ours"}));
    CHECK_EQUAL(runRecord(cli.file("quirks")).at("settings").at("reference_quirks").get<bool>(), true);
    // Dropped weights become zero in ours, and go on in the reference's.
    const auto droppedSum = [&](const char* run) {
        const StateDict state = tensorsOf(cli.file(std::string(run) + "/last.safetensors"));
        const std::string layer = "features.denseblock_1.denselayer_1.conv_1.";
        const auto weights = state.at(layer + "conv.weight").floats(), mask = state.at(layer + "_mask").floats();
        double sum = 0;
        for (std::size_t i = 0; i < mask.size(); ++i) sum += mask[i] == 0 ? std::abs(weights[i]) : 0;
        return sum;
    };
    CHECK_EQUAL(droppedSum("ours"), 0.0);
    CHECK(droppedSum("quirks") > 0);
}

void augmentationIsKeptInTheRecord(Cli& cli) {
    const auto recorded = [&](const Words& more, const std::string& out) {
        cli.done(tinyRun(cli, with(more, {"--epochs", "1", "--out", out})));
        return runRecord(cli.file(out)).at("settings").at("augment").get<std::string>();
    };
    CHECK_EQUAL(recorded({}, "usual"), "pad-crop");
    CHECK_EQUAL(recorded({"--augment", "auto"}, "auto"), "pad-crop");
    CHECK_EQUAL(recorded({"--augment", "random-resized-crop"}, "crop"), "random-resized-crop");
    CHECK_EQUAL(recorded({"--no-augment"}, "plain"), "none");
    CHECK_EQUAL(recorded({"--augment", "none"}, "none"), "none");
    CHECK_EQUAL(runDifference(cli.file("usual"), cli.file("auto")), "");
    CHECK_EQUAL(runDifference(cli.file("plain"), cli.file("none")), "");
    CHECK(!runDifference(cli.file("usual"), cli.file("plain")).empty());
    CHECK(!runDifference(cli.file("usual"), cli.file("crop")).empty());

    cli.done({"train", "--resume", "usual", "--augment", "auto", "--quiet"});
    cli.fails(2, {"train", "--resume", "usual", "--augment", "none"}, {"--augment", "started with pad-crop"});
    cli.fails(2, {"train", "--resume", "crop", "--no-augment"}, {"--no-augment", "random-resized-crop"});
    cli.fails(2, tinyRun(cli, {"--augment", "rotate", "--out", "x"}), {"--augment", "rotate"});
    cli.fails(2, tinyRun(cli, {"--augment", "auto", "--no-augment", "--out", "x"}), {"--no-augment"});
}

// Pictures that go to a file leave every bit as it is, and where there is no place for the file, that is said.
void dataMemoryChangesNoBit(Cli& cli) {
    const std::string model = "condensenet:stages=1-1,growth=4-4,groups=2,condense=4,bottleneck=4,group3x3=2,size=32";
    const auto training = [&](const std::string& out) {
        return Words{"train", "--data", "shapes10", "--model", model, "--epochs", "1", "--quiet", "--out", out};
    };
    const Words evaluating{"eval", "--data", "shapes10", "--model", "memory/last.safetensors", "--quiet"};
    cli.done(training("memory"));
    cli.done(with(training("file"), {"--data-memory", "1"}));
    CHECK_EQUAL(runDifference(cli.file("memory"), cli.file("file")), "");
    json whole = cli.object(evaluating), filed = cli.object(with(evaluating, {"--data-memory", "1"}));
    for (json* report : {&whole, &filed}) report->erase("images_per_s");
    CHECK_EQUAL(whole, filed);

    writeBytes(cli.file("no-folder"), "");
    const Environment nowhere{{"XDG_CACHE_HOME", cli.file("no-folder")}};
    cli.fails(1, with(training("x"), {"--data-memory", "1"}), {"XDG_CACHE_HOME", "no-folder"}, nowhere);
    cli.fails(1, with(evaluating, {"--data-memory", "1"}), {"XDG_CACHE_HOME", "no-folder"}, nowhere);
    cli.done(evaluating, nowhere);
    cli.fails(2, with(training("x"), {"--data-memory", "0"}), {"--data-memory"});
}

}  // namespace

int main(int argc, char** argv) {
    return runTests(argc, argv,
                    {{"aRunLeavesItsFiles", aRunLeavesItsFiles},
                     {"theModelIsTheBestEpoch", theModelIsTheBestEpoch},
                     {"withoutOutTheRunGoesToTheStore", withoutOutTheRunGoesToTheStore},
                     {"anOutThatHoldsSomethingIsRefused", anOutThatHoldsSomethingIsRefused},
                     {"aResumeTakesItsSettingsFromTheRun", aResumeTakesItsSettingsFromTheRun},
                     {"threadsAndSeeds", threadsAndSeeds},
                     {"interruptedRunsGoOnWithTheSameBits", interruptedRunsGoOnWithTheSameBits},
                     {"killedRunsGoOnWithTheSameBits", killedRunsGoOnWithTheSameBits},
                     {"aRunIsTrainedByOneOnly", aRunIsTrainedByOneOnly},
                     {"aLossThatIsNotFiniteEndsTheRun", aLossThatIsNotFiniteEndsTheRun},
                     {"aBranchIsARunOfItsOwn", aBranchIsARunOfItsOwn},
                     {"theValidationPartIsNamed", theValidationPartIsNamed},
                     {"quirksAreKeptInTheRecord", quirksAreKeptInTheRecord},
                     {"augmentationIsKeptInTheRecord", augmentationIsKeptInTheRecord},
                     {"dataMemoryChangesNoBit", dataMemoryChangesNoBit}});
}
