// The networks that CondenseNet is measured against, on the command line: counted, run, refused elsewhere.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/rng.h"
#include "cli_test.h"
#include "infer/baselines.h"
#include "infer/reference_graph.h"
#include "io/safetensors.h"
#include "tensor/tensor.h"

using namespace condenser;
using namespace condenser::test;

namespace {

StoredTensor randomTensor(Rng& rng, std::vector<std::int64_t> shape, double low, double high) {
    std::size_t count = 1;
    for (const std::int64_t length : shape) count *= static_cast<std::size_t>(length);
    std::vector<float> values(count);
    for (float& value : values) value = static_cast<float>(low + (high - low) * rng.uniform());
    return StoredTensor::ofFloats(std::move(shape), values);
}

void write(const std::string& file, StateDict tensors) {
    TensorFile content;
    content.tensors = std::move(tensors);
    take(writeSafetensors(file, content).map([] { return true; }));
}

// Writes pictures for --in, and returns them.
StoredTensor writePictures(Cli& cli, int count, int height, int width) {
    Rng rng(1, RandomStream::kTest);
    const StoredTensor x = randomTensor(rng, {count, 3, height, width}, -2, 2);
    write(cli.file("x.safetensors"), {{"x", x}});
    return x;
}

// y.safetensors holds what the plain reference makes of the pictures. The plan computes in floats: the errors of its
// sums, 2^-24 for each product where all are of one sign, partly cancel; 1e-4 of the largest logit is far below what a
// wrong channel, border or norm would change.
void checkLogits(Cli& cli, const Graph& graph, const StoredTensor& x) {
    const auto side = [&](std::size_t i) { return static_cast<int>(x.shape[i]); };
    const std::vector<float> expected =
        referenceLogits(graph, Tensor::fromPacked(side(0), 3, side(2), side(3), x.floats()).view());
    const StoredTensor logits = tensorsOf(cli.file("y.safetensors")).at("logits");
    float largest = 0;
    for (const float value : expected) largest = std::max(largest, std::abs(value));
    CHECK(largest > 0.01f);
    const double distance = largestDistance(logits, StoredTensor::ofFloats({x.shape[0], graph.classes()}, expected));
    CHECK(distance <= 1e-4 * static_cast<double>(largest));
}

void inspectCounts(Cli& cli) {
    const std::map<std::string, std::pair<std::int64_t, std::int64_t>> known{
        {"resnet-18", {1'814'073'344, 11'689'512}},
        {"mobilenet-1.0", {568'740'352, 4'231'976}},
        {"vgg-16", {15'470'264'320, 138'357'544}}};
    for (const Baseline& baseline : baselines()) {
        const json report = cli.object({"inspect", "--model", baseline.name, "--layers"});
        CHECK_EQUAL(report.at("model").get<std::string>(), baseline.name);
        CHECK_EQUAL(report.at("variant").get<std::string>(), "dense");
        CHECK_EQUAL(report.at("height").get<int>(), baseline.size);
        CHECK_EQUAL(report.at("macs").get<std::int64_t>(), known.at(baseline.name).first);
        CHECK_EQUAL(report.at("params").get<std::int64_t>(), known.at(baseline.name).second);
        std::int64_t macs = 0;
        for (const json& layer : report.at("layers")) macs += layer.at("macs").get<std::int64_t>();
        CHECK_EQUAL(macs, known.at(baseline.name).first);
        CHECK_EQUAL(report.at("layers").back().at("channels").get<int>(), baseline.classes);
        CHECK_EQUAL(report.at("layers").back().at("op").get<std::string>(), "linear");
    }
    const json layers = cli.object({"inspect", "--model", "mobilenet-1.0", "--layers"}).at("layers");
    CHECK_EQUAL(layers[1], json::parse(R"({"name": "features.block1.depthwise", "op": "depthwise", "channels": 32,
        "height": 112, "width": 112, "inputs": 32, "kernel": 3, "groups": 32, "stride": 1, "macs": 3612672})"));
    CHECK_HOLDS(cli.done({"inspect", "--model", "resnet-18"}).out, "11.69 M parameters");
    CHECK_HOLDS(cli.done({"inspect", "--model", "resnet-18", "--layers"}).out, "layer2.0.downsample.0");
}

// From a seed, more pictures than go in one batch, of a size that no stride divides.
void forwardFromASeed(Cli& cli) {
    const StoredTensor x = writePictures(cli, 9, 21, 34);
    for (const char* name : {"resnet-18", "mobilenet-1.0"}) {
        const json report =
            cli.object({"forward", "--model", name, "--in", "x.safetensors", "--out", "y.safetensors", "--seed", "3"});
        CHECK_EQUAL(report.at("images").get<int>(), 9);
        CHECK_EQUAL(report.at("width").get<int>(), 34);
        checkLogits(cli, take(baselineGraph(name, 21, 34, std::uint64_t{3})), x);
    }
}

// MobileNet's tensors, of random values.
StateDict mobilenetState() {
    StateDict state;
    Rng rng(2, RandomStream::kTest);
    const auto conv = [&](const std::string& name, int outputs, int inputs, int kernel) {
        const double bound = std::sqrt(6.0 / (inputs * kernel * kernel));
        state[name + ".weight"] = randomTensor(rng, {outputs, inputs, kernel, kernel}, -bound, bound);
    };
    const auto norm = [&](const std::string& name, int channels) {
        state[name + ".weight"] = randomTensor(rng, {channels}, 0.7, 1.3);
        state[name + ".bias"] = randomTensor(rng, {channels}, -0.2, 0.2);
        state[name + ".running_mean"] = randomTensor(rng, {channels}, -0.2, 0.2);
        state[name + ".running_var"] = randomTensor(rng, {channels}, 0.7, 1.3);
    };
    conv("features.conv0", 32, 3, 3);
    norm("features.norm0", 32);
    const int channels[] = {32, 64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024};
    for (int b = 1; b <= 13; ++b) {
        const std::string name = fmt::format("features.block{}.", b);
        conv(name + "depthwise", channels[b - 1], 1, 3);
        norm(name + "norm1", channels[b - 1]);
        conv(name + "pointwise", channels[b], channels[b - 1], 1);
        norm(name + "norm2", channels[b]);
    }
    state["classifier.weight"] = randomTensor(rng, {1000, 1024}, -0.05, 0.05);
    state["classifier.bias"] = randomTensor(rng, {1000}, -0.2, 0.2);
    return state;
}

void forwardWithWeights(Cli& cli) {
    const StoredTensor x = writePictures(cli, 2, 40, 33);
    StateDict state = mobilenetState();
    write(cli.file("w.safetensors"), state);
    const Words words{"forward",       "--in",      "x.safetensors", "--out",
                      "y.safetensors", "--weights", "w.safetensors", "--model"};
    Words mobilenet = words, resnet = words;
    mobilenet.emplace_back("mobilenet-1.0");
    resnet.emplace_back("resnet-18");
    cli.done(mobilenet);
    checkLogits(cli, take(baselineGraph("mobilenet-1.0", 40, 33, state)), x);

    std::filesystem::remove(cli.file("y.safetensors"));
    cli.fails(1, resnet, {"w.safetensors", "conv1.weight is missing", "resnet-18"});
    state.erase("classifier.bias");
    write(cli.file("w.safetensors"), state);
    cli.fails(1, mobilenet, {"w.safetensors", "classifier.bias is missing"});
    CHECK(!std::filesystem::exists(cli.file("y.safetensors")));
}

void whatTheyCannotDo(Cli& cli) {
    writePictures(cli, 1, 3, 32);
    const auto forward = [](const char* name) {
        return Words{"forward", "--in", "x.safetensors", "--out", "y.safetensors", "--model", name};
    };
    Words condensed = forward("resnet-18");
    condensed.insert(condensed.end(), {"--variant", "condensed"});
    cli.fails(2, condensed, {"resnet-18", "CondenseNets"});
    cli.fails(2, forward("vgg-16"), {"3 x 32", "7 x 7"});
    cli.fails(2, {"inspect", "--model", "vgg-16", "--variant", "learned"}, {"vgg-16", "CondenseNets"});
    cli.fails(2, {"inspect", "--model", "vgg-16", "--connections", "1.1"}, {"1.1", "vgg-16"});
    for (const Words& words : {Words{"train", "--data", "shapes10"},
                               {"eval", "--data", "shapes10"},
                               {"condense", "--out", "o.safetensors"},
                               {"classify", "a.png"}}) {
        Words all = words;
        all.insert(all.end(), {"--model", "mobilenet-1.0"});
        cli.fails(1, all, {"mobilenet-1.0", "CondenseNets and DenseNets only"});
    }
}

}  // namespace

int main(int argc, char** argv) {
    return runTests(argc, argv,
                    {{"inspectCounts", inspectCounts},
                     {"forwardFromASeed", forwardFromASeed},
                     {"forwardWithWeights", forwardWithWeights},
                     {"whatTheyCannotDo", whatTheyCannotDo}});
}
