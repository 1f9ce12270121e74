// Bad input: every command ends with a sentence that names the file, and damages nothing that was there before.
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "cli_test.h"
#include "io/safetensors.h"
#include "support/io_scratch.h"
#include "support/tiny_data.h"

using namespace condenser;
using namespace condenser::test;

namespace fs = std::filesystem;

namespace {

const fs::path kPictures = fs::path(CONDENSER_FIXTURES) / "image";

Words trainOn(const std::string& data, const std::string& out, const char* epochs = "2") {
    return {"train", "--data", data, "--model", kTinySpec, "--batch", "8", "--epochs", epochs, "--out", out, "--quiet"};
}

// A trained model in "run", on the data in "data".
void trainTiny(Cli& cli) {
    writeTinyFolder(cli.file("data"), 8, 4);
    cli.done(trainOn("folder:" + cli.file("data"), "run"));
}

constexpr const char* kModel = "run/model.safetensors";

void writeInput(Cli& cli, const std::string& name, StateDict tensors) {
    CHECK(writeSafetensors(cli.file(name), {std::move(tensors), {}}).has_value());
}

StoredTensor zeros(std::vector<std::int64_t> shape) {
    StoredTensor tensor{DType::kF32, std::move(shape), {}};
    tensor.bytes.resize(static_cast<std::size_t>(tensor.elements()) * 4);
    return tensor;
}

// ---- data -----------------------------------------------------------------------------------------------------------

void dataThatAreNotThere(Cli& cli) {
    const auto refused = [&](int status, const std::string& data, std::initializer_list<std::string_view> parts) {
        cli.fails(status, trainOn(data, "run"), parts);
        cli.fails(status, {"data", "check", data}, parts);
        cli.fails(status, {"eval", "--model", "condensenet-tiny", "--data", data}, parts);
        CHECK(!fs::exists(cli.file("run")));
    };
    refused(1, "folder:nowhere", {"nowhere", "no such folder"});
    writeBytes(cli.file("archive.zip"), "PK");
    refused(1, "folder:archive.zip", {"archive.zip", "it is a file"});
    refused(2, "shapes11", {"shapes11", "shapes10", "folder:"});
    refused(2, "folder:", {"folder:"});
    fs::create_directories(cli.file("empty"));
    refused(1, "folder:empty", {"empty", "found 0 class folders", "two or more"});
    // Root may read everything, but nobody can follow this.
    fs::create_symlink("loop", cli.file("loop"));
    refused(1, "folder:loop", {"loop", "symbolic links"});
    if (::geteuid() != 0) {
        fs::create_directories(cli.file("closed/a"));
        fs::permissions(cli.file("closed"), fs::perms::none);
        refused(1, "folder:closed", {"closed", "ermission denied"});
        fs::permissions(cli.file("closed"), fs::perms::owner_all);
    }
}

void dataWithOneClassOnly(Cli& cli) {
    writeTinyFolder(cli.file("one"), 4, 2, /*classes=*/1);
    cli.fails(1, trainOn("folder:one", "run"), {"one/train", "found 1 class folder", "two or more"});
    // A class folder without a picture, and one that the training part does not have.
    writeTinyFolder(cli.file("two"), 4, 2, /*classes=*/2);
    fs::create_directories(cli.file("two/train/void"));
    cli.fails(1, trainOn("folder:two", "run"), {"two/train/void", "no picture"});
    fs::remove(cli.file("two/train/void"));
    fs::create_directories(cli.file("two/test/void"));
    cli.fails(1, trainOn("folder:two", "run"), {"two/test/void", "two/train"});
    CHECK(!fs::exists(cli.file("run")));
}

// Three pictures that cannot be read, and one of one pixel, which can.
void spoil(Cli& cli) {
    const std::string place = "data/train/" + shapesClasses()[0] + "/";
    writeBytes(cli.file(place + "zero.png"), "");
    writeBytes(cli.file(place + "cut.png"), readBytes(cli.file(place + "0.png")).substr(0, 200));
    writeBytes(cli.file(place + "text.jpg"), "This is not a picture.");
    fs::copy_file(kPictures / "pixel.png", cli.file(place + "pixel.png"));
}

void unreadablePicturesDoNotEndARun(Cli& cli) {
    writeTinyFolder(cli.file("data"), 8, 4);
    const std::string data = "folder:data";
    CHECK_EQUAL(cli.done({"data", "check", data, "--quiet"}).err, "");
    spoil(cli);

    const Finished checked = cli.run({"data", "check", data, "--json", "--quiet"});
    CHECK_EQUAL(checked.status, 1);
    const json report = parseObject(checked.out);
    CHECK_EQUAL(report.at("train").get<int>(), 3 * 8 + 4);
    CHECK_EQUAL(report.at("unreadable").size(), std::size_t{3});
    CHECK_EQUAL(report.at("smallest").at("width").get<int>(), 1);
    const Finished text = cli.run({"data", "check", data});
    CHECK_EQUAL(text.status, 1);
    for (const char* part : {"zero.png", "cut.png", "text.jpg", "3 of 40 pictures unreadable"}) {
        CHECK_HOLDS(text.out, part);
    }
    CHECK(text.out.find("pixel.png") == std::string::npos);

    const Finished trained = cli.done(trainOn(data, "run"));
    for (const char* part : {"zero.png", "cut.png", "text.jpg"}) CHECK_HOLDS(trained.err, part);
    CHECK_EQUAL(json::parse(readBytes(cli.file("run/run.json"))).at("train_images").get<int>(), 3 * 8 + 1);

    // Of a class whose pictures are all unreadable nothing can be learnt.
    for (const auto& entry : fs::directory_iterator(cli.file("data/train/" + shapesClasses()[1]))) {
        writeBytes(entry.path(), "");
    }
    cli.fails(1, trainOn(data, "other"), {"data", shapesClasses()[1], ".png"});
}

void classifyGoesOnAfterABadFile(Cli& cli) {
    trainTiny(cli);
    spoil(cli);
    const std::string good = "data/train/" + shapesClasses()[0] + "/0.png", place = "data/train/" + shapesClasses()[0];
    const Words words{
        "classify", "--model", kModel, "nowhere.png", place + "/zero.png", good, (kPictures / "huge.png").string()};
    const Finished text = cli.run(words);
    CHECK_EQUAL(text.status, 1);
    CHECK_HOLDS(text.out, good);
    for (const char* part : {"nowhere.png: there is no such file", "zero.png: the file is empty", "huge.png"}) {
        CHECK_HOLDS(text.err, part);
    }
    Words asJson = words;
    asJson.insert(asJson.end(), {"--json", place});
    const Finished finished = cli.run(asJson);
    CHECK_EQUAL(finished.status, 1);
    const json report = parseObject(finished.out);
    CHECK_EQUAL(report.at("failed").get<int>(), 6);
    CHECK_EQUAL(report.at("pictures").size(), std::size_t{4 + 8 + 4});
    CHECK_HOLDS(report.at("pictures").at(0).at("error").get<std::string>(), "there is no such file");
    CHECK_EQUAL(report.at("pictures").at(2).at("file").get<std::string>(), good);
    CHECK_EQUAL(report.at("pictures").at(2).at("top").size(), std::size_t{3});
    fs::create_directories(cli.file("empty"));
    CHECK_EQUAL(cli.run({"classify", "--model", kModel, "empty"}).status, 1);
    cli.done({"classify", "--model", kModel, place + "/pixel.png"});
}

// ---- model files ----------------------------------------------------------------------------------------------------

std::string lengthBytes(std::uint64_t length) {
    std::string bytes(8, '\0');
    std::memcpy(bytes.data(), &length, 8);
    return bytes;
}

std::string safetensors(const std::string& header, const std::string& data = "") {
    return lengthBytes(header.size()) + header + data;
}

void truncatedModelsAreRefused(Cli& cli) {
    trainTiny(cli);
    const std::string whole = readBytes(cli.file(kModel));
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{7}, std::size_t{8}, std::size_t{100}, whole.size() / 2, whole.size() - 1}) {
        writeBytes(cli.file("cut.safetensors"), whole.substr(0, size));
        cli.fails(1, {"inspect", "--model", "cut.safetensors"}, {"cannot read the model: cut.safetensors: "});
    }
    writeBytes(cli.file("cut.safetensors"), whole + "x");
    cli.fails(1, {"inspect", "--model", "cut.safetensors"}, {"cut.safetensors", "too long"});
    cli.fails(1, {"eval", "--model", "cut.safetensors", "--data", "folder:data"}, {"cut.safetensors"});
    cli.fails(1, {"classify", "--model", "cut.safetensors", "x.png"}, {"cut.safetensors"});
    cli.fails(1, {"condense", "--model", "cut.safetensors", "--out", "out"}, {"cut.safetensors"});
    CHECK(!fs::exists(cli.file("out")));
}

