// classify with both forms of a model, with activation maps, tables and copies, and with pictures of every broken kind.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>

#include "cli_test.h"
#include "io/safetensors.h"
#include "support/io_scratch.h"
#include "support/tiny_model.h"

using namespace condenser;
using namespace condenser::test;

namespace fs = std::filesystem;

namespace {

const fs::path kPictures = fs::path(CONDENSER_FIXTURES) / "image";
constexpr const char* kModel = "model.safetensors";

// An untrained model whose classes are those of writeTinyFolder.
void writeModel(Cli& cli, ModelFile model) {
    for (std::size_t k = 0; k < model.classes.size(); ++k) model.classes[k] = shapesClasses()[k];
    model.trained = "{}";
    take(writeModelFile(cli.file(kModel), model).map([] { return true; }));
}

json classified(Cli& cli, Words more) {
    Words words{"classify", "--model", kModel, "--quiet"};
    words.insert(words.end(), more.begin(), more.end());
    return cli.object(words);
}

void bothFormsSideBySide(Cli& cli) {
    writeTinyFolder(cli.file("data"), 1, 2);
    for (const Variant stored : {Variant::kDense, Variant::kCondensed}) {
        writeModel(cli, tinyModel(stored));
        const json answers = classified(cli, {"--variant", "dense,condensed", "data/test"});
        CHECK_EQUAL(answers.at("variant").get<std::string>(), "condensed");
        CHECK_EQUAL(answers.at("outstanding_steps").get<int>(), 0);
        CHECK_EQUAL(answers.at("disagreeing").get<int>(), 0);
        CHECK_EQUAL(answers.at("pictures").size(), std::size_t{6});
        for (const json& picture : answers.at("pictures")) {
            const json& forms = picture.at("forms");
            CHECK_EQUAL(forms.size(), std::size_t{2});
            CHECK_EQUAL(forms.at(0).at("variant").get<std::string>(), "dense");
            CHECK_EQUAL(forms.at(1).at("top"), picture.at("top"));
            CHECK_EQUAL(forms.at(1).at("milliseconds"), picture.at("milliseconds"));
            CHECK(picture.at("agree").get<bool>());
            double best[2];
            for (std::size_t i = 0; i < 2; ++i) best[i] = picture.at("top").at(i).at("probability");
            CHECK(std::abs(picture.at("margin").get<double>() - (best[0] - best[1])) < 1e-12);
            CHECK(std::abs(forms.at(0).at("top").at(0).at("probability").get<double>() - best[0]) < 1e-5);
            const std::string folder = fs::path(picture.at("file").get<std::string>()).parent_path().filename();
            CHECK_EQUAL(picture.at("truth").get<std::string>(), folder);
        }
    }
    const Finished text = cli.done(
        {"classify", "--model", kModel, "--variant", "dense,condensed", "data/test/" + shapesClasses()[0] + "/0.png"});
    CHECK_HOLDS(text.out, "both forms say");
    CHECK_EQUAL(text.err, "");
}

// A model in training is another function once the rest of its steps is applied, and one is told.
void outstandingStepsAreTold(Cli& cli) {
    ModelFile model = tinyModel(Variant::kDense);
    model.tensors = Network(model.spec, 3).state();
    writeModel(cli, model);
    const Words words{"classify", "--model", kModel, "--variant", "dense,condensed", (kPictures / "colour.png")};
    const Finished text = cli.done(words);
    CHECK_HOLDS(text.err, "3 of 3 condensing steps were outstanding");
    CHECK_HOLDS(text.err, "different functions");
    const json both = cli.object(words), one = cli.object({"classify", "--model", kModel, kPictures / "colour.png"});
    CHECK_EQUAL(both.at("outstanding_steps").get<int>(), 3);
    // The dense form, which it is in, speaks for it.
    CHECK_EQUAL(both.at("variant").get<std::string>(), "dense");
    CHECK_EQUAL(both.at("pictures").at(0).at("top"), both.at("pictures").at(0).at("forms").at(0).at("top"));
    CHECK_EQUAL(both.at("pictures").at(0).at("top").at(0).at("index"),
                one.at("pictures").at(0).at("top").at(0).at("index"));
    CHECK(!one.contains("outstanding_steps"));
    CHECK(!one.at("pictures").at(0).contains("forms"));
    CHECK(!one.contains("statistics"));  // nobody knows what it is
}

// Nor is it silent where there is only one form to ask.
void aModelWithoutADenseFormAnswers(Cli& cli) {
    writeModel(cli, tinyModelWithoutDenseForm());
    const Words words{"classify", "--model", kModel, "--variant", "dense,condensed", (kPictures / "colour.png")};
    const Finished text = cli.done(words);
    CHECK_HOLDS(text.err, "the condensed form answers alone");
    CHECK_HOLDS(text.err, "trained after condensing");
    const json answers = cli.object(words);
    CHECK_EQUAL(answers.at("variant").get<std::string>(), "condensed");
    CHECK(!answers.contains("disagreeing"));
    CHECK(!answers.at("pictures").at(0).contains("forms"));
}

// check preprocess and forward, one after the other, are classify.
void theAnswerIsThatOfForward(Cli& cli) {
    // Above 64 pixels a spec's pictures are scaled and normalised as ImageNet's, which check preprocess does.
    const std::string model =
        "condensenet:stages=1-1,growth=4-4,groups=2,condense=4,bottleneck=4,group3x3=2,classes=5,size=72";
    writeBytes(cli.file("turned.jpg"), readBytes(kPictures / "turned.jpg"));
    const json answers = cli.object(
        {"classify", "--model", model, "turned.jpg", (kPictures / "alpha16.png").string(), "--variant", "condensed"});
    for (const json& picture : answers.at("pictures")) {
        cli.done({"check", "preprocess", picture.at("file"), "--size", "72", "--out", "seen"});
        StoredTensor x = tensorsOf(cli.file("seen")).at("tensor");
        x.shape.insert(x.shape.begin(), 1);
        CHECK(writeSafetensors(cli.file("x"), {{{"x", x}}, {}}).has_value());
        cli.done({"forward", "--model", model, "--variant", "condensed", "--in", "x", "--out", "y"});
        const StoredTensor logits = tensorsOf(cli.file("y")).at("logits");
        double total = 0;
        for (const float logit : logits.floats()) total += std::exp(static_cast<double>(logit));
        CHECK_EQUAL(picture.at("top").size(), std::size_t{5});
        for (const json& answer : picture.at("top")) {
            const double logit = static_cast<double>(logits.floats()[answer.at("index").get<std::size_t>()]);
            CHECK(std::abs(answer.at("probability").get<double>() - std::exp(logit) / total) < 1e-5);
        }
    }
}

void activationMapsAreWritten(Cli& cli) {
    writeTinyFolder(cli.file("data"), 1, 2);
    writeModel(cli, tinyModel(Variant::kCondensed));
    const std::string place = "data/test/" + shapesClasses()[1], picture = place + "/0.png";
    const json one = classified(cli, {"--cam", "map.png", picture});
    CHECK_EQUAL(one.at("pictures").at(0).at("cam").get<std::string>(), "map.png");
    const Picture map = take(decodePicture(cli.file("map.png")));
    CHECK_EQUAL(map.height, 256);  // what the network saw, 16 x 16, large enough to look at
    CHECK_EQUAL(map.width, 256);
    classified(cli, {"--cam", "faint.png", "--cam-strength", "0", picture});
    classified(cli, {"--cam", "other.png", "--cam-class", shapesClasses()[2], "--cam-strength", "1", picture});
    classified(cli, {"--cam", "another.png", "--cam-class", shapesClasses()[0], "--cam-strength", "1", picture});
    CHECK(take(decodePicture(cli.file("faint.png"))).pixels != map.pixels);
    CHECK(readBytes(cli.file("other.png")) != readBytes(cli.file("another.png")));

    // A folder gets one for each, under its own name, twice where two would share it.
    fs::copy_file(cli.file(picture), cli.file(place + "/0.jpg"));
    const json many = classified(cli, {"--variant", "dense,condensed", "--cam", "maps", "data/test"});
    std::set<std::string> names;
    for (const json& answered : many.at("pictures")) names.insert(answered.at("cam"));
    CHECK_EQUAL(names.size(), std::size_t{7});
    CHECK_EQUAL(contentsOf(cli.file("maps")).size(), std::size_t{7});
    CHECK(names.contains("maps/" + shapesClasses()[1] + "/0 (2).png"));

    // Nothing that is read is written over.
    const auto before = contentsOf(cli.file("data"));
    const std::string folder = cli.file(place);
    cli.fails(2, {"classify", "--model", kModel, "--cam", picture, picture}, {"the picture itself"});
    cli.fails(2, {"classify", "--model", kModel, "--csv", picture, folder}, {"one of the pictures"});
    cli.fails(2, {"classify", "--model", kModel, "--cam", kModel, picture}, {kModel, "would be lost"});
    classified(cli, {"--cam", folder, folder});
    for (const auto& [name, bytes] : before) CHECK_EQUAL(readBytes(fs::path(cli.file("data")) / name), bytes);

    cli.fails(2, {"classify", "--model", kModel, "--cam", "no.png", "--cam-class", "unheard", picture},
              {"unheard", shapesClasses()[0]});
    cli.fails(2, {"classify", "--model", kModel, "--cam-class", shapesClasses()[0], picture}, {"--cam"});
    cli.fails(1, {"classify", "--model", kModel, "--cam", "no/where.png", picture}, {"no/where.png"});
    CHECK(!fs::exists(cli.file("no.png")));
}

void tablesAndCopies(Cli& cli) {
    writeTinyFolder(cli.file("data"), 1, 3);
    writeBytes(cli.file("data/test/" + shapesClasses()[0] + "/cut.png"), "\x89PNG");
    writeModel(cli, tinyModel(Variant::kCondensed));
    const Finished finished =
        cli.run({"classify", "--model", kModel, "--variant", "dense,condensed", "--json", "--quiet", "--csv", "a.csv",
                 "--matrix", "m.csv", "--sort-into", "sorted", "data/test"});
    CHECK_EQUAL(finished.status, 1);  // of cut.png
    const json answers = parseObject(finished.out);
    CHECK_EQUAL(answers.at("failed").get<int>(), 1);
    CHECK_EQUAL(answers.at("sorted").at("copied").get<int>(), 9);
    const json& statistics = answers.at("statistics");
    CHECK_EQUAL(statistics.at("judged").get<int>(), 9);
    int right = 0;
    json confusion = json::array({{0, 0, 0}, {0, 0, 0}, {0, 0, 0}});
    for (const json& picture : answers.at("pictures")) {
        if (picture.contains("error")) continue;
        const std::string truth = picture.at("truth"), answer = picture.at("top").at(0).at("class");
        const auto at = [](const std::string& name) {
            return static_cast<std::size_t>(std::ranges::find(shapesClasses(), name) - shapesClasses().begin());
        };
        right += truth == answer;
        json& cell = confusion[at(truth)][at(answer)];
        cell = cell.get<int>() + 1;
        CHECK(fs::exists(cli.file("sorted/" + answer)));
    }
    CHECK_EQUAL(statistics.at("right").get<int>(), right);
    CHECK_EQUAL(statistics.at("accuracy").get<double>(), right / 9.0);
    CHECK_EQUAL(statistics.at("confusion"), confusion);
    CHECK_EQUAL(statistics.at("classes").size(), std::size_t{3});
    CHECK_EQUAL(statistics.at("reliability").size(), std::size_t{10});
    CHECK(statistics.contains("calibration_error"));
    CHECK_EQUAL(contentsOf(cli.file("sorted")).size(), std::size_t{9});

    const std::string table = readBytes(cli.file("a.csv"));
    CHECK_EQUAL(std::count(table.begin(), table.end(), '\n'), std::ptrdiff_t{11});
    CHECK_HOLDS(table, "cut.png,,,,,,,,,,");
    CHECK_HOLDS(table, "data/test/" + shapesClasses()[2] + "/2.png,");
    CHECK_HOLDS(readBytes(cli.file("m.csv")), shapesClasses()[1]);
    CHECK_EQUAL(contentsOf(cli.file("data")).size(), std::size_t{3 + 10});

    // Where nobody knows the classes there is no matrix.
    fs::copy_file(kPictures / "colour.png", cli.file("a.png"));
    const Finished none = cli.run({"classify", "--model", kModel, "--matrix", "none.csv", "a.png"});
    CHECK_EQUAL(none.status, 1);
    CHECK_HOLDS(none.err, "no picture lies in a folder named like");
    CHECK(!fs::exists(cli.file("none.csv")));
}

// Each gives an answer or a sentence, in order, and the others are answered all the same.
void everyBrokenKind(Cli& cli) {
    writeModel(cli, tinyModel(Variant::kCondensed));
    const std::string place = "mixed/";
    fs::create_directories(cli.file("mixed/deep/closed"));
    for (const char* name :
         {"cmyk.jpg", "alpha16.png", "grey16.tif", "pixel.png", "turned.jpg", "huge.png", "picture.gif"}) {
        fs::copy_file(kPictures / name, cli.file(place + name));
    }
    const std::string jpeg = readBytes(kPictures / "colour.jpg");
    std::string large = jpeg;
    large.replace(large.find(std::string("\xff\xc0\x00\x11\x08", 5)) + 5, 4, "\x4e\x20\x4e\x20");
    writeBytes(cli.file(place + "claims.jpg"), large);
    writeBytes(cli.file(place + "cut.jpg"), jpeg.substr(0, jpeg.size() / 2));
    writeBytes(cli.file(place + "empty.png"), "");
    writeBytes(cli.file(place + "text.jpg"), "This is not a picture.");
    writeBytes(cli.file(place + "notes.txt"), "No picture, and nobody takes it for one.");
    fs::create_symlink("loop.png", cli.file(place + "loop.png"));
    fs::create_symlink("gone.png", cli.file(place + "vanished.png"));
    fs::create_symlink("colour.png", cli.file(place + "linked.png"));
    fs::copy_file(kPictures / "colour.png", cli.file(place + "colour.png"));
    fs::create_directory_symlink("..", cli.file(place + "deep/up"));
    CHECK_EQUAL(::mkfifo(cli.file(place + "pipe.png").c_str(), 0600), 0);
    fs::copy_file(kPictures / "colour.png", cli.file(place + "zoo.png"));
    fs::create_directory_symlink("round", cli.file("round"));
    const bool closes = ::geteuid() != 0;  // root may read everything
    if (closes) fs::permissions(cli.file("mixed/deep/closed"), fs::perms::none);

    const Finished finished =
        cli.run({"classify", "--model", kModel, "--json", "--quiet", "mixed", "round", "pipe.png", "nowhere.png"});
    if (closes) fs::permissions(cli.file("mixed/deep/closed"), fs::perms::owner_all);
    CHECK_EQUAL(finished.status, 1);
    const json answers = parseObject(finished.out);
    std::vector<std::string> good, bad;
    for (const json& picture : answers.at("pictures")) {
        const std::string name = fs::path(picture.at("file").get<std::string>()).filename().string();
        (picture.contains("error") ? bad : good).push_back(name);
    }
    const std::vector<std::string> expectedGood{"alpha16.png", "cmyk.jpg",  "colour.png", "grey16.tif", "linked.png",
                                                "picture.gif", "pixel.png", "turned.jpg", "zoo.png"};
    CHECK(good == expectedGood);
    std::vector<std::string> expectedBad{"claims.jpg", "cut.jpg",      "empty.png", "huge.png", "loop.png",
                                         "text.jpg",   "vanished.png", "round",     "pipe.png", "nowhere.png"};
    if (closes) expectedBad.insert(expectedBad.begin() + 2, "closed");
    CHECK(bad == expectedBad);
    CHECK_EQUAL(answers.at("failed").get<std::size_t>(), bad.size());
    for (const char* part : {"20000 x 20000", "cut short", "the file is empty", "60000 x 60000", "symbolic links",
                             "text, not a picture", "there is no such file"}) {
        CHECK_HOLDS(finished.err, part);
    }
    // A pipe that is named is refused, and not waited for.
    cli.fails(1, {"classify", "--model", kModel, "mixed/pipe.png"}, {"pipe.png"});
}

}  // namespace

int main(int argc, char** argv) {
    return runTests(argc, argv,
                    {{"bothFormsSideBySide", bothFormsSideBySide},
                     {"outstandingStepsAreTold", outstandingStepsAreTold},
                     {"aModelWithoutADenseFormAnswers", aModelWithoutADenseFormAnswers},
                     {"theAnswerIsThatOfForward", theAnswerIsThatOfForward},
                     {"activationMapsAreWritten", activationMapsAreWritten},
                     {"tablesAndCopies", tablesAndCopies},
                     {"everyBrokenKind", everyBrokenKind}});
}
