// export: the ONNX file and the pictures with their answers beside it; what is wrong is said, and leaves no half of it.
#include <filesystem>

#include "cli_test.h"
#include "io/safetensors.h"
#include "support/io_scratch.h"
#include "support/onnx_graph.h"
#include "support/tiny_data.h"

using namespace condenser;
using namespace condenser::test;

namespace fs = std::filesystem;

namespace {

constexpr const char* kCheck = "m.onnx.check.safetensors";

OnnxGraph graphIn(Cli& cli, const std::string& name) {
    return parseOnnx(readBytes(cli.file(name)));
}

int groupedConvs(const OnnxGraph& graph) {
    int count = 0;
    for (const OnnxNode& node : graph.nodes) count += node.op == "Conv" && node.integer("group", 1) > 1 ? 1 : 0;
    return count;
}

// The check file's pictures, through the graph by plain loops, give the check file's logits.
void verifyCheckFile(Cli& cli, DType dtype) {
    const StateDict check = tensorsOf(cli.file(kCheck));
    CHECK_EQUAL(check.size(), std::size_t{2});
    const StoredTensor &input = check.at("input"), &output = check.at("output");
    CHECK(input.dtype == dtype);
    CHECK(input.shape == (std::vector<std::int64_t>{16, 3, 16, 16}));
    CHECK(output.shape == (std::vector<std::int64_t>{16, 3}));
    const OnnxAnswer answer = evaluateOnnx(graphIn(cli, "m.onnx"), input);
    CHECK(answer.shape == output.shape);
    double worst = 0, low = answer.values[0], high = low;
    for (std::size_t i = 0; i < answer.values.size(); ++i) {
        worst = std::max(worst, std::abs(answer.values[i] - static_cast<double>(output.floats()[i])));
        low = std::min(low, answer.values[i]);
        high = std::max(high, answer.values[i]);
    }
    CHECK(worst <= 1e-4);
    CHECK(high - low > 0.01);  // of logits that are all alike this would say nothing
}

void presetsInBothForms(Cli& cli) {
    const json dense = cli.object({"export", "--model", kTinySpec, "--onnx", "m.onnx"});
    CHECK_EQUAL(dense.at("model").get<std::string>(), kTinySpec);
    CHECK_EQUAL(dense.at("onnx").get<std::string>(), "m.onnx");
    CHECK_EQUAL(dense.at("check").get<std::string>(), kCheck);
    CHECK_EQUAL(dense.at("variant").get<std::string>(), "dense");
    CHECK_EQUAL(dense.at("opset").get<int>(), 13);
    CHECK(dense.at("ir_version").get<int>() <= 8);
    CHECK_EQUAL(dense.at("input"), (json{{"dtype", "float32"}, {"shape", {"N", 3, 16, 16}}}));
    CHECK_EQUAL(dense.at("output"), (json{{"dtype", "float32"}, {"shape", {"N", 3}}}));
    CHECK_EQUAL(dense.at("bytes").get<std::uintmax_t>(), fs::file_size(cli.file("m.onnx")));
    CHECK_EQUAL(dense.at("nodes").at("Conv").get<int>(), 5);
    CHECK(!dense.at("nodes").contains("Gather"));
    verifyCheckFile(cli, DType::kF32);
    CHECK_EQUAL(groupedConvs(graphIn(cli, "m.onnx")), 2);

    const Finished told = cli.done(
        {"export", "--model", kTinySpec, "--variant", "condensed", "--onnx", "m.onnx", "--classifier-keep", "0.5"});
    for (const char* part : {"condensed network", "m.onnx", kCheck, "16 pictures", "3 Gather", "5 Conv"}) {
        CHECK_HOLDS(told.out, part);
    }
    CHECK_HOLDS(told.err, "outstanding");
    verifyCheckFile(cli, DType::kF32);
    CHECK_EQUAL(groupedConvs(graphIn(cli, "m.onnx")), 4);
    CHECK_EQUAL(graphIn(cli, "m.onnx").initializers.at("classifier.index").int64s().size(), std::size_t{8});
}

void aCondensedFileStaysCondensed(Cli& cli) {
    writeTinyFolder(cli.file("data"), 8, 4);
    cli.done({"train", "--data", "folder:data", "--model", kTinySpec, "--batch", "8", "--epochs", "2", "--out", "run",
              "--quiet"});
    cli.done({"condense", "--model", "run/model.safetensors", "--out", "c.safetensors"});
    const json told = cli.object({"export", "--model", "c.safetensors", "--onnx", "m.onnx"});
    CHECK_EQUAL(told.at("variant").get<std::string>(), "condensed");
    CHECK_EQUAL(told.at("macs"), cli.object({"inspect", "--model", "c.safetensors"}).at("macs"));
    verifyCheckFile(cli, DType::kF32);
    const OnnxGraph graph = graphIn(cli, "m.onnx");
    CHECK_EQUAL(groupedConvs(graph), 4);
    const StateDict tensors = tensorsOf(cli.file("c.safetensors"));
    for (const auto& [name, tensor] : tensors) {
        if (name.ends_with("num_batches_tracked")) continue;
        CHECK(graph.initializers.at(name).bytes == tensor.bytes);
    }
    const json described = json::parse(take(readSafetensors(cli.file("c.safetensors"))).metadata.at("condenser"));
    for (const char* key : {"classes", "mean", "std", "resize"}) {
        CHECK_EQUAL(json::parse(graph.metadata.at(key)), described.at(key));
    }
    CHECK_EQUAL(graph.metadata.at("spec"), described.at("spec").get<std::string>());
    cli.fails(2, {"export", "--model", "c.safetensors", "--variant", "dense", "--onnx", "d.onnx"}, {"c.safetensors"});
    CHECK(!fs::exists(cli.file("d.onnx")));
}

void bytesAsInput(Cli& cli) {
    const Words words{"export", "--model", kTinySpec, "--onnx", "m.onnx"};
    cli.done(words);
    const StoredTensor before = tensorsOf(cli.file(kCheck)).at("output");
    Words ofBytes = words;
    ofBytes.push_back("--uint8-input");
    const json told = cli.object(ofBytes);
    CHECK_EQUAL(told.at("input"), (json{{"dtype", "uint8"}, {"shape", {"N", 3, 16, 16}}}));
    verifyCheckFile(cli, DType::kU8);
    CHECK(graphIn(cli, "m.onnx").inputs.at(0).dtype == DType::kU8);
    // The same pictures in either form.
    CHECK(tensorsOf(cli.file(kCheck)).at("output").bytes == before.bytes);

    // A seed is all that decides.
    const auto once = contentsOf(cli.folder());
    cli.done(ofBytes, {});
    CHECK(readBytes(cli.file("m.onnx")) == once.at("m.onnx"));
    CHECK(readBytes(cli.file(kCheck)) == once.at(kCheck));
    Words other = ofBytes;
    other.insert(other.end(), {"--seed", "2"});
    cli.done(other);
    CHECK(readBytes(cli.file(kCheck)) != once.at(kCheck));
}

void whatCannotBeExported(Cli& cli) {
    writeBytes(cli.file("text"), "This is no network.");
    cli.fails(1, {"export", "--model", "text", "--onnx", "m.onnx"}, {"text"});
    cli.fails(1, {"export", "--model", "nowhere", "--onnx", "m.onnx"}, {"nowhere"});
    cli.fails(2, {"export", "--model", "condensenet:groups=3", "--onnx", "m.onnx"}, {"groups"});
    CHECK_EQUAL(cli.run({"export", "--model", kTinySpec}).status, 2);
    CHECK(!fs::exists(cli.file("m.onnx")) && !fs::exists(cli.file(kCheck)));

    // Over the network itself, by either file.
    cli.done({"condense", "--model", kTinySpec, "--out", "c.safetensors", "--quiet"});
    const std::string before = readBytes(cli.file("c.safetensors"));
    cli.fails(
        2,
        {"export", "--model", "c.safetensors", "--onnx", "../" + cli.folder().filename().string() + "/c.safetensors"},
        {"c.safetensors", "another"});
    CHECK(readBytes(cli.file("c.safetensors")) == before);
    fs::rename(cli.file("c.safetensors"), cli.file(kCheck));
    cli.fails(2, {"export", "--model", kCheck, "--onnx", "m.onnx"}, {kCheck, "another"});
    CHECK(readBytes(cli.file(kCheck)) == before);
    CHECK(!fs::exists(cli.file("m.onnx")));
}

void placesThatCannotBeWritten(Cli& cli) {
    fs::create_directories(cli.file("folder"));
    for (const char* out : {"nowhere/m.onnx", "folder", "/dev/full"}) {
        cli.fails(1, {"export", "--model", kTinySpec, "--onnx", out}, {"cannot export the network: ", out});
    }
    // The check file has no place: no graph without it, and the old graph stays.
    fs::create_directories(cli.file(kCheck));
    writeBytes(cli.file("m.onnx"), "old");
    cli.fails(1, {"export", "--model", kTinySpec, "--onnx", "m.onnx"}, {kCheck});
    CHECK_EQUAL(readBytes(cli.file("m.onnx")), "old");
    CHECK_EQUAL(contentsOf(cli.folder()).count("m.onnx"), std::size_t{1});
    fs::remove(cli.file(kCheck));

    // A disk that is full within the graph, and one within the check file: all is as it was.
    fs::create_directories(cli.file("place"));
    const std::string place = cli.file("place");
    writeBytes(place + "/m.onnx", "old");
    // Blocks of 512 bytes: the graph has some 13 KB, the check file 49.
    for (const auto& [blocks, spoilt] :
         {std::pair{"8", place + "/m.onnx: "}, std::pair{"40", place + "/m.onnx.check.safetensors: "}}) {
        const Finished full = cli.shell("ulimit -f " + std::string(blocks) + "; exec \"$0\" \"$@\"",
                                        {"export", "--model", kTinySpec, "--onnx", place + "/m.onnx"});
        CHECK_EQUAL(full.status, 1);
        CHECK_HOLDS(full.err, "cannot export the network: " + spoilt);
        CHECK_EQUAL(contentsOf(place).size(), std::size_t{1});
        CHECK_EQUAL(readBytes(place + "/m.onnx"), "old");
    }
}

}  // namespace

int main(int argc, char** argv) {
    return runTests(argc, argv,
                    {{"presetsInBothForms", presetsInBothForms},
                     {"aCondensedFileStaysCondensed", aCondensedFileStaysCondensed},
                     {"bytesAsInput", bytesAsInput},
                     {"whatCannotBeExported", whatCannotBeExported},
                     {"placesThatCannotBeWritten", placesThatCannotBeWritten}});
}
