// PyTorch checkpoints on the command line: imported, and used where a model file may stand.
#include <filesystem>

#include "cli_test.h"
#include "io/safetensors.h"
#include "support/golden.h"
#include "support/io_scratch.h"
#include "support/torch_maker.h"

using namespace condenser;
using namespace condenser::test;

namespace {

const std::filesystem::path kCheckpoints = std::filesystem::path(CONDENSER_FIXTURES) / "ckpt",
                            kBad = std::filesystem::path(CONDENSER_FIXTURES) / "ckpt_bad",
                            kGolden = std::filesystem::path(CONDENSER_FIXTURES) / "golden";
constexpr double kLogitTolerance = 1e-4;

// The golden network's; its pictures are smaller than what a checkpoint lets one guess.
constexpr const char* kSpec = "condensenet:stages=2-2-2,growth=4-8-16,size=16";

std::string checkpoint(const std::string& name) {
    return (kCheckpoints / name).string();
}

StoredTensor logitsOf(Cli& cli, const Words& model) {
    Words words{"forward", "--in", "x", "--out", "y"};
    words.insert(words.end(), model.begin(), model.end());
    cli.done(words);
    return tensorsOf(cli.file("y")).at("logits");
}

// Leaves the golden pictures in "x".
StateDict goldenLogits(Cli& cli) {
    StateDict golden = tensorsOf(kGolden / "net_tiny_condensed.safetensors");
    CHECK(writeSafetensors(cli.file("x"), {{{"x", golden.at("in.x")}}, {}}).has_value());
    return golden;
}

void modelsAreImported(Cli& cli) {
    const StateDict golden = goldenLogits(cli);
    for (const char* name : {"dense_model_zip.pth.tar", "dense_arch_legacy.pth.tar", "bare_zip.pth",
                             "dense_gpu_old_legacy.pth.tar", "condensed_zip.pth.tar", "condensed_legacy.pth.tar"}) {
        const bool condensed = std::string(name).starts_with("condensed"), bare = std::string(name).starts_with("bare");
        const json told = cli.object({"import", "--pytorch", checkpoint(name), "--out", "m.safetensors"});
        CHECK_EQUAL(told.at("variant").get<std::string>(), condensed ? "condensed" : "dense");
        CHECK_EQUAL(told.at("spec").get<std::string>(),
                    "condensenet:stages=2-2-2,growth=4-8-16,groups=4,condense=4,bottleneck=4,group3x3=4,classes=10,"
                    "size=32,stem_stride=1");
        CHECK_EQUAL(told.at("checkpoint"),
                    condensed || bare ? json::object() : json({{"epoch", 17}, {"best_prec1", 93.7109375}}));
        CHECK_HOLDS(told.at("notices").at(0).get<std::string>(), "pictures of 32 x 32 pixels");
        CHECK_HOLDS(told.at("notices").at(0).get<std::string>(), "CIFAR-10");

        const TensorFile file = take(readSafetensors(cli.file("m.safetensors")));
        const json described = json::parse(file.metadata.at("condenser"));
        CHECK_EQUAL(described.at("trained").at("imported").at("from").get<std::string>(), "PyTorch checkpoint");
        CHECK_EQUAL(described.at("classes").at(9).get<std::string>(), "9");
        StateDict expected = tensorsOf(
            kGolden / (condensed ? "net_tiny_condensed_state.safetensors" : "net_tiny_final_state.safetensors"));
        for (auto& [tensor, value] : expected) {
            // Which PyTorch 0.3 did not count.
            const bool counter = tensor.ends_with("num_batches_tracked");
            if (counter && std::string(name).find("gpu_old") != std::string::npos) {
                value = StoredTensor::ofInt64s({}, std::vector<std::int64_t>{0});
            }
        }
        CHECK_EQUAL(bitDifference(file.tensors, expected), "");

        const StoredTensor& logits = golden.at(condensed ? "out.logits_condensed" : "out.logits_dense");
        for (const Words& model : {Words{"--model", "m.safetensors"}, Words{"--model", checkpoint(name)},
                                   Words{"--model", kSpec, "--weights", checkpoint(name)}}) {
            CHECK(largestDistance(logitsOf(cli, model), logits) <= kLogitTolerance);
        }
    }
    // For people.
    const Finished told = cli.done({"import", "--pytorch", checkpoint("dense_model_zip.pth.tar"), "--out", "m"});
    for (const char* part : {"2-2-2", "4-8-16", "93.7109375", "written to m"}) CHECK_HOLDS(told.out, part);
    CHECK_HOLDS(told.err, "taken for granted");
}

// The reference's DenseNet, whose 1x1 convolutions have no masks: the spec is read off, its transitions' share
// included, and PyTorch's logits come out, by itself and as --weights of a spec.
void aDenseNetIsImported(Cli& cli) {
    std::vector<std::pair<std::string, std::string>> tensors;
    std::vector<std::string> storages;
    for (const auto& [name, value] : tensorsOf(kGolden / "net_bc_init_state.safetensors")) {
        if (name.find("._") != std::string::npos) continue;
        std::vector<std::int64_t> strides(value.shape.size(), 1);
        for (std::size_t d = strides.size(); d-- > 1;) strides[d - 1] = strides[d] * value.shape[d];
        const std::string storage = pickled::storage("FloatStorage", std::to_string(storages.size()), value.elements());
        tensors.emplace_back(name, pickled::tensor(storage, 0, value.shape, strides));
        storages.emplace_back(reinterpret_cast<const char*>(value.bytes.data()), value.bytes.size());
    }
    writeBytes(cli.file("densenet.pth"), torchZip(pickled::finished(pickled::dict(tensors)), storages));
    const StateDict golden = tensorsOf(kGolden / "net_bc_forward.safetensors");
    CHECK(writeSafetensors(cli.file("x"), {{{"x", golden.at("in.x")}}, {}}).has_value());
    const json told = cli.object({"import", "--pytorch", "densenet.pth", "--out", "m.safetensors"});
    const std::string spec = told.at("spec").get<std::string>();
    CHECK_EQUAL(spec,
                "condensenet:stages=1-1-1,growth=3-3-3,groups=1,condense=1,bottleneck=2,group3x3=1,classes=5,size=32,"
                "stem_stride=1,compression=0.5");
    for (const Words& model : {Words{"--model", "m.safetensors"}, Words{"--model", "densenet.pth"},
                               Words{"--model", spec, "--weights", "densenet.pth"},
                               Words{"--model", "m.safetensors", "--variant", "condensed"}}) {
        CHECK(largestDistance(logitsOf(cli, model), golden.at("out.logits_eval")) <= kLogitTolerance);
    }
}

void aSpecSettlesWhatIsOpen(Cli& cli) {
    const std::string file = checkpoint("condensed_zip.pth.tar");
    const json told = cli.object({"import", "--pytorch", file, "--model", kSpec, "--out", "m.safetensors"});
    CHECK_HOLDS(told.at("spec").get<std::string>(), "size=16");
    CHECK_EQUAL(told.at("notices"), json::array());
    // It must fit, whatever it is.
    cli.fails(1, {"import", "--pytorch", file, "--model", "condensenet-tiny", "--out", "n"},
              {"do not fit", "condensed_zip.pth.tar"});
    cli.fails(2, {"import", "--pytorch", file, "--model", "m.safetensors", "--out", "n"}, {"preset or a spec"});
    cli.fails(2, {"import", "--pytorch", file, "--model", kSpec, "--raw", "--out", "n"}, {"--raw and --model"});
    CHECK(!std::filesystem::exists(cli.file("n")));
}

void rawKeepsEveryType(Cli& cli) {
    for (const char* name : {"tricky_zip.pth", "tricky_legacy.pth"}) {
        const json told = cli.object({"import", "--pytorch", checkpoint(name), "--raw", "--out", "raw.safetensors"});
        StateDict tensors = tensorsOf(cli.file("raw.safetensors"));
        CHECK_EQUAL(told.at("tensors").get<std::size_t>(), tensors.size());
        CHECK(told.at("types").at("BF16") == json({{"tensors", 1}, {"elements", 3}}));
        CHECK(tensors.at("f16").dtype == DType::kF16 && tensors.at("bf16").dtype == DType::kBF16);
        StateDict expected = tensorsOf(kCheckpoints / "expected_tricky.safetensors");
        for (const char* half : {"f16", "bf16"}) {  // expected as floats
            CHECK(tensors.at(half).shape == expected.at(half).shape);
            tensors.erase(half);
            expected.erase(half);
        }
        CHECK_EQUAL(bitDifference(tensors, expected), "");
        // Of no network that we know.
        cli.fails(1, {"import", "--pytorch", checkpoint(name), "--out", "n"}, {"init_conv.weight is missing", "--raw"});
        cli.fails(1, {"inspect", "--model", checkpoint(name)}, {"init_conv.weight is missing"});
    }
    const json told =
        cli.object({"import", "--pytorch", checkpoint("dense_model_zip.pth.tar"), "--raw", "--out", "raw.safetensors"});
    CHECK_EQUAL(
        bitDifference(tensorsOf(cli.file("raw.safetensors")), tensorsOf(kGolden / "net_tiny_final_state.safetensors")),
        "");
    CHECK_HOLDS(cli.done({"import", "--pytorch", checkpoint("bare_zip.pth"), "--raw", "--out", "r"}).out, "F32");
}

void everyCommandTakesCheckpoints(Cli& cli) {
    const StateDict golden = goldenLogits(cli);
    const std::string dense = checkpoint("dense_model_zip.pth.tar"), condensed = checkpoint("condensed_legacy.pth.tar");
    // Whatever a file is called.
    std::filesystem::copy_file(dense, cli.file("renamed.safetensors"));
    CHECK(largestDistance(logitsOf(cli, {"--model", "renamed.safetensors"}), golden.at("out.logits_dense")) <=
          kLogitTolerance);

    const json counted = cli.object({"inspect", "--model", condensed});
    CHECK_EQUAL(counted.at("variant").get<std::string>(), "condensed");
    CHECK(!counted.contains("classes"));  // they have no names
    cli.done({"condense", "--model", dense, "--classifier-keep", "0.5", "--out", "c.safetensors"});
    CHECK(largestDistance(logitsOf(cli, {"--model", "c.safetensors"}), golden.at("out.logits_condensed")) <=
          kLogitTolerance);

    // Without names of its classes it answers to the data's in their order, as a checkpoint and as a file of ours.
    cli.done({"import", "--pytorch", condensed, "--out", "m.safetensors"});
    const json direct = cli.object({"eval", "--model", condensed, "--data", "shapes10", "--quiet"}),
               imported = cli.object({"eval", "--model", "m.safetensors", "--data", "shapes10", "--quiet"}),
               weights = cli.object({"eval", "--model", "condensenet:stages=2-2-2,growth=4-8-16", "--weights",
                                     condensed, "--data", "shapes10", "--quiet"});
    CHECK_EQUAL(direct.at("images").get<int>(), 2000);
    CHECK(direct.at("classes").at(0).at("name") != "0");
    for (const json& other : {imported, weights}) CHECK_EQUAL(other.at("confusion"), direct.at("confusion"));
}

void badFilesAreToldAndNothingIsWritten(Cli& cli) {
    std::filesystem::create_directory(cli.file("out"));
    for (const auto& entry : std::filesystem::directory_iterator(kBad)) {
        const std::string file = entry.path().string();
        for (const Words& more : {Words{}, Words{"--raw"}}) {
            Words words{"import", "--pytorch", file, "--out", "out/file"};
            words.insert(words.end(), more.begin(), more.end());
            cli.fails(1, words, {"cannot read the checkpoint: " + file + ": "});
        }
        const Finished inspected = cli.fails(1, {"inspect", "--model", file}, {file});
        const Finished weighed = cli.fails(1, {"inspect", "--model", kSpec, "--weights", file}, {file});
        if (entry.path().filename() == "reduce_os_system_zip.pth") {
            for (const Finished& refused : {inspected, weighed}) CHECK_HOLDS(refused.err, "it asks for os.system");
        }
    }
    cli.fails(1, {"import", "--pytorch", "absent.pth", "--out", "out/file"}, {"absent.pth", "no such file"});
    CHECK(std::filesystem::is_empty(cli.file("out")));

    // The checkpoint itself is not to be written over, whichever way it is named.
    std::filesystem::copy_file(checkpoint("tricky_zip.pth"), cli.file("t.pth"));
    const std::string before = readBytes(cli.file("t.pth"));
    for (const char* out : {"t.pth", "./out/../t.pth"}) {
        cli.fails(2, {"import", "--pytorch", "t.pth", "--raw", "--out", out}, {"would be lost"});
    }
    CHECK(readBytes(cli.file("t.pth")) == before);
    cli.fails(2, {"import", "--pytorch", "t.pth"}, {"--out"});
    cli.fails(2, {"import", "--out", "t"}, {"--pytorch"});
    // A model file of ours is no checkpoint.
    cli.done({"import", "--pytorch", checkpoint("condensed_zip.pth.tar"), "--out", "m.safetensors"});
    cli.fails(1, {"import", "--pytorch", "m.safetensors", "--out", "out/file"}, {"no PyTorch checkpoint"});
}

// A few bytes that promise a terabyte.
void bombsTakeNoMemory(Cli& cli) {
    const std::string storage = pickled::storage("FloatStorage", "0", 1);
    const std::string bomb =
        torchZip(pickled::finished(pickled::dict(
                     {{"w", pickled::tensor(storage, 0, {std::int64_t{1} << 19, std::int64_t{1} << 19}, {0, 0})}})),
                 {std::string(4, '\0')});
    writeBytes(cli.file("bomb.pth"), bomb);
    cli.fails(1, {"import", "--pytorch", "bomb.pth", "--raw", "--out", "o"}, {"bomb.pth", "repeat their data"});
    for (const char* name : {"huge_size_zip.pth", "huge_size_legacy.pth"}) {
        cli.fails(1, {"import", "--pytorch", (kBad / name).string(), "--raw", "--out", "o"},
                  {"1099511627776 elements"});
    }
}

}  // namespace

int main(int argc, char** argv) {
    return runTests(argc, argv,
                    {{"modelsAreImported", modelsAreImported},
                     {"aDenseNetIsImported", aDenseNetIsImported},
                     {"aSpecSettlesWhatIsOpen", aSpecSettlesWhatIsOpen},
                     {"rawKeepsEveryType", rawKeepsEveryType},
                     {"everyCommandTakesCheckpoints", everyCommandTakesCheckpoints},
                     {"badFilesAreToldAndNothingIsWritten", badFilesAreToldAndNothingIsWritten},
                     {"bombsTakeNoMemory", bombsTakeNoMemory}});
}
