// report: runs as they come, whole, killed or of nothing, become one file that stands alone; what is wrong is said.
#include <filesystem>

#include "base/thread_pool.h"
#include "cli_test.h"
#include "experiment/experiment_folder.h"
#include "io/run_note.h"
#include "io/run_record.h"
#include "support/io_scratch.h"
#include "support/tiny_data.h"

using namespace condenser;
using namespace condenser::test;

namespace fs = std::filesystem;

namespace {

void train(Cli& cli, const std::string& out, const std::string& epochs, const Words& more = {}) {
    Words words{"train", "--data",   "folder:data", "--model", kTinySpec, "--batch",
                "8",     "--epochs", epochs,        "--out",   out,       "--quiet"};
    words.insert(words.end(), more.begin(), more.end());
    cli.done(words);
}

// An experiment of one network and one seed, without a training.
void writeExperiment(Cli& cli) {
    ExperimentPlan plan;
    plan.data = "folder:data";
    plan.seeds = {1};
    plan.arms.push_back({"tiny", "tiny", "", kTinySpec, {}});
    fs::create_directories(cli.file("experiment"));
    CHECK(condenser::writeExperiment(cli.file("experiment"), {plan, "condenser-cli ablate", "2026-01-31T09:30:00Z"}));
}

// How often `part` stands in `text`.
int count(const std::string& text, const std::string& part) {
    int found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

void aRun(Cli& cli) {
    writeTinyFolder(cli.file("data"), 8, 4);
    train(cli, "run", "4");
    const Finished told = cli.done({"report", "--run", "run", "--out", "report.html"});
    for (const char* part : {"1 run", "report.html", "MB"}) CHECK_HOLDS(told.out, part);
    const std::string html = readBytes(cli.file("report.html"));
    const RunRecord record = take(readRunRecord(cli.file("run")));
    for (const std::string& part : {std::string("<!DOCTYPE html>"), std::string("finished"), std::string("4 of 4"),
                                    record.isa, std::string(cpuName()), std::string("--epochs 4"),
                                    std::string("layer 1.1"), std::string("layer 2.1"), std::string("</html>")}) {
        CHECK_HOLDS(html, part);
    }
    CHECK_EQUAL(count(html, "class=\"mark\""), 4 * 3);  // four charts, C = 4
    CHECK(html.find("http") == std::string::npos);
    CHECK(html.find("<script") == std::string::npos);

    const json object = cli.object({"report", "--run", "run", "--out", "report.html"});
    CHECK_EQUAL(object.at("file").get<std::string>(), "report.html");
    CHECK_EQUAL(object.at("runs").get<int>(), 1);
    CHECK_EQUAL(object.at("bytes").get<std::uintmax_t>(), fs::file_size(cli.file("report.html")));
    CHECK_EQUAL(object.at("experiments").get<int>(), 0);
    CHECK_EQUAL(object.size(), std::size_t{4});
}

void severalRuns(Cli& cli) {
    writeTinyFolder(cli.file("data"), 8, 4);
    train(cli, "first", "2");
    train(cli, "second", "2", {"--lr", "0.05"});
    CHECK(writeRunNote(cli.file("second"), {"<b>slow</b>", "<script>alert(1)</script>"}));
    const json object = cli.object({"report", "--run", "first", "second", "--out", "both.html"});
    CHECK_EQUAL(object.at("runs").get<int>(), 2);
    const std::string html = readBytes(cli.file("both.html"));
    CHECK_EQUAL(count(html, "class=\"differs\""), 2);  // the learning rate, in both
    CHECK_HOLDS(html, "&lt;b&gt;slow&lt;/b&gt;");
    CHECK(html.find("<script") == std::string::npos);
    writeExperiment(cli);
    const json mixed = cli.object({"report", "--run", "first", "experiment", "--out", "mixed.html"});
    CHECK_EQUAL(mixed.at("runs").get<int>(), 1);
    CHECK_EQUAL(mixed.at("experiments").get<int>(), 1);
    CHECK_HOLDS(cli.done({"report", "--run", "experiment", "--out", "alone.html"}).out, "1 experiment written");
    CHECK_HOLDS(readBytes(cli.file("alone.html")), "condenser-cli ablate");
    CHECK_EQUAL(
        cli.object({"report", "--run", "first", "--run", "second", "--out", "again.html"}).at("runs").get<int>(), 2);
}

void aRunThatWasKilledAtOnce(Cli& cli) {
    writeTinyFolder(cli.file("data"), 8, 4);
    Running training = cli.start({"train", "--data", "folder:data", "--model", kTinySpec, "--batch", "8", "--epochs",
                                  "100000", "--out", "run", "--quiet"});
    CHECK(waitUntil([&] { return fs::exists(cli.file("run/run.json")); }));
    cli.done({"report", "--run", "run", "--out", "live.html"});
    CHECK_HOLDS(readBytes(cli.file("live.html")), "running");
    training.signal(9);
    training.finish();
    cli.done({"report", "--run", "run", "--out", "dead.html"});
    CHECK_HOLDS(readBytes(cli.file("dead.html")), "interrupted");
}

void whatIsWrongIsSaid(Cli& cli) {
    cli.fails(2, {"report", "--out", "r.html"}, {"--run"});
    cli.fails(2, {"report", "--run", "run"}, {"--out"});
    cli.fails(1, {"report", "--run", "nowhere", "--out", "r.html"}, {"nowhere", "run.json"});
    writeTinyFolder(cli.file("data"), 8, 4);
    train(cli, "run", "1");
    const auto before = contentsOf(cli.file("run"));
    cli.fails(2, {"report", "--run", "run", "--out", "run/run.json"}, {"run/run.json", "file of the run"});
    cli.fails(1, {"report", "--run", "run", "--out", "no/such/r.html"}, {"no/such"});
    cli.fails(1, {"report", "--run", "run", "nowhere", "--out", "r.html"}, {"nowhere"});
    CHECK(contentsOf(cli.file("run")) == before);
    CHECK(!fs::exists(cli.file("r.html")));
    writeBytes(cli.file("r.html"), "the report of yesterday");
    writeBytes(cli.file("run/metrics.csv"), "what?\n");
    cli.fails(1, {"report", "--run", "run", "--out", "r.html"}, {"metrics.csv", "first line"});
    CHECK_EQUAL(readBytes(cli.file("r.html")), "the report of yesterday");
}

}  // namespace

int main(int argc, char** argv) {
    return runTests(argc, argv,
                    {{"aRun", aRun},
                     {"severalRuns", severalRuns},
                     {"aRunThatWasKilledAtOnce", aRunThatWasKilledAtOnce},
                     {"whatIsWrongIsSaid", whatIsWrongIsSaid}});
}
