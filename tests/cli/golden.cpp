// The numbers of the golden data through the command line: forward, check gradients, check steps, condense, inspect and
// check preprocess. Which cases there are, their shapes and their tolerances come from the folder's manifest.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <sstream>

#include "cli_test.h"
#include "data/image_io.h"
#include "io/safetensors.h"
#include "ops/simd_target.h"
#include "support/golden.h"

using namespace condenser;
using namespace condenser::test;
using golden::Case;
using golden::Check;

namespace {

const std::filesystem::path& folder() {
    static const std::filesystem::path found = golden::folder(CONDENSER_FIXTURES);
    return found;
}

const golden::Manifest& manifest() {
    static const golden::Manifest read = take(golden::readManifest(folder()));
    return read;
}

const Case& caseNamed(const std::string& name) {
    const Case* found = manifest().find(name);
    if (found == nullptr) failTest(__FILE__, __LINE__, "the manifest has no case " + name);
    return *found;
}

std::string dashed(const json& numbers) {
    std::string text;
    for (const json& number : numbers) text += (text.empty() ? "" : "-") + number.dump();
    return text;
}

// The network of a case; its pictures' size is that of x [..., 3, H, W].
std::string specOf(const Case& which, const StoredTensor& x) {
    const json& cfg = which.params.at("cfg");
    const std::size_t d = x.shape.size();
    return fmt::format(
        "condensenet:stages={},growth={},groups={},condense={},bottleneck={},group3x3={},classes={},size={}x{},"
        "stem_stride={},compression={}",
        dashed(cfg.at("stages")), dashed(cfg.at("growth")), cfg.at("groups").dump(), cfg.at("condense").dump(),
        cfg.at("bottleneck").dump(), cfg.at("groups_3x3").dump(), cfg.at("num_classes").dump(), x.shape[d - 2],
        x.shape[d - 1], cfg.at("init_stride").dump(), cfg.value("compression", 0.0));
}

std::string stateFile(const std::string& name) {
    return caseNamed(name).file.string();
}

void writeTensors(const std::string& path, StateDict tensors) {
    take(writeSafetensors(path, {std::move(tensors), {}}).map([] { return true; }));
}

// The cases of group "net" whose name ends so.
std::vector<const Case*> netCases(const std::string& end) {
    std::vector<const Case*> found;
    for (const Case* which : manifest().ofGroup("net")) {
        const std::string& name = which->name;
        if (name.size() > end.size() && name.compare(name.size() - end.size(), end.size(), end) == 0) {
            found.push_back(which);
        }
    }
    CHECK(!found.empty());
    return found;
}

void expectNothingWrong(const Check& check, const std::string& ignored = "") {
    std::istringstream lines(check.problems());
    std::string wrong;
    for (std::string line; std::getline(lines, line);) {
        // What a command does not write cannot be compared here; tests of core compare it.
        const bool notWritten = line.find(": not compared") != std::string::npos;
        if (!notWritten || (!ignored.empty() && line.find(ignored) != std::string::npos)) wrong += line + "\n";
    }
    if (!wrong.empty()) failTest(__FILE__, __LINE__, wrong);
}

// ---- one case through one command -----------------------------------------------------------------------------------

void forwardAndGradients(Cli& cli, const Case& which, const Words& more) {
    Check check = take(Check::open(which));
    const StoredTensor& x = check.tensor("in.x");
    const std::string spec = specOf(which, x), weights = stateFile(which.params.at("state"));
    writeTensors(cli.file("x"), {{"x", x}, {"target", check.tensor("in.target")}});

    Words forward{"forward", "--model", spec, "--weights", weights, "--in", "x", "--out", "y"};
    forward.insert(forward.end(), more.begin(), more.end());
    cli.done(forward);
    const StateDict logits = tensorsOf(cli.file("y"));
    CHECK_EQUAL(logits.size(), std::size_t{1});
    check.compare("out.logits_eval", logits.at("logits"));

    Words gradients{"check", "gradients", "--model", spec, "--weights", weights, "--in", "x", "--out", "g"};
    gradients.insert(gradients.end(), more.begin(), more.end());
    cli.done(gradients);
    for (const auto& [name, tensor] : tensorsOf(cli.file("g"))) {
        check.compare(name == "logits" ? "out.logits_train" : name == "loss" ? "out.loss_train" : name, tensor);
    }
    expectNothingWrong(check, ": grad.");
}

// The state dict after the steps, and whether their losses are the case's.
StateDict stepsOf(Cli& cli, const Case& which, const Words& more, bool compareLosses) {
    Check check = take(Check::open(which));
    const StoredTensor& x = check.tensor("in.x");
    writeTensors(cli.file("x"), {{"x", x}, {"target", check.tensor("in.target")}});
    const json& params = which.params;
    Words words{"check",       "steps",
                "--model",     specOf(which, x),
                "--weights",   stateFile(params.at("state")),
                "--in",        "x",
                "--epochs",    params.at("epochs").dump(),
                "--batches",   params.at("batches_per_epoch").dump(),
                "--lr",        params.at("lr").dump(),
                "--lasso",     params.at("group_lasso_lambda").dump(),
                "--out",       "losses",
                "--out-state", "state"};
    words.insert(words.end(), more.begin(), more.end());
    cli.done(words);
    if (compareLosses) {
        check.compare("out.loss", tensorsOf(cli.file("losses")).at("loss"));
        expectNothingWrong(check, ": out.loss:");
    }
    return tensorsOf(cli.file("state"));
}

std::string stemOf(const Case& which) {
    return which.name.substr(0, which.name.rfind('_'));  // "net_tiny" of "net_tiny_train"
}

void stepsWithQuirks(Cli& cli, const Case& which, const Words& more) {
    Words all{"--reference-quirks"};
    all.insert(all.end(), more.begin(), more.end());
    const StateDict state = stepsOf(cli, which, all, /*compareLosses=*/true);
    Check after = take(Check::open(caseNamed(stemOf(which) + "_final_state")));
    for (const auto& [name, tensor] : state) after.compare(name, tensor);
    const std::string problems = after.problems();
    if (!problems.empty()) failTest(__FILE__, __LINE__, problems);
}

// ---- tests ----------------------------------------------------------------------------------------------------------

void everyKindOfNetCaseIsKnown(Cli&) {
    for (const Case* which : manifest().ofGroup("net")) {
        bool known = false;
        // The last six are looked at together with the first three.
        for (const char* end : {"_forward", "_train", "_condensed", "_init_state", "_step1_state", "_final_state",
                                "_final_momentum", "_condensed_state"}) {
            const std::string text = end;
            known = known || (which->name.size() > text.size() &&
                              which->name.compare(which->name.size() - text.size(), text.size(), text) == 0);
        }
        if (!known) failTest(__FILE__, __LINE__, "no test knows what to do with " + which->name);
    }
}

void forwardAndCheckGradients(Cli& cli) {
    for (const Case* which : netCases("_forward")) forwardAndGradients(cli, *which, {"--threads", "2"});
}

void checkStepsWithReferenceQuirks(Cli& cli) {
    for (const Case* which : netCases("_train")) stepsWithQuirks(cli, *which, {"--threads", "2"});
}

// Without the quirks dropped weights are zero; with C = G and no step skipped, losses and live weights are the same.
void checkStepsWithoutQuirks(Cli& cli) {
    for (const Case* which : netCases("_train")) {
        const json& cfg = which->params.at("cfg");
        const bool same = cfg.at("groups") == cfg.at("condense");
        StateDict state = stepsOf(cli, *which, {}, /*compareLosses=*/same);
        Check after = take(Check::open(caseNamed(stemOf(*which) + "_final_state")));
        for (auto& [name, tensor] : state) {
            const std::size_t end = name.rfind("conv.weight");
            const auto mask = end == std::string::npos ? state.end() : state.find(name.substr(0, end) + "_mask");
            if (mask != state.end()) {
                const StoredTensor& expected = after.tensor(name);
                std::vector<float> values(tensor.floats().begin(), tensor.floats().end());
                std::size_t dropped = 0;
                for (std::size_t i = 0; i < values.size(); ++i) {
                    if (mask->second.floats()[i] != 0) continue;
                    ++dropped;
                    CHECK_EQUAL(values[i], 0.0F);
                    values[i] = expected.floats()[i];  // compared are the live ones
                }
                CHECK(dropped > 0);
                tensor = StoredTensor::ofFloats(tensor.shape, values);
            }
            if (same) after.compare(name, tensor);
        }
        if (same && !after.problems().empty()) failTest(__FILE__, __LINE__, after.problems());
    }
}

void everyInstructionSet(Cli& cli) {
    for (const std::string& isa : simdTargets()) {
        forwardAndGradients(cli, *netCases("_forward").back(), {"--isa", isa});
        stepsWithQuirks(cli, *netCases("_train").back(), {"--isa", isa});
    }
}

// The dense network, its condensed form made on the fly, the same written as a file, and the reference's own form.
void condensedForms(Cli& cli) {
    for (const Case* which : netCases("_condensed")) {
        Check check = take(Check::open(*which));
        const StoredTensor& x = check.tensor("in.x");
        writeTensors(cli.file("x"), {{"x", x}});
        const std::string spec = specOf(*which, x), state = stateFile(which->params.at("state")),
                          condensedName = which->params.at("condensed_state");
        const auto logits = [&](const std::string& model, const std::string& weights, const Words& more) {
            Words words{"forward", "--model", model, "--in", "x", "--out", "y"};
            if (!weights.empty()) words.insert(words.end(), {"--weights", weights});
            words.insert(words.end(), more.begin(), more.end());
            cli.done(words);
            return tensorsOf(cli.file("y")).at("logits");
        };
        const auto compare = [&](const std::string& name, const StoredTensor& got) {
            check.compare("out.logits_" + name, got);
            const auto argmax = "out.argmax_" + name;
            if (!check.has(argmax)) return;
            std::vector<std::int64_t> answers;
            const auto classes = static_cast<std::ptrdiff_t>(got.shape[1]);
            for (auto row = got.floats().begin(); row != got.floats().end(); row += classes) {
                answers.push_back(std::max_element(row, row + classes) - row);
            }
            check.compare(argmax, answers);
        };
        compare("dense", logits(spec, state, {}));
        compare("convs_only", logits(spec, state, {"--variant", "condensed"}));
        compare("condensed", logits(spec, state, {"--variant", "condensed", "--classifier-keep", "0.5"}));
        compare("condensed", logits(spec, stateFile(condensedName), {}));
        cli.done({"condense", "--model", spec, "--weights", state, "--classifier-keep", "0.5", "--out", "condensed"});
        compare("condensed", logits("condensed", "", {}));
        expectNothingWrong(check, ": out.");

        Check file = take(Check::open(caseNamed(condensedName)));
        for (const auto& [name, tensor] : tensorsOf(cli.file("condensed"))) file.compare(name, tensor);
        if (!file.problems().empty()) failTest(__FILE__, __LINE__, file.problems());
    }
}

// A state dict that lacks num_batches_tracked, as old ones do.
void weightsWithoutBatchCounts(Cli& cli) {
    const Case& which = *netCases("_forward").front();
    Check check = take(Check::open(which));
    const StoredTensor& x = check.tensor("in.x");
    StateDict state = tensorsOf(stateFile(which.params.at("state")));
    const std::size_t before = state.size();
    std::erase_if(state, [](const auto& entry) { return entry.first.ends_with("num_batches_tracked"); });
    CHECK(state.size() < before);
    writeTensors(cli.file("state"), state);
    writeTensors(cli.file("x"), {{"x", x}});
    cli.done({"forward", "--model", specOf(which, x), "--weights", "state", "--in", "x", "--out", "y"});
    check.compare("out.logits_eval", tensorsOf(cli.file("y")).at("logits"));
    expectNothingWrong(check);

    state.erase("classifier.bias");
    writeTensors(cli.file("state"), state);
    cli.fails(1, {"forward", "--model", specOf(which, x), "--weights", "state", "--in", "x", "--out", "y"},
              {"state", "classifier.bias"});
}

// ---- tables ---------------------------------------------------------------------------------------------------------

struct TableCase {
    std::string name, spec, variant;
};

// The networks of arch_totals.json that have a "config" are CondenseNets.
std::vector<TableCase> tableCases(const json& totals) {
    std::vector<TableCase> cases;
    for (const auto& [name, table] : totals.items()) {
        if (!table.contains("config")) continue;
        const json& config = table.at("config");
        cases.push_back(
            {name,
             fmt::format("condensenet:stages={},growth={},groups={},condense={},group3x3={},classes={},"
                         "size={},stem_stride={}",
                         dashed(config.at("stages")), dashed(config.at("growth")), config.at("groups").dump(),
                         config.at("condense").dump(), config.at("groups").dump(), config.at("classes").dump(),
                         config.at("size").dump(), config.at("imagenet").get<bool>() ? 2 : 1),
             name.substr(name.rfind('.') + 1)});
    }
    CHECK(!cases.empty());
    return cases;
}

Words inspectWords(const TableCase& which) {
    return {"inspect", "--model", which.spec, "--variant", which.variant, "--classifier-keep", "0.5"};
}

void inspectCountsTotals(Cli& cli) {
    const json totals = take(golden::readJson(folder() / "arch_totals.json"));
    for (const TableCase& which : tableCases(totals)) {
        const json counted = cli.object(inspectWords(which));
        for (const char* key : {"macs", "params", "ref_flops"})
            CHECK_EQUAL(counted.at(key), totals.at(which.name).at(key));
    }
    // The presets of those sizes are those networks.
    for (const auto& [preset, name] : std::initializer_list<std::pair<const char*, const char*>>{
             {"condensenet-86", "condensenet-86-cifar10-g4c4.dense"},
             {"condensenet-74-g4", "condensenet-74-imagenet-g4c4.dense"},
             {"condensenet-74-g8", "condensenet-74-imagenet-g8c8.dense"},
             {"densenet-100", "densenet-bc-100-12"}}) {
        if (!totals.contains(name)) continue;
        const json counted = cli.object({"inspect", "--model", preset});
        for (const char* key : {"macs", "params", "ref_flops"}) CHECK_EQUAL(counted.at(key), totals.at(name).at(key));
    }
}

void inspectCountsLayers(Cli& cli) {
    const json totals = take(golden::readJson(folder() / "arch_totals.json"));
    const json layers = take(golden::readJson(folder() / "arch_layers.json"));
    int compared = 0;
    for (const TableCase& which : tableCases(totals)) {
        if (!layers.contains(which.name)) continue;
        Words words = inspectWords(which);
        words.emplace_back("--layers");
        const json ours = cli.object(words).at("layers"), expected = layers.at(which.name);
        CHECK_EQUAL(ours.size(), expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            const json& layer = ours.at(i);
            json found{{"name", layer.at("name")},
                       {"type", layer.at("op")},
                       {"macs", layer.at("macs")},
                       {"params", layer.at("params")},
                       {"ref_ops", layer.at("ref_flops")},
                       {"out", {layer.at("channels"), layer.at("height"), layer.at("width")}}};
            if (layer.at("op") == "linear") found["out"] = json::array({layer.at("channels")});
            if (layer.at("op") == "linear" || layer.at("op") == "conv") {
                found["cin"] = layer.at("inputs");
                found["cout"] = layer.at("channels");
            }
            if (layer.at("op") == "conv") {
                for (const char* key : {"groups", "kernel", "stride"}) found[key] = layer.at(key);
            }
            CHECK_EQUAL(found, expected.at(i));
        }
        ++compared;
    }
    CHECK(compared > 0);
}

// ---- pictures -------------------------------------------------------------------------------------------------------

// Those of the group "image" that name a picture file.
void checkPreprocessOfTheFolder(Cli& cli) {
    for (const Case* which : manifest().ofGroup("image")) {
        if (!which->params.contains("png")) continue;
        Check check = take(Check::open(*which));
        const std::string expected = "out.tensor";
        const std::string size = std::to_string(which->tensors.at(expected).shape.back());
        const std::string picture = (folder() / which->params.at("png").get<std::string>()).string();
        cli.done({"check", "preprocess", picture, "--size", size, "--out", "tensor"});
        check.compare(expected, tensorsOf(cli.file("tensor")).at("tensor"));
        expectNothingWrong(check, expected);
    }
}

// Known without a table: one colour stays one colour, and of an even ramp across the picture the middle is seen.
void checkPreprocessOfPlainPictures(Cli& cli) {
    const float mean[] = {0.485F, 0.456F, 0.406F}, deviation[] = {0.229F, 0.224F, 0.225F};
    const std::uint8_t colour[] = {10, 128, 250};
    Picture plain{60, 90, {}};
    for (int i = 0; i < plain.height * plain.width; ++i) plain.pixels.insert(plain.pixels.end(), colour, colour + 3);
    take(writePng(cli.file("plain.png"), plain).map([] { return true; }));
    for (const char* size : {"224", "32", "7"}) {
        cli.done({"check", "preprocess", "plain.png", "--size", size, "--out", "tensor"});
        const StoredTensor tensor = tensorsOf(cli.file("tensor")).at("tensor");
        const std::int64_t side = std::stoi(size);
        CHECK(tensor.shape == (std::vector<std::int64_t>{3, side, side}));
        for (std::size_t i = 0; i < tensor.floats().size(); ++i) {
            const std::size_t channel = i / static_cast<std::size_t>(side * side);
            const float expected = (static_cast<float>(colour[channel]) / 255 - mean[channel]) / deviation[channel];
            CHECK(std::abs(tensor.floats()[i] - expected) < 1e-5);
        }
    }
    // 256 x 512 is not resized for size 224: the crop begins at row 16, column 144.
    Picture ramp{256, 512, {}};
    for (int i = 0; i < ramp.height * ramp.width; ++i) {
        const int y = i / ramp.width, x = i % ramp.width;
        for (const int value : {y, x / 2, 0}) ramp.pixels.push_back(static_cast<std::uint8_t>(value));
    }
    take(writePng(cli.file("ramp.png"), ramp).map([] { return true; }));
    cli.done({"check", "preprocess", "ramp.png", "--size", "224", "--out", "tensor"});
    const StoredTensor tensor = tensorsOf(cli.file("tensor")).at("tensor");
    const auto at = [&](std::size_t channel, std::size_t y, std::size_t x) {
        const float value = tensor.floats()[(channel * 224 + y) * 224 + x];
        return static_cast<double>(value * deviation[channel] + mean[channel]) * 255;
    };
    for (const std::size_t k : {0, 1, 100, 223}) {
        CHECK(std::abs(at(0, k, 5) - static_cast<double>(16 + k)) < 1e-3);
        CHECK(std::abs(at(1, 5, k) - static_cast<double>((144 + k) / 2)) < 1e-3);
    }
}

}  // namespace

int main(int argc, char** argv) {
    return runTests(argc, argv,
                    {{"everyKindOfNetCaseIsKnown", everyKindOfNetCaseIsKnown},
                     {"forwardAndCheckGradients", forwardAndCheckGradients},
                     {"checkStepsWithReferenceQuirks", checkStepsWithReferenceQuirks},
                     {"checkStepsWithoutQuirks", checkStepsWithoutQuirks},
                     {"everyInstructionSet", everyInstructionSet},
                     {"condensedForms", condensedForms},
                     {"weightsWithoutBatchCounts", weightsWithoutBatchCounts},
                     {"inspectCountsTotals", inspectCountsTotals},
                     {"inspectCountsLayers", inspectCountsLayers},
                     {"checkPreprocessOfTheFolder", checkPreprocessOfTheFolder},
                     {"checkPreprocessOfPlainPictures", checkPreprocessOfPlainPictures}});
}