void hostileHeadersAreRefused(Cli& cli) {
    const auto tensor = [](const char* name, const char* shape, const char* offsets) {
        return std::string("\"") + name + "\":{\"dtype\":\"F32\",\"shape\":" + shape + ",\"data_offsets\":" + offsets +
               "}";
    };
    const std::string eight(8, '\0');
    const std::vector<std::pair<const char*, std::string>> files{
        {"a length of 2^60", lengthBytes(std::uint64_t{1} << 60) + "{}"},
        {"a length of 2^64 - 1", lengthBytes(~std::uint64_t{0}) + "{}"},
        {"an overlap", safetensors("{" + tensor("a", "[2]", "[0,8]") + "," + tensor("b", "[1]", "[4,8]") + "}", eight)},
        {"a hole", safetensors("{" + tensor("a", "[1]", "[4,8]") + "}", eight)},
        {"offsets beyond the end", safetensors("{" + tensor("a", "[4]", "[0,16]") + "}", eight)},
        {"offsets backwards", safetensors("{" + tensor("a", "[2]", "[8,0]") + "}", eight)},
        {"a negative offset", safetensors("{" + tensor("a", "[2]", "[-8,0]") + "}", eight)},
        {"a shape of 2^62", safetensors("{" + tensor("a", "[2147483648,2147483648]", "[0,8]") + "}", eight)},
        {"a shape that overflows", safetensors("{" + tensor("a", "[4294967296,4294967296,4]", "[0,0]") + "}")},
        {"one name twice",
         safetensors("{" + tensor("a", "[1]", "[0,4]") + "," + tensor("a", "[1]", "[4,8]") + "}", eight)},
        {"deep JSON", safetensors(std::string(1000000, '['))},
        {"deep JSON in an object",
         safetensors("{\"a\":" + std::string(1000000, '[') + std::string(1000000, ']') + "}")},
        {"no JSON", safetensors("not json")},
        {"a list", safetensors("[]")},
        {"an unknown type", safetensors("{\"a\":{\"dtype\":\"F8\",\"shape\":[8],\"data_offsets\":[0,8]}}", eight)},
        {"a pickle", std::string("\x80\x02}q\x00.", 7) + std::string(100, 'x')}};
    writeInput(cli, "x", {{"x", zeros({1, 3, 32, 32})}});
    for (const auto& [what, bytes] : files) {
        writeBytes(cli.file("bad.safetensors"), bytes);
        for (const Words& words :
             {Words{"inspect", "--model", "bad.safetensors"},
              Words{"forward", "--model", "condensenet-tiny", "--in", "bad.safetensors", "--out", "y"},
              Words{"forward", "--model", "condensenet-tiny", "--weights", "bad.safetensors", "--in", "x", "--out",
                    "y"}}) {
            const Finished finished = cli.run(words);
            if (finished.status != 1) failTest(__FILE__, __LINE__, std::string(what) + " is not refused");
            CHECK_HOLDS(finished.err, ": bad.safetensors: ");
        }
    }
    CHECK(!fs::exists(cli.file("y")));
}

