// A trained network and its condensed form: the same answers, fewer multiply-adds; and what eval and classify tell.
#include <algorithm>
#include <cmath>
#include <filesystem>

#include "cli_test.h"
#include "io/safetensors.h"
#include "network/network.h"
#include "support/io_scratch.h"
#include "support/pictures.h"
#include "support/tiny_data.h"

using namespace condenser;
using namespace condenser::test;

namespace {

constexpr double kLogitTolerance = 1e-4;

std::string dataOf(Cli& cli) {
    return "folder:" + cli.file("data");
}

// Trains "run/model.safetensors" on three classes, and leaves noise in "x".
void trainTiny(Cli& cli) {
    writeTinyFolder(cli.file("data"), 20, 10);
    cli.done({"train", "--data", dataOf(cli), "--model", kTinySpec, "--epochs", "8", "--batch", "16", "--out", "run",
              "--quiet"});
    std::vector<float> values;
    const Picture noise = noisePicture(16, 16 * 70);  // more pictures than go through the network at once
    for (const std::uint8_t byte : noise.pixels) values.push_back(static_cast<float>(byte) / 64 - 2);
    const StoredTensor x = StoredTensor::ofFloats({70, 3, 16, 16}, values);
    CHECK(writeSafetensors(cli.file("x"), {{{"x", x}}, {}}).has_value());
}

constexpr const char* kModel = "run/model.safetensors";

StoredTensor logitsOf(Cli& cli, const std::string& model, const Words& more = {}) {
    Words words{"forward", "--model", model, "--in", "x", "--out", "y"};
    words.insert(words.end(), more.begin(), more.end());
    cli.done(words);
    return tensorsOf(cli.file("y")).at("logits");
}

json evalOf(Cli& cli, const std::string& model, const Words& more = {}) {
    Words words{"eval", "--model", model, "--data", dataOf(cli), "--quiet"};
    words.insert(words.end(), more.begin(), more.end());
    return cli.object(words);
}

void condensedAnswersTheSame(Cli& cli) {
    trainTiny(cli);
    const json told = cli.object({"condense", "--model", kModel, "--out", "condensed.safetensors"});
    CHECK(told.at("condensed").at("macs") < told.at("dense").at("macs"));
    CHECK(told.at("condensed").at("params") < told.at("dense").at("params"));

    const json dense = evalOf(cli, kModel), file = evalOf(cli, "condensed.safetensors"),
               onTheFly = evalOf(cli, kModel, {"--variant", "condensed"});
    CHECK_EQUAL(dense.at("variant").get<std::string>(), "dense");
    CHECK_EQUAL(file.at("variant").get<std::string>(), "condensed");
    for (const json& condensed : {file, onTheFly}) {
        for (const char* key : {"top1", "top5", "images", "classes", "confusion"}) {
            CHECK_EQUAL(condensed.at(key), dense.at(key));
        }
        CHECK(std::abs(condensed.at("loss").get<double>() - dense.at("loss").get<double>()) < kLogitTolerance);
    }
    const StoredTensor logits = logitsOf(cli, kModel), ofFile = logitsOf(cli, "condensed.safetensors");
    CHECK(logits.shape == (std::vector<std::int64_t>{70, 3}));
    CHECK(largestDistance(logits, ofFile) <= kLogitTolerance);
    CHECK(largestDistance(logits, logitsOf(cli, kModel, {"--variant", "condensed"})) <= kLogitTolerance);
    // Of a network whose logits were all alike this would say nothing.
    CHECK(*std::max_element(logits.floats().begin(), logits.floats().end()) -
              *std::min_element(logits.floats().begin(), logits.floats().end()) >
          0.01F);
}

void aCondensedFileHoldsConvertedLayers(Cli& cli) {
    trainTiny(cli);
    cli.done({"condense", "--model", kModel, "--out", "condensed.safetensors"});
    const TensorFile file = take(readSafetensors(cli.file("condensed.safetensors")));
    const json described = json::parse(file.metadata.at("condenser")),
               trained = json::parse(take(readSafetensors(cli.file(kModel))).metadata.at("condenser"));
    CHECK_EQUAL(described.at("variant").get<std::string>(), "condensed");
    for (const char* key : {"version", "spec", "classes", "mean", "std", "resize", "trained"}) {
        CHECK_EQUAL(described.at(key), trained.at(key));
    }
    // In / C inputs for each of G groups.
    const StoredTensor& index = file.tensors.at("features.denseblock_1.denselayer_1.conv_1.index");
    CHECK_EQUAL(index.int64s().size(), std::size_t{8 / 4 * 2});
    CHECK(!file.tensors.contains("features.denseblock_1.denselayer_1.conv_1._mask"));

    // A dense network cannot come back, and condensing again changes nothing.
    cli.fails(2, {"forward", "--model", "condensed.safetensors", "--variant", "dense", "--in", "x", "--out", "y"},
              {"condensed.safetensors", "dropped"});
    cli.done({"condense", "--model", "condensed.safetensors", "--out", "again.safetensors"});
    CHECK_EQUAL(bitDifference(tensorsOf(cli.file("again.safetensors")), file.tensors), "");
}

// A training with the reference's accidents that jumped from step 0 to the last: three quarters of the inputs still
// live. Our condensing chooses among them by importance and says so; the reference's takes the first.
void stepsLostByTheReference(Cli& cli) {
    const NetworkSpec spec = take(parseNetworkSpec(kTinySpec));
    CHECK(writeSafetensors(cli.file("w"), {Network(spec, 1).state(), {}}).has_value());
    std::vector<float> values;
    const Picture noise = noisePicture(16, 16 * 4);
    for (const std::uint8_t byte : noise.pixels) values.push_back(static_cast<float>(byte) / 64 - 2);
    StateDict batch;
    batch["x"] = StoredTensor::ofFloats({1, 4, 3, 16, 16}, values);
    batch["target"] = StoredTensor::ofInt64s({1, 4}, std::vector<std::int64_t>{0, 1, 2, 0});
    CHECK(writeSafetensors(cli.file("x"), {batch, {}}).has_value());
    cli.done({"check",  "steps",       "--model",  kTinySpec, "--weights",          "w",
              "--in",   "x",           "--epochs", "1",       "--batches",          "2",
              "--lr",   "0.1",         "--lasso",  "0",       "--reference-quirks", "--out",
              "losses", "--out-state", "state"});
    const std::string layer = "features.denseblock_1.denselayer_1.conv_1.";
    const StateDict state = tensorsOf(cli.file("state"));
    CHECK_EQUAL(state.at(layer + "_stage").floats()[0], 3.0F);
    const auto mask = state.at(layer + "_mask").floats();  // [16 filters, 8 inputs], groups interleaved
    std::vector<std::int64_t> first;
    for (std::size_t group = 0; group < 2; ++group) {
        std::vector<std::int64_t> live;
        for (std::size_t c = 0; c < 8; ++c) {
            if (mask[group * 8 + c] != 0) live.push_back(static_cast<std::int64_t>(c));
        }
        CHECK_EQUAL(live.size(), std::size_t{6});
        first.insert(first.end(), live.begin(), live.begin() + 2);
    }

    const Words condense{"condense", "--model", kTinySpec, "--weights", "state", "--out"};
    Words words = condense;
    words.insert(words.end(), {"reference", "--reference-quirks"});
    CHECK_EQUAL(cli.done(words).err, "");
    const StateDict reference = tensorsOf(cli.file("reference"));
    const auto ofReference = reference.at(layer + "index").int64s();
    CHECK(std::equal(ofReference.begin(), ofReference.end(), first.begin(), first.end()));

    words = condense;
    words.push_back("ours");
    CHECK_HOLDS(cli.done(words).err, "lost");
    const StateDict ours = tensorsOf(cli.file("ours"));
    const auto weight = state.at(layer + "conv.weight").floats();
    for (std::size_t group = 0; group < 2; ++group) {
        std::vector<std::pair<double, std::int64_t>> importance;
        for (std::size_t c = 0; c < 8; ++c) {
            double sum = 0;
            for (std::size_t o = group; o < 16; o += 2) {
                sum += std::abs(static_cast<double>(weight[o * 8 + c] * mask[o * 8 + c]));
            }
            importance.emplace_back(sum, static_cast<std::int64_t>(c));
        }
        std::sort(importance.begin(), importance.end());
        std::vector<std::int64_t> strongest{importance[6].second, importance[7].second};
        std::sort(strongest.begin(), strongest.end());
        const auto index = ours.at(layer + "index").int64s().subspan(group * 2, 2);
        CHECK(std::equal(index.begin(), index.end(), strongest.begin(), strongest.end()));
    }
}

void classifierKeepDropsInputs(Cli& cli) {
    trainTiny(cli);
    cli.done({"condense", "--model", kModel, "--out", "whole.safetensors"});
    cli.done({"condense", "--model", kModel, "--classifier-keep", "0.5", "--out", "half.safetensors"});
    const std::size_t inputs = 16;  // 2*4 of the stem, 4 of each block's layer
    const StateDict whole = tensorsOf(cli.file("whole.safetensors")), half = tensorsOf(cli.file("half.safetensors"));
    CHECK(half.at("classifier.linear.weight").shape == (std::vector<std::int64_t>{3, inputs / 2}));
    CHECK_EQUAL(half.at("classifier.index").int64s().size(), inputs / 2);
    // Those with the largest sums of |w|.
    const StateDict dense = tensorsOf(cli.file(kModel));
    const auto weights = dense.at("classifier.weight").floats();
    std::vector<std::pair<double, std::int64_t>> sums;
    for (std::size_t c = 0; c < inputs; ++c) {
        double sum = 0;
        for (std::size_t k = 0; k < 3; ++k) sum += std::abs(static_cast<double>(weights[k * inputs + c]));
        sums.emplace_back(sum, static_cast<std::int64_t>(c));
    }
    std::sort(sums.begin(), sums.end());
    for (std::size_t i = 0; i < inputs / 2; ++i) {
        CHECK_EQUAL(half.at("classifier.index").int64s()[i], sums[inputs / 2 + i].second);
    }

    const StoredTensor halved = logitsOf(cli, "half.safetensors");
    CHECK(largestDistance(halved, logitsOf(cli, kModel)) > kLogitTolerance);  // by design
    CHECK(largestDistance(halved, logitsOf(cli, kModel, {"--variant", "condensed", "--classifier-keep", "0.5"})) == 0);
    // It acts on the condensed form only, and a condensed file keeps its own.
    CHECK(largestDistance(logitsOf(cli, kModel, {"--classifier-keep", "0.5"}), logitsOf(cli, kModel)) == 0);
    CHECK(largestDistance(halved, logitsOf(cli, "half.safetensors", {"--classifier-keep", "0.25"})) == 0);
    evalOf(cli, kModel, {"--variant", "condensed", "--classifier-keep", "0.5"});

    // Counted alike, whether from the spec, the dense file or the condensed one.
    const auto macsOf = [&](const Words& more) {
        Words words{"inspect", "--model"};
        words.insert(words.end(), more.begin(), more.end());
        const json counted = cli.object(words);
        return json{counted.at("macs"), counted.at("params"), counted.at("ref_flops")};
    };
    const Words condensedHalf{"--variant", "condensed", "--classifier-keep", "0.5"};
    Words ofSpec{kTinySpec}, ofFile{kModel};
    ofSpec.insert(ofSpec.end(), condensedHalf.begin(), condensedHalf.end());
    ofFile.insert(ofFile.end(), condensedHalf.begin(), condensedHalf.end());
    CHECK_EQUAL(macsOf({"half.safetensors"}), macsOf(ofSpec));
    CHECK_EQUAL(macsOf(ofFile), macsOf(ofSpec));
    CHECK(macsOf({"half.safetensors"}) != macsOf({"whole.safetensors"}));
}

void outstandingStepsAreAppliedAndTold(Cli& cli) {
    const Finished told = cli.done({"condense", "--model", "condensenet-tiny", "--out", "fresh.safetensors"});
    CHECK_HOLDS(told.err, "condenser-cli: condensenet-tiny: 3 of 3 condensing steps were outstanding");
    CHECK_EQUAL(cli.object({"inspect", "--model", "fresh.safetensors"}).at("variant").get<std::string>(), "condensed");
    // The same seed gives the same network, another one another.
    const auto weightsOf = [&](const char* seed) {
        cli.done({"condense", "--model", "condensenet-tiny", "--seed", seed, "--out", "seeded.safetensors"});
        return tensorsOf(cli.file("seeded.safetensors"));
    };
    CHECK_EQUAL(bitDifference(weightsOf("1"), tensorsOf(cli.file("fresh.safetensors"))), "");
    CHECK(bitDifference(weightsOf("2"), tensorsOf(cli.file("fresh.safetensors"))) != "");

    // In the middle of condensing: the two portions that are missing are dropped.
    trainTiny(cli);
    CHECK_HOLDS(cli.done({"eval", "--model", "run/step-2.safetensors", "--data", dataOf(cli), "--variant", "condensed",
                          "--quiet"})
                    .err,
                "2 of 3 condensing steps were outstanding");
}

void evalTellsEveryFigure(Cli& cli) {
    trainTiny(cli);
    const json report = evalOf(cli, kModel);
    const std::vector<std::string> keys{"model", "variant", "data",         "split",   "images",   "top1",
                                        "top5",  "loss",    "images_per_s", "classes", "confusion"};
    CHECK_EQUAL(report.size(), keys.size());
    for (const std::string& key : keys) CHECK(report.contains(key));
    CHECK_EQUAL(report.at("model").get<std::string>(), kModel);
    CHECK_EQUAL(report.at("data").get<std::string>(), dataOf(cli));
    CHECK_EQUAL(report.at("split").get<std::string>(), "test");
    CHECK_EQUAL(report.at("images").get<int>(), 30);
    CHECK(report.at("images_per_s").get<double>() > 0);
    CHECK_EQUAL(report.at("top5").get<double>(), 1.0);  // of three classes

    int right = 0;
    for (std::size_t k = 0; k < 3; ++k) {
        const json& one = report.at("classes").at(k);
        CHECK_EQUAL(one.at("name").get<std::string>(), shapesClasses()[k]);
        CHECK_EQUAL(one.at("images").get<int>(), 10);
        const json& row = report.at("confusion").at(k);
        CHECK_EQUAL(row.at(0).get<int>() + row.at(1).get<int>() + row.at(2).get<int>(), 10);
        CHECK_EQUAL(one.at("top1").get<double>(), row.at(k).get<int>() / 10.0);
        right += row.at(k).get<int>();
    }
    CHECK_EQUAL(report.at("top1").get<double>(), right / 30.0);

    // The same on any number of threads.
    for (const char* threads : {"1", "2"}) {
        const json again = evalOf(cli, kModel, {"--threads", threads});
        CHECK_EQUAL(again.at("loss"), report.at("loss"));
        CHECK_EQUAL(again.at("confusion"), report.at("confusion"));
    }
    // A preset knows no class names: it is held against the data's, in sorted order; their number must fit.
    const Finished ten = cli.fails(1, {"eval", "--model", "condensenet-tiny", "--data", dataOf(cli), "--quiet"},
                                   {"3 classes", "the network has 10", "classes=3"});
    CHECK_EQUAL(cli.object({"eval", "--model", std::string(kTinySpec), "--data", dataOf(cli)}).at("images").get<int>(),
                30);
    // Data with other classes do not fit the file.
    std::filesystem::rename(cli.file("data/test/" + shapesClasses()[0]), cli.file("data/test/unheard"));
    std::filesystem::rename(cli.file("data/train/" + shapesClasses()[0]), cli.file("data/train/unheard"));
    cli.fails(1, {"eval", "--model", kModel, "--data", dataOf(cli), "--quiet"}, {"unheard"});
}

void classifyNamesTheClasses(Cli& cli) {
    trainTiny(cli);
    const std::string picture = cli.file("data/test/" + shapesClasses()[1] + "/0.png");
    const json both = cli.object({"classify", "--model", kModel, picture, cli.file("data/test/" + shapesClasses()[2])});
    CHECK_EQUAL(both.at("pictures").size(), std::size_t{11});
    CHECK_EQUAL(both.at("failed").get<int>(), 0);
    const json first = both.at("pictures").at(0);
    CHECK_EQUAL(first.at("file").get<std::string>(), picture);
    CHECK_EQUAL(first.at("top").size(), std::size_t{3});
    double sum = 0, last = 1;
    for (const json& answer : first.at("top")) {
        const double probability = answer.at("probability");
        CHECK(probability <= last);
        CHECK_EQUAL(answer.at("class").get<std::string>(), shapesClasses()[answer.at("index").get<std::size_t>()]);
        sum += last = probability;
    }
    CHECK(std::abs(sum - 1) < 1e-6);

    const json condensed = cli.object({"classify", "--model", kModel, "--variant", "condensed", "--top", "1", picture});
    CHECK_EQUAL(condensed.at("variant").get<std::string>(), "condensed");
    const json& answers = condensed.at("pictures").at(0).at("top");
    CHECK_EQUAL(answers.size(), std::size_t{1});
    CHECK_EQUAL(answers.at(0).at("class"), first.at("top").at(0).at("class"));
    CHECK(std::abs(answers.at(0).at("probability").get<double>() -
                   first.at("top").at(0).at("probability").get<double>()) < kLogitTolerance);
    // For people, the answer stands below the file.
    const Finished text = cli.done({"classify", "--model", kModel, picture});
    CHECK_HOLDS(text.out, picture);
    CHECK_HOLDS(text.out, answers.at(0).at("class").get<std::string>());
    CHECK_HOLDS(text.out, " %");
}

// As many right answers as eval counts: both see the pictures the same way.
void classifyAgreesWithEval(Cli& cli) {
    trainTiny(cli);
    int right = 0;
    for (std::size_t k = 0; k < 3; ++k) {
        const json answers =
            cli.object({"classify", "--model", kModel, "--top", "1", cli.file("data/test/" + shapesClasses()[k])});
        for (const json& picture : answers.at("pictures")) {
            if (picture.at("top").at(0).at("class") == shapesClasses()[k]) ++right;
        }
    }
    CHECK_EQUAL(right / 30.0, evalOf(cli, kModel).at("top1").get<double>());
}

void inspectShowsConnections(Cli& cli) {
    trainTiny(cli);
    const std::string layer = "features.denseblock_2.denselayer_1.conv_1";
    cli.done({"condense", "--model", kModel, "--out", "condensed.safetensors"});
    json shown[2];
    for (std::size_t i = 0; i < 2; ++i) {
        const std::string model = i == 0 ? kModel : "condensed.safetensors";
        shown[i] = cli.object({"inspect", "--model", model, "--connections", layer}).at("connections");
    }
    CHECK_EQUAL(shown[0], shown[1]);  // the masks of the one are the index layers of the other
    CHECK_EQUAL(shown[0].at("steps_done").get<int>(), 3);
    CHECK_EQUAL(shown[0].at("inputs").get<int>(), 12);
    CHECK_EQUAL(shown[0].at("index").size(), std::size_t{2});
    for (const json& group : shown[0].at("index")) CHECK_EQUAL(group.size(), std::size_t{12 / 4});
    CHECK_EQUAL(cli.object({"inspect", "--model", "run/step-2.safetensors", "--connections", "2.1"})
                    .at("connections")
                    .at("steps_done")
                    .get<int>(),
                1);
    for (const auto& [model, steps] : std::initializer_list<std::pair<const char*, int>>{
             {kModel, 3}, {"run/step-2.safetensors", 1}, {"condensed.safetensors", 3}, {kTinySpec, 0}}) {
        const json inspected = cli.object({"inspect", "--model", model});
        CHECK_EQUAL(inspected.at("steps_done").get<int>(), steps);
        CHECK_EQUAL(inspected.at("steps").get<int>(), 3);
    }
    CHECK_HOLDS(cli.done({"inspect", "--model", "run/step-2.safetensors"}).out, "1 of 3 steps done");
    cli.fails(2, {"inspect", "--model", kModel, "--connections", "features.init_conv"},
              {"features.init_conv", "features.denseblock_1.denselayer_1.conv_1", layer});
}

void forwardTakesAnySize(Cli& cli) {
    const std::vector<float> values(2 * 3 * 33 * 20, 0.5F);
    CHECK(writeSafetensors(cli.file("odd"), {{{"x", StoredTensor::ofFloats({2, 3, 33, 20}, values)}}, {}}).has_value());
    const json told =
        cli.object({"forward", "--model", "condensenet-tiny", "--in", "odd", "--out", "y", "--threads", "1"});
    CHECK_EQUAL(told.at("height").get<int>(), 33);
    const StoredTensor logits = tensorsOf(cli.file("y")).at("logits");
    CHECK(logits.shape == (std::vector<std::int64_t>{2, 10}));
    cli.done({"forward", "--model", "condensenet-tiny", "--in", "odd", "--out", "y2", "--threads", "2"});
    CHECK_EQUAL(bitDifference(tensorsOf(cli.file("y")), tensorsOf(cli.file("y2"))), "");
}

}  // namespace

int main(int argc, char** argv) {
    return runTests(argc, argv,
                    {{"condensedAnswersTheSame", condensedAnswersTheSame},
                     {"aCondensedFileHoldsConvertedLayers", aCondensedFileHoldsConvertedLayers},
                     {"classifierKeepDropsInputs", classifierKeepDropsInputs},
                     {"outstandingStepsAreAppliedAndTold", outstandingStepsAreAppliedAndTold},
                     {"stepsLostByTheReference", stepsLostByTheReference},
                     {"evalTellsEveryFigure", evalTellsEveryFigure},
                     {"classifyNamesTheClasses", classifyNamesTheClasses},
                     {"classifyAgreesWithEval", classifyAgreesWithEval},
                     {"inspectShowsConnections", inspectShowsConnections},
                     {"forwardTakesAnySize", forwardTakesAnySize}});
}
