// Every kind of --data: checked, trained on, and evaluated on.
#include <filesystem>

#include "cli_test.h"
#include "io/safetensors.h"
#include "support/io_scratch.h"
#include "support/published_sets.h"
#include "support/tiny_data.h"

using namespace condenser;
using namespace condenser::test;

namespace fs = std::filesystem;

namespace {

constexpr const char* kSpec =
    "condensenet:stages=1-1,growth=4-4,groups=2,condense=4,bottleneck=4,group3x3=2,classes=10,size=16";

void put(Cli& cli, const std::string& name, const std::string& bytes) {
    fs::create_directories(fs::path(cli.file(name)).parent_path());
    writeBytes(cli.file(name), bytes);
}

struct Expected {
    int train, test;
    std::vector<std::string> classes;
};

// `data check`, `train` for an epoch, and `eval` of what came out, on data of ten classes that are all sound. Returns
// what the model says of itself.
json wholeWay(Cli& cli, const std::string& data, const Expected& expected) {
    const json report = cli.object({"data", "check", data, "--quiet"});
    CHECK_EQUAL(report.at("split").get<std::string>(), "test");
    CHECK_EQUAL(report.at("train").get<int>(), expected.train);
    CHECK_EQUAL(report.at("test").get<int>(), expected.test);
    CHECK_EQUAL(report.at("unreadable").size(), std::size_t{0});
    CHECK_EQUAL(report.at("classes").size(), expected.classes.size());
    for (std::size_t i = 0; i < expected.classes.size(); ++i) {
        CHECK_EQUAL(report.at("classes")[i].at("name").get<std::string>(), expected.classes[i]);
    }

    const json trained = cli.object(
        {"train", "--data", data, "--model", kSpec, "--epochs", "1", "--batch", "8", "--out", "run", "--quiet"});
    CHECK_EQUAL(trained.at("state").get<std::string>(), "finished");
    CHECK_EQUAL(json::parse(readBytes(cli.file("run/run.json"))).at("train_images").get<int>(), expected.train);

    const json evaluated = cli.object({"eval", "--model", "run/model.safetensors", "--data", data, "--quiet"});
    CHECK_EQUAL(evaluated.at("split").get<std::string>(), "test");
    CHECK_EQUAL(evaluated.at("images").get<int>(), expected.test);
    CHECK_EQUAL(evaluated.at("top1"), trained.at("best_top1"));
    return json::parse(take(readSafetensors(cli.file("run/model.safetensors"))).metadata.at("condenser"));
}

void cifar10(Cli& cli) {
    put(cli, "cifar-10-binary.tar.gz", cifarArchive(cifar10Files(20), "cifar-10-batches-bin"));
    const json model = wholeWay(cli, "cifar10:cifar-10-binary.tar.gz", {100, 20, shapesClasses()});
    CHECK_EQUAL(model.at("mean")[0].get<float>(), kCifar10Normalisation.mean[0]);
    CHECK_EQUAL(model.at("std")[2].get<float>(), kCifar10Normalisation.std[2]);
    // Unpacked it is the same.
    for (const auto& [name, bytes] : cifar10Files(20)) put(cli, "cifar-10-batches-bin/" + name, bytes);
    const json folder = cli.object({"eval", "--model", "run/model.safetensors", "--data", "cifar10:.", "--quiet"});
    const json archive =
        cli.object({"eval", "--model", "run/model.safetensors", "--data", "cifar10:cifar-10-binary.tar.gz", "--quiet"});
    CHECK_EQUAL(folder.at("loss"), archive.at("loss"));
    CHECK_EQUAL(folder.at("images").get<int>(), 20);
}

void idx(Cli& cli) {
    const IdxBytes train = idxPart(ShapesPart::kTrain, 50), test = idxPart(ShapesPart::kTest, 20);
    put(cli, "mnist/train-images-idx3-ubyte.gz", makeGzip(train.images));
    put(cli, "mnist/train-labels-idx1-ubyte.gz", makeGzip(train.labels));
    put(cli, "mnist/t10k-images-idx3-ubyte.gz", makeGzip(test.images));
    put(cli, "mnist/t10k-labels-idx1-ubyte.gz", makeGzip(test.labels));
    const json model = wholeWay(cli, "idx:mnist", {50, 20, {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}});
    CHECK_EQUAL(model.at("mean")[0], model.at("mean")[2]);  // measured on grey pictures
}

void csv(Cli& cli) {
    writeTinyFolder(cli.file("pictures"), 4, 2, 10);
    std::string list = "filename;class;split\r\n";
    for (const std::string& name : shapesClasses()) {
        for (int i = 0; i < 4; ++i)
            list += "pictures/train/" + name + "/" + std::to_string(i) + ".png;" + name + ";train\r\n";
        for (int i = 0; i < 2; ++i)
            list += "pictures\\test\\" + name + "\\" + std::to_string(i) + ".png;" + name + ";Test\r\n";
    }
    put(cli, "list.csv", list);
    wholeWay(cli, "csv:list.csv", {40, 20, shapesClasses()});

    // One that is missing is named with its line, and does not end a training.
    put(cli, "list.csv", list + "pictures/none.png;" + shapesClasses()[0] + ";train\r\n");
    const Finished checked = cli.run({"data", "check", "csv:list.csv", "--json", "--quiet"});
    CHECK_EQUAL(checked.status, 1);
    const json report = parseObject(checked.out);
    CHECK_EQUAL(report.at("unreadable").size(), std::size_t{1});
    CHECK_HOLDS(report.at("unreadable")[0].at("file").get<std::string>(), "pictures/none.png");
    CHECK_HOLDS(report.at("unreadable")[0].at("why").get<std::string>(), "line 62: no such file");
    const Finished trained = cli.done({"train", "--data", "csv:list.csv", "--model", kSpec, "--epochs", "1", "--batch",
                                       "8", "--out", "other", "--quiet"});
    CHECK_HOLDS(trained.err, "none.png");
}

void wrongData(Cli& cli) {
    const auto refused = [&](int status, const std::string& data, std::initializer_list<std::string_view> parts) {
        cli.fails(status, {"data", "check", data}, parts);
        cli.fails(status, {"train", "--data", data, "--model", kSpec, "--out", "run", "--quiet"}, parts);
        CHECK(!fs::exists(cli.file("run")));
    };
    for (const char* kind : {"cifar10:", "cifar100:", "idx:", "csv:"}) {
        refused(1, kind + std::string("absent"), {"absent", "no such f"});
    }
    refused(2, "mnist:x", {"mnist:x", "cifar10:PATH", "cifar100:PATH", "idx:DIR", "csv:FILE"});
    const std::string archive = cifarArchive(cifar10Files(), "cifar-10-batches-bin");
    put(cli, "cifar-10-binary.tar.gz", archive);
    refused(2, "cifar-10-binary.tar.gz", {"id you mean cifar10:cifar-10-binary.tar.gz?"});
    refused(1, "cifar100:cifar-10-binary.tar.gz", {"this is CIFAR-10", "cifar10:"});
    put(cli, "cut.tar.gz", archive.substr(0, archive.size() / 2));
    refused(1, "cifar10:cut.tar.gz", {"cut.tar.gz", "cut short"});
    put(cli, "bomb.tar.gz", makeGzip(makeTar({{"test_batch.bin", std::string(80 << 20, '\0')}})));
    refused(1, "cifar10:bomb.tar.gz", {"bomb.tar.gz", "100 times its size"});
    put(cli, "python/data_batch_1", "x");
    put(cli, "python/test_batch", "x");
    refused(1, "cifar10:python", {"Python version", "cifar-10-binary.tar.gz"});
    put(cli, "mnist/train-images-idx3-ubyte", idxPart(ShapesPart::kTrain, 10).images.substr(0, 5000));
    put(cli, "mnist/train-labels-idx1-ubyte", idxPart(ShapesPart::kTrain, 10).labels);
    refused(1, "idx:mnist", {"train-images-idx3-ubyte", "promises 10240 bytes"});
    put(cli, "list.csv", "a.png,x\nb.png\n");
    refused(2, "list.csv", {"id you mean csv:list.csv?"});
    refused(1, "csv:list.csv", {"list.csv", "line 2"});
}

}  // namespace

int main(int argc, char** argv) {
    return runTests(argc, argv, {{"cifar10", cifar10}, {"idx", idx}, {"csv", csv}, {"wrongData", wrongData}});
}