// The file as it is, but for its metadata.
void writeWithMetadata(Cli& cli, const std::string& name, const std::string& metadata) {
    TensorFile file = take(readSafetensors(cli.file(kModel)));
    file.metadata["condenser"] = metadata;
    CHECK(writeSafetensors(cli.file(name), file).has_value());
}

void newerVersionsAreRefusedInWords(Cli& cli) {
    trainTiny(cli);
    json metadata = json::parse(take(readSafetensors(cli.file(kModel))).metadata.at("condenser"));
    metadata["version"] = 2;
    writeWithMetadata(cli, "newer.safetensors", metadata.dump());
    cli.fails(1, {"inspect", "--model", "newer.safetensors"}, {"newer.safetensors", "version 2", "newer version"});
    writeBytes(cli.file("bare.safetensors"), serializeSafetensors({tensorsOf(cli.file(kModel)), {}}));
    cli.fails(1, {"inspect", "--model", "bare.safetensors"}, {"bare.safetensors", "--weights", "--model PRESET"});
    cli.done({"inspect", "--model", kTinySpec, "--weights", "bare.safetensors"});
    metadata["version"] = 1;
    for (const auto& [key, value] :
         std::initializer_list<std::pair<const char*, json>>{{"variant", "sparse"},
                                                             {"classes", json::array({"a"})},
                                                             {"spec", "condensenet:groups=3"},
                                                             {"std", {0, 0, 0}}}) {
        json wrong = metadata;
        wrong[key] = value;
        writeWithMetadata(cli, "wrong.safetensors", wrong.dump());
        cli.fails(1, {"inspect", "--model", "wrong.safetensors"}, {"wrong.safetensors"});
    }

    const auto before = contentsOf(cli.file("run"));
    json record = json::parse(before.at("run.json"));
    record["version"] = 2;
    writeBytes(cli.file("run/run.json"), record.dump());
    cli.fails(1, {"train", "--resume", "run"}, {"run.json", "version 2", "newer version"});
    writeBytes(cli.file("run/run.json"), before.at("run.json"));
    CHECK(contentsOf(cli.file("run")) == before);
}

