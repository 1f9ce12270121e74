// Writes what the fuzz targets start from: make_seeds tests/fuzz/seeds. Small files, each of which brings a fuzzer to
// another place of a reader; the rest is its own work.
#include <cstdio>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "base/atomic_file.h"
#include "compare/bench_document.h"
#include "experiment/experiment_folder.h"
#include "io/model_file.h"
#include "io/run_folder.h"
#include "io/run_note.h"

using namespace condenser;

namespace {

bool g_ok = true;  // whether all could be written so far

void expect(const Result<>& result) {
    if (result) return;
    std::fprintf(stderr, "%s\n", result.error().text().c_str());
    g_ok = false;
}

std::string bytesOf(const std::filesystem::path& path) {
    return readWholeFile(path, 1 << 20).value_or("");
}

StateDict toyTensors() {
    return {{"classifier.bias", StoredTensor::ofFloats({2}, std::vector{1.0f, -0.5f})},
            {"features._count", StoredTensor::ofInt64s({}, std::vector<std::int64_t>{3})}};
}

void safetensors(const std::filesystem::path& folder) {
    TensorFile file{toyTensors(), {{"format", "pt"}}};
    file.tensors["empty"] = StoredTensor::ofDoubles({2, 0}, {});
    file.tensors["mask"] = {DType::kBool, {1, 3}, std::vector<std::byte>(3)};
    file.tensors["half"] = {DType::kBF16, {2}, std::vector<std::byte>(4)};
    expect(writeSafetensors(folder / "file", file));
    expect(writeFileAtomically(folder / "cut", bytesOf(folder / "file").substr(0, 100)));
    expect(writeSafetensors(folder / "no_tensors", {}));
    const auto header = [&](const char* name, const char* text) { expect(writeFileAtomically(folder / name, text)); };
    header("header", R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                     R"("b":{"dtype":"I64","shape":[],"data_offsets":[8,16]},"__metadata__":{"a":"\u00e4"}})");
    header("header_overflow",
           R"({"t":{"dtype":"F32","shape":[4194305,4194305,211106198978564],"data_offsets":[0,16]}})");
    header("header_overlap", R"({"a":{"dtype":"U8","shape":[16],"data_offsets":[0,16]},)"
                             R"("b":{"dtype":"U8","shape":[0],"data_offsets":[8,8]}})");
    header("header_twice", R"({"a":{"dtype":"U8","shape":[16],"data_offsets":[0,16]},"a":{}})");
    header("header_deep", "{\"a\":[[[[[[[[[[[[[[[[[[[[");
    expect(writeFileAtomically(folder / "header_zero_byte", std::string("{}\0{", 4)));
}

void modelFile(const std::filesystem::path& folder) {
    ModelFile model;
    model.spec = parseNetworkSpec("condensenet:stages=1-1,growth=8-8,classes=2,size=17x12").value();
    model.classes = {"ant", "bee"};
    model.preprocess = {17, 12, 20, {0.5f, 0.25f, 0}, {1, 0.5f, 0.25f}};
    model.trained = R"({"data":"shapes10","epoch":12})";
    model.tensors = toyTensors();
    expect(writeModelFile(folder / "dense", model));
    model.variant = Variant::kCondensed;
    expect(writeModelFile(folder / "condensed", model));
    expect(writeFileAtomically(folder / "metadata",
                               readSafetensors(folder / "dense").value_or(TensorFile{}).metadata["condenser"]));
    expect(writeFileAtomically(folder / "metadata_newer", "{\"version\":2}"));
    expect(writeSafetensors(folder / "bare", {toyTensors(), {}}));
    // Gigabytes of weights, as the spec has it.
    model.variant = Variant::kDense;
    model.spec = parseNetworkSpec(
                     "condensenet:stages=32,growth=128,groups=8,condense=8,bottleneck=16,group3x3=8,"
                     "classes=2,size=17x12")
                     .value();
    expect(writeModelFile(folder / "giant", model));
}

void runRecord(const std::filesystem::path& folder) {
    RunRecord run;
    run.data = "folder:/pictures";
    run.model = "condensenet-tiny";
    run.spec = parseNetworkSpec("condensenet:stages=4-4-4,growth=8-16-32,classes=2").value();
    run.classes = {"ant", "bee"};
    run.isa = "AVX2";
    run.program = "0.1.0";
    run.created = "2026-01-31T09:30:00Z";
    expect(writeRunRecord(folder, run));
    run.state = RunState::kFailed;
    run.message = "the disk is full";
    std::filesystem::rename(folder / kRunRecordName, folder / "running");
    expect(writeRunRecord(folder, run));
    std::filesystem::rename(folder / kRunRecordName, folder / "failed");
    run.branch = {"failed", 1, 2, 314, 1};
    expect(writeRunRecord(folder, run));
    std::filesystem::rename(folder / kRunRecordName, folder / "branch");
    expect(writeFileAtomically(folder / "newer", "{\"version\":2}"));
}

void runNote(const std::filesystem::path& folder) {
    expect(writeRunNote(folder, {"caf\xc3\xa9", "two\nlines\tof it"}));
    std::filesystem::rename(folder / kRunNoteName, folder / "note");
    expect(writeFileAtomically(folder / "escapes", R"({"version":1,"name":"\ud83d\ude00","note":"a\u0000b"})"));
    expect(writeFileAtomically(folder / "two_lines", R"({"version":1,"name":"a\nb","note":""})"));
    expect(writeFileAtomically(folder / "newer", "{\"version\":2}"));
}

void metricsFile(const std::filesystem::path& folder) {
    for (int epoch = 1; epoch <= 3; ++epoch) {
        expect(
            appendMetrics(folder, {epoch, 157LL * epoch, 0.1, 2.3, 0.5, 1e-9, 1.0 / 3, 0.25, 1234.5, 60.125 * epoch}));
    }
    std::filesystem::rename(folder / kMetricsName, folder / "rows");
    expect(writeFileAtomically(folder / "torn", bytesOf(folder / "rows").substr(0, 150)));
}

void stepsFile(const std::filesystem::path& folder) {
    expect(appendSteps(folder, std::vector<StepRecord>{{2.3f, 0.1f}, {2.2f, 0.1f}, {2.1f, 0.09f}}));
    std::filesystem::rename(folder / kStepsName, folder / "steps");
    expect(writeFileAtomically(folder / "torn", bytesOf(folder / "steps").substr(0, 29)));
}

void connectionsFile(const std::filesystem::path& folder) {
    const std::vector<ConnectionsLayer> layers{{"a", 3, 3, 6}, {"b", 2, 4, 2}};
    const std::vector<LayerConnections> connections{{{1, 1, 0, 1, 1, 1, 0, 1, 1}, std::vector<float>(9, 0.5f)},
                                                    {{1, 1, 1, 1, 0, 0, 0, 0}, std::vector<float>(8, 2)}};
    expect(appendConnections(folder, layers, {{ConnectionsMoment::kEpochEnd, 1, 10, 0}, connections}));
    expect(appendConnections(folder, layers, {{ConnectionsMoment::kAfterStep, 1, 15, 1}, connections}));
    std::filesystem::rename(folder / kConnectionsName, folder / "records");
    const std::string bytes = bytesOf(folder / "records");
    expect(writeFileAtomically(folder / "torn", bytes.substr(0, bytes.size() - 7)));
    std::string damaged = bytes;
    damaged[damaged.size() - 95] = 7;  // the last record's moment: it counts as torn, and must not come to lie between
    expect(writeFileAtomically(folder / "damaged", damaged));
    expect(appendConnections(folder, {}, {}));
    std::filesystem::rename(folder / kConnectionsName, folder / "no_layers");
}

void checkpoint(const std::filesystem::path& folder) {
    Checkpoint toy;
    toy.tensors = toyTensors();
    toy.run = "xxh64:0123456789abcdef";
    toy.step = 100;
    toy.epoch = 2;
    toy.lossSum = 0.1;
    toy.images = 64;
    expect(writeCheckpoint(folder, toy));
    std::filesystem::rename(folder / kCheckpointName, folder / "whole");
    const auto file = readSafetensors(folder / "whole");
    expect(writeFileAtomically(folder / "numbers", file.value_or(TensorFile{}).metadata["condenser_checkpoint"]));
    std::string damaged = bytesOf(folder / "whole");
    damaged.back() ^= 1;
    expect(writeFileAtomically(folder / "damaged", damaged));
}

void comparison(const std::filesystem::path& folder) {
    Comparison made;
    made.name = "toy";
    made.equality = {4, 4, "pictures of shapes10", 1e-6, 0.5, 0.5};
    made.bench.cpu = "a CPU";
    made.bench.isa = "AVX2";
    made.bench.build = "0.1.0";
    made.bench.measured = "2026-01-31T09:30:00Z";
    for (const char* variant : {"dense", "condensed"}) {
        BenchRow row;
        row.model = "toy";
        row.variant = variant;
        row.height = 17;
        row.width = 12;
        row.macs = 100;
        row.medianMs = row.p5Ms = row.p95Ms = 0.5;
        row.layers = {{"features.init_conv", "conv", 300, 60, 1e-6}, {"classifier", "linear", 100, 40, 1e-6}};
        for (int round = 0; round < 9; ++round) {
            row.samplesMs.push_back(0.5);
            row.blocks.push_back({row.samplesMs.size() - 1, 1, round});
        }
        made.bench.rows.push_back(row);
    }
    expect(writeFileAtomically(folder / "samples", comparisonJson(made, Samples::kEvery)));
    made.bench.rows[0].width = made.bench.rows[1].width = 17;
    made.equality.largestDifference = std::numeric_limits<double>::infinity();
    const std::string text = comparisonJson(made, Samples::kLeftOut);
    expect(writeFileAtomically(folder / "not_finite", text));
    expect(writeFileAtomically(folder / "cut", text.substr(0, text.size() / 2)));
}

void experiment(const std::filesystem::path& folder) {
    PlanRequest request;
    request.kind = ExperimentKind::kPruning;
    request.values = {2};
    request.seeds = {1, std::numeric_limits<std::uint64_t>::max()};
    const auto plan = planExperiment(request);
    if (!plan) return expect(tl::unexpected(plan.error()));
    expect(writeExperiment(folder, {*plan, "condenser-cli sweep", "2026-01-31T09:30:00Z"}));
    std::filesystem::rename(folder / kExperimentName, folder / "pruning");
    std::string text = bytesOf(folder / "pruning");
    expect(writeFileAtomically(folder / "newer", "{\"version\":2}"));
    if (const auto at = text.find("c2-once"); at != std::string::npos) text.replace(at, 2, "..");
    expect(writeFileAtomically(folder / "name", text));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    const auto make = [&](const char* name, void (*writeSeeds)(const std::filesystem::path&)) {
        const std::filesystem::path folder = std::filesystem::path(argv[1]) / name;
        std::filesystem::create_directories(folder);
        std::vector<std::filesystem::path> old;  // but for what was found (tests/fuzz/keep)
        for (const auto& entry : std::filesystem::directory_iterator(folder)) {
            if (!entry.path().filename().string().starts_with("found_")) old.push_back(entry.path());
        }
        for (const auto& file : old) std::filesystem::remove(file);
        writeSeeds(folder);
    };
    make("safetensors", safetensors);
    make("model_file", modelFile);
    make("run_record", runRecord);
    make("run_note", runNote);
    make("metrics_file", metricsFile);
    make("steps_file", stepsFile);
    make("connections_file", connectionsFile);
    make("checkpoint", checkpoint);
    make("comparison", comparison);
    make("experiment", experiment);
    return g_ok ? 0 : 1;
}
