// bench-train: the contract of its JSON, what its table says, and its flags. How fast anything is, is not looked at.
#include <cmath>
#include <csignal>

#include "cli_test.h"
#include "ops/simd_target.h"
#include "support/tiny_data.h"

using namespace condenser;
using namespace condenser::test;

namespace {

Words with(Words words, const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

// kTinySpec has C = 4: four stages.
const Words kQuick{"bench-train", "--model",   kTinySpec, "--quiet", "--seconds",
                   "0.02",        "--threads", "2",       "--batch", "6"};

double positive(const json& object, const char* key) {
    CHECK(object.at(key).is_number());
    const double value = object.at(key).get<double>();
    CHECK(std::isfinite(value) && value > 0);
    return value;
}

// Keys and types of the contract, a row for each stage in order.
void jsonKeepsItsContract(Cli& cli) {
    const json report = cli.object(kQuick);
    CHECK(!report.at("cpu").get<std::string>().empty());
    CHECK_EQUAL(report.at("isa").get<std::string>(), activeSimdTarget());
    CHECK_EQUAL(report.at("threads").get<int>(), 2);
    CHECK_EQUAL(report.at("batch").get<int>(), 6);
    CHECK_EQUAL(report.at("rows").size(), std::size_t{4});
    double kept = 1, seconds = 0;
    std::int64_t macs = cli.object({"inspect", "--model", kTinySpec}).at("macs").get<std::int64_t>();
    for (std::size_t stage = 0; stage < 4; ++stage) {
        const json& row = report.at("rows").at(stage);
        CHECK_EQUAL(row.at("model").get<std::string>(), kTinySpec);
        CHECK_EQUAL(row.at("stage"), json(stage));
        const double median = positive(row, "median_step_ms");
        CHECK(std::abs(positive(row, "images_per_s") * median / 6000 - 1) < 1e-9);
        // On a busy machine the median of a part may come from other steps than that of the whole.
        for (const char* part : {"forward_ms", "backward_ms", "optimizer_ms"}) positive(row, part);
        CHECK(positive(row, "peak_rss_mb") > 1 && positive(row, "roofline_fraction") < 1);
        CHECK(row.at("runs").is_number_integer() && row.at("runs").get<int>() >= 5);
        CHECK_EQUAL(row.at("kept").get<double>(), kept);
        if (stage == 0) {
            CHECK_EQUAL(row.at("macs").get<std::int64_t>(), macs);
        } else {
            CHECK(row.at("macs").get<std::int64_t>() < macs);
        }
        macs = row.at("macs").get<std::int64_t>();
        kept -= 0.25;
        seconds += median * (stage == 3 ? 3 : 1) / 6;  // half of the training at the last stage
    }
    const double schedule = positive(report.at("schedule_images_per_s"), kTinySpec);
    CHECK(std::abs(schedule * seconds / 6000 - 1) < 1e-9);
}

void oneStageOfSeveralModels(Cli& cli) {
    const json report = cli.object(with(kQuick, {"--stage", "2", "--model", "condensenet-tiny"}));
    CHECK_EQUAL(report.at("rows").size(), std::size_t{2});
    CHECK_EQUAL(report.at("rows").at(0).at("kept"), json(0.5));
    CHECK_EQUAL(report.at("rows").at(1).at("stage"), json(2));
    CHECK_EQUAL(report.at("rows").at(1).at("model"), json("condensenet-tiny"));
    CHECK_EQUAL(report.at("schedule_images_per_s"), json::object());
}

void theTableIsForPeople(Cli& cli) {
    const std::string text = cli.done(kQuick).out;
    for (const char* part : {"images/s", "forward", "backward", "optimizer", "peak MB", "of the limit", "25 %"})
        CHECK_HOLDS(text, part);
    CHECK_HOLDS(text, "over a whole training");
}

void whatCannotBeTrainedIsRefused(Cli& cli) {
    cli.done({"condense", "--model", kTinySpec, "--out", "small.safetensors"});
    cli.fails(2, with(kQuick, {"--model", "small.safetensors"}), {"small.safetensors", "condensed"});
    cli.fails(2, with(kQuick, {"--model", "resnet-18"}), {"resnet-18", "CondenseNet"});
    cli.fails(2, with(kQuick, {"--model", "condensenet-87"}), {"condensenet-87"});
    cli.fails(2, {"bench-train", "--model", "condensenet:stages=1,growth=4,size=1,condense=2", "--batch", "1"}, {"1"});
    cli.fails(1, with(kQuick, {"--model", "missing.safetensors"}), {"missing.safetensors"});
    for (const char* wrong : {"4", "-1", "x", "1.5", ""}) cli.fails(2, with(kQuick, {"--stage", wrong}), {"--stage"});
    for (const char* wrong : {"0", "-3", "5000", "x"})
        cli.fails(2, {"bench-train", "--model", kTinySpec, "--batch", wrong}, {"--batch"});
}

void ctrlCEndsIt(Cli& cli) {
    Running running = cli.start({"bench-train", "--model", kTinySpec, "--seconds", "3000"});
    CHECK(waitUntil([&] { return running.ended() || running.awaitsInterrupt(); }));
    running.signal(SIGINT);
    CHECK_EQUAL(running.finish().status, 130);
}

}  // namespace

int main(int argc, char** argv) {
    return runTests(argc, argv,
                    {{"jsonKeepsItsContract", jsonKeepsItsContract},
                     {"oneStageOfSeveralModels", oneStageOfSeveralModels},
                     {"theTableIsForPeople", theTableIsForPeople},
                     {"whatCannotBeTrainedIsRefused", whatCannotBeTrainedIsRefused},
                     {"ctrlCEndsIt", ctrlCEndsIt}});
}