void weightsThatDoNotFit(Cli& cli) {
    trainTiny(cli);
    writeInput(cli, "x", {{"x", zeros({1, 3, 32, 32})}});
    const Words forward{"forward", "--model", "condensenet-tiny", "--in", "x", "--out", "y", "--weights"};
    const auto refused = [&](const std::string& weights, std::initializer_list<std::string_view> parts) {
        Words words = forward;
        words.push_back(weights);
        cli.fails(1, words, parts);
    };
    refused("run/model.safetensors", {"run/model.safetensors"});
    refused("nowhere", {"nowhere", "no such file"});
    refused("run", {"run", "folder"});
    // A run's folder is no model, but holds one.
    cli.fails(1, {"inspect", "--model", "run"}, {"run", "folder", "run/model.safetensors"});
    cli.fails(2, {"forward", "--model", kModel, "--weights", kModel, "--in", "x", "--out", "y"}, {"--weights", kModel});
}

// ---- tensors of forward and check -----------------------------------------------------------------------------------

void tensorsThatDoNotFit(Cli& cli) {
    const std::vector<std::int64_t> none;
    const auto gradientsOf = [&](StateDict tensors, std::initializer_list<std::string_view> parts) {
        writeInput(cli, "in", std::move(tensors));
        cli.fails(1, {"check", "gradients", "--model", kTinySpec, "--in", "in", "--out", "y"}, parts);
    };
    const std::vector<std::int64_t> good{0, 2}, high{0, 3}, low{-1, 0};
    const StoredTensor x = zeros({2, 3, 16, 16});
    gradientsOf({}, {"in, x", "not in the file", "F32 [N, 3, H, W]"});
    gradientsOf({{"x", x}}, {"in, target", "not in the file", "I64 [2]"});
    gradientsOf({{"x", x}, {"target", StoredTensor::ofInt64s({2}, high)}}, {"in, target", "class 3", "has 3"});
    gradientsOf({{"x", x}, {"target", StoredTensor::ofInt64s({2}, low)}}, {"in, target", "class -1"});
    gradientsOf({{"x", x}, {"target", zeros({2})}}, {"in, target", "F32 [2]", "I64 [2]"});
    gradientsOf({{"x", zeros({2, 1, 16, 16})}, {"target", StoredTensor::ofInt64s({2}, good)}},
                {"in, x", "[2, 1, 16, 16]"});
    gradientsOf({{"x", zeros({2, 3, 16})}, {"target", StoredTensor::ofInt64s({2}, good)}}, {"in, x", "[2, 3, 16]"});
    gradientsOf({{"x", zeros({0, 3, 16, 16})}, {"target", StoredTensor::ofInt64s({0}, none)}},
                {"in, x", "[0, 3, 16, 16]"});
    gradientsOf({{"x", zeros({2, 3, 1, 1})}, {"target", StoredTensor::ofInt64s({2}, good)}}, {"in, x", "1 x 1"});
    const std::vector<std::int64_t> single{0};
    gradientsOf({{"x", zeros({1, 3, 2, 2})}, {"target", StoredTensor::ofInt64s({1}, single)}}, {"in, x", "variance"});

    // Only a dense network is trained.
    cli.done({"condense", "--model", kTinySpec, "--out", "condensed"});
    writeInput(cli, "in", {{"x", zeros({1, 2, 3, 16, 16})}, {"target", StoredTensor::ofInt64s({1, 2}, good)}});
    cli.fails(2,
              {"check", "steps", "--model", "condensed", "--in", "in", "--epochs", "1", "--batches", "1", "--out", "y",
               "--out-state", "s"},
              {"condensed", "only a dense network"});
    CHECK(!fs::exists(cli.file("y")) && !fs::exists(cli.file("s")));
}

