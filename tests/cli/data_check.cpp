// data check: what is wrong with a data set, named in full in JSON and in the first few lines of a text.
#include <filesystem>

#include "cli_test.h"
#include "support/io_scratch.h"
#include "support/tiny_data.h"

using namespace condenser;
using namespace condenser::test;

namespace fs = std::filesystem;

namespace {

void soundDataAreSaidToBeSound(Cli& cli) {
    writeTinyFolder(cli.file("data"), 25, 4);
    const json report = cli.object({"data", "check", "folder:data"});
    for (const char* list :
         {"unreadable", "leaked", "repeated_train", "repeated_test", "disputed", "few", "warnings"}) {
        CHECK_EQUAL(report.at(list).size(), std::size_t{0});
    }
    CHECK_EQUAL(report.at("train").get<int>(), 75);
    const std::string text = cli.done({"data", "check", "folder:data"}).out;
    CHECK_HOLDS(text, "all pictures are of 32 x 32 pixels");
    CHECK_HOLDS(text, "0 of 87 pictures unreadable");
    CHECK(text.find("warning") == std::string::npos);
}

void longListsAreCutInTheTextOnly(Cli& cli) {
    writeTinyFolder(cli.file("data"), 25, 4, 2);
    const fs::path train = cli.file("data/train");
    const std::string first = shapesClasses()[0], second = shapesClasses()[1];
    for (int i = 0; i < 25; ++i) {
        fs::copy_file(train / first / "0.png", train / first / ("again" + std::to_string(100 + i) + ".png"));
        writeBytes(train / second / ("broken" + std::to_string(100 + i) + ".png"), "");
    }
    fs::copy_file(train / first / "0.png", train / second / "other.png");
    fs::copy_file(train / first / "1.png", cli.file("data/test/" + first + "/leaked.png"));

    const json report = parseObject(cli.run({"data", "check", "folder:data", "--json"}).out);
    CHECK_EQUAL(report.at("repeated_train").size(), std::size_t{26});
    CHECK_EQUAL(report.at("repeated_test").size(), std::size_t{0});
    CHECK_EQUAL(report.at("unreadable").size(), std::size_t{25});
    CHECK_EQUAL(report.at("disputed").size(), std::size_t{1});
    CHECK_EQUAL(report.at("disputed").at(0).at("again_class").get<std::string>(), second);
    CHECK_EQUAL(report.at("leaked").at(0).at("test").get<std::string>(), "data/test/" + first + "/leaked.png");

    const Finished text = cli.run({"data", "check", "folder:data"});
    CHECK_EQUAL(text.status, 1);
    for (const char* part : {"26 pictures are in the training part more than once", "again119.png", "and 6 more",
                             "1 picture is in both parts", "leaked.png", "1 picture is given under two classes",
                             "other.png", "broken119.png", "and 5 more", "25 of 110 pictures unreadable"}) {
        CHECK_HOLDS(text.out, part);
    }
    CHECK(text.out.find("again120.png") == std::string::npos && text.out.find("broken120.png") == std::string::npos);
}

}  // namespace

int main(int argc, char** argv) {
    return runTests(argc, argv,
                    {{"soundDataAreSaidToBeSound", soundDataAreSaidToBeSound},
                     {"longListsAreCutInTheTextOnly", longListsAreCutInTheTextOnly}});
}