// The condensed network over the dense one: the dense one would be lost.
void aModelIsNotCondensedOverItself(Cli& cli) {
    trainTiny(cli);
    const std::string before = readBytes(cli.file(kModel));
    cli.fails(2, {"condense", "--model", kModel, "--out", "run/../run/model.safetensors"},
              {"model.safetensors", "another"});
    CHECK(readBytes(cli.file(kModel)) == before);
}

void outputsThatCannotBeMade(Cli& cli) {
    fs::create_directories(cli.file("folder"));
    for (const char* out : {"nowhere/out", "folder", "/dev/full"}) {
        const Finished finished = cli.run({"condense", "--model", kTinySpec, "--out", out, "--quiet"});
        CHECK_EQUAL(finished.status, 1);
        CHECK_EQUAL(finished.out, "");
        CHECK_HOLDS(finished.err, std::string("condenser-cli: cannot write the model: ") + out + ": ");
    }
    cli.fails(1, {"data", "make", "shapes10", "--out", "/dev/null/shapes"}, {"/dev/null/shapes"});
    writeBytes(cli.file("folder/mine"), "keep");
    cli.fails(2, {"data", "make", "shapes10", "--out", "folder"}, {"folder", "empty"});
    CHECK_EQUAL(contentsOf(cli.file("folder")).size(), std::size_t{1});
}

// ---- a disk that is full --------------------------------------------------------------------------------------------

// No file may grow beyond 8 KB (16 blocks of 512 bytes): less than a model takes.
constexpr const char* kSmallFiles = "ulimit -f 16; exec \"$0\" \"$@\"";

void checkWriteError(const Finished& finished, const std::string& file) {
    CHECK_EQUAL(finished.status, 1);
    CHECK_EQUAL(finished.out, "");
    CHECK_HOLDS(finished.err, "condenser-cli: ");
    CHECK_HOLDS(finished.err, file);
    CHECK_HOLDS(finished.err, "large");  // "File too large"
}

void aFullDiskDamagesNoModel(Cli& cli) {
    trainTiny(cli);
    writeInput(cli, "x", {{"x", zeros({300, 3, 4, 4})}});
    fs::create_directories(cli.file("out"));
    writeBytes(cli.file("out/model"), "what was here before");
    const auto before = contentsOf(cli.file("out"));
    checkWriteError(
        cli.shell(kSmallFiles, {"condense", "--model", "condensenet-tiny", "--out", "out/model", "--quiet"}),
        "out/model");
    checkWriteError(cli.shell(kSmallFiles, {"forward", "--model", "condensenet:classes=1000,stages=1,growth=8,size=4",
                                            "--in", "x", "--out", "out/model"}),
                    "out/model");
    checkWriteError(
        cli.shell(kSmallFiles, {"check", "preprocess", (kPictures / "colour.png").string(), "--out", "out/model"}),
        "out/model");
    CHECK(contentsOf(cli.file("out")) == before);
}

void aFullDiskDamagesNoRun(Cli& cli) {
    writeTinyFolder(cli.file("data"), 8, 4);
    cli.done(trainOn("folder:data", "whole", "40"));
    // Stopped half-way, then gone on with while no checkpoint fits on the disk.
    Running training = cli.start(trainOn("folder:data", "run", "40"));
    CHECK(waitUntil([&] { return training.ended() || fs::exists(cli.file("run/checkpoint.previous.safetensors")); }));
    training.signal(SIGINT);
    CHECK_EQUAL(training.finish().status, 130);
    const auto before = contentsOf(cli.file("run"));
    const Finished full = cli.shell(kSmallFiles, {"train", "--resume", "run", "--quiet"});
    checkWriteError(full, "run/");
    auto after = contentsOf(cli.file("run"));
    for (const char* name :
         {"checkpoint.safetensors", "checkpoint.previous.safetensors", "model.safetensors", "last.safetensors"}) {
        CHECK(after.at(name) == before.at(name));
    }
    CHECK_EQUAL(json::parse(after.at("run.json")).at("state").get<std::string>(), "failed");
    // With room again, it ends as if nothing had been.
    cli.done({"train", "--resume", "run", "--quiet"});
    for (const char* name : {"model.safetensors", "last.safetensors"}) {
        CHECK_EQUAL(bitDifference(tensorsOf(cli.file(std::string("run/") + name)),
                                  tensorsOf(cli.file(std::string("whole/") + name))),
                    "");
    }
    CHECK(readBytes(cli.file("run/steps.bin")) == readBytes(cli.file("whole/steps.bin")));

    // A run that is new leaves nothing half written, and pictures neither.
    const Finished fresh = cli.shell(kSmallFiles, trainOn("folder:data", "fresh"));
    checkWriteError(fresh, "fresh/");
    for (const auto& [name, bytes] : contentsOf(cli.file("fresh"))) {
        if (fs::path(name).extension() == ".safetensors") tensorsOf(cli.file("fresh/" + name));
    }
    const Finished made = cli.shell("ulimit -f 1; exec \"$0\" \"$@\"", {"data", "make", "shapes10", "--out", "drawn"});
    CHECK_EQUAL(made.status, 1);
    CHECK_HOLDS(made.err, "drawn");
}

// A disk of 64 KB that is really full. Only root may mount one; elsewhere the limits above have to do.
void aFullDiskOfItsOwn(Cli& cli) {
    writeBytes(cli.file("before"), "what was here before");
    const Finished finished = cli.shell(
        "mkdir disk; export LC_ALL=C\n"
        "unshare --mount sh -c 'mount -t tmpfs -o size=64k none disk || exit 77\n"
        "  cp before disk/model; head -c 1000000 /dev/zero > disk/filler\n"
        "  \"$0\" \"$@\"; status=$?\n"
        "  cmp before disk/model && ls -A disk && exit $status' \"$0\" \"$@\" 2> told || { s=$?; cat told >&2; exit "
        "$s; }",
        {"condense", "--model", "condensenet-tiny", "--quiet", "--out", "disk/model"});
    const bool mounted = finished.status != 77 && finished.err.find("unshare") == std::string::npos;
    if (!mounted) {
        std::printf("       a disk of its own could not be mounted here: %s", finished.err.c_str());
        return;
    }
    CHECK_EQUAL(finished.status, 1);
    CHECK_EQUAL(finished.out, "filler\nmodel\n");
    CHECK_HOLDS(finished.err, "disk/model");
    CHECK_HOLDS(finished.err, "No space left on device");
}

void damagedCheckpoints(Cli& cli) {
    trainTiny(cli);
    const std::string newest = cli.file("run/checkpoint.safetensors"),
                      previous = cli.file("run/checkpoint.previous.safetensors");
    const auto flip = [](const std::string& file) {
        std::string bytes = readBytes(file);
        bytes[bytes.size() - 100] = static_cast<char>(bytes[bytes.size() - 100] ^ 1);
        writeBytes(file, bytes);
    };
    const std::string model = readBytes(cli.file(kModel));
    flip(newest);
    const Finished resumed = cli.done({"train", "--resume", "run", "--quiet"});
    CHECK_HOLDS(resumed.err, "checkpoint.safetensors cannot be used");
    CHECK_EQUAL(bitDifference(take(parseSafetensors(std::as_bytes(std::span(model)), "model")).tensors,
                              tensorsOf(cli.file(kModel))),
                "");
    flip(newest);
    flip(previous);
    auto before = contentsOf(cli.file("run"));
    cli.fails(1, {"train", "--resume", "run", "--quiet"},
              {"checkpoint.safetensors", "checkpoint.previous.safetensors"});
    auto after = contentsOf(cli.file("run"));
    for (auto* contents : {&before, &after}) contents->erase("lock");  // names who took it
    CHECK(after == before);
}

}  // namespace

int main(int argc, char** argv) {
    return runTests(argc, argv,
                    {{"dataThatAreNotThere", dataThatAreNotThere},
                     {"dataWithOneClassOnly", dataWithOneClassOnly},
                     {"unreadablePicturesDoNotEndARun", unreadablePicturesDoNotEndARun},
                     {"classifyGoesOnAfterABadFile", classifyGoesOnAfterABadFile},
                     {"truncatedModelsAreRefused", truncatedModelsAreRefused},
                     {"hostileHeadersAreRefused", hostileHeadersAreRefused},
                     {"newerVersionsAreRefusedInWords", newerVersionsAreRefusedInWords},
                     {"weightsThatDoNotFit", weightsThatDoNotFit},
                     {"tensorsThatDoNotFit", tensorsThatDoNotFit},
                     {"aModelIsNotCondensedOverItself", aModelIsNotCondensedOverItself},
                     {"outputsThatCannotBeMade", outputsThatCannotBeMade},
                     {"aFullDiskDamagesNoModel", aFullDiskDamagesNoModel},
                     {"aFullDiskDamagesNoRun", aFullDiskDamagesNoRun},
                     {"aFullDiskOfItsOwn", aFullDiskOfItsOwn},
                     {"damagedCheckpoints", damagedCheckpoints}});
}
