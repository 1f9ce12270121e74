// How commands are typed: help, version, options, numbers, presets and specs. What is typed wrongly ends with status 2
// and says what was expected.
#include <filesystem>

#include "cli_test.h"
#include "ops/simd_target.h"
#include "support/io_scratch.h"
#include "support/pictures.h"
#include "support/tiny_data.h"

using namespace condenser;
using namespace condenser::test;

namespace {

const std::vector<Words> kCommands{{"train"},
                                   {"eval"},
                                   {"condense"},
                                   {"export"},
                                   {"forward"},
                                   {"classify"},
                                   {"inspect"},
                                   {"bench"},
                                   {"bench-train"},
                                   {"import"},
                                   {"check", "steps"},
                                   {"check", "gradients"},
                                   {"check", "preprocess"},
                                   {"check", "kernels"},
                                   {"data", "make"},
                                   {"data", "get"},
                                   {"data", "check"}};

Words with(Words words, const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

std::string spaced(const Words& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
}

void everyHelpHasAnExample(Cli& cli) {
    const Finished program = cli.done({"--help"});
    CHECK_HOLDS(program.out, "Example: condenser-cli train");
    CHECK_EQUAL(program.err, "");
    for (const Words& command : kCommands) {
        CHECK_HOLDS(program.out, command.front());
        const Finished help = cli.done(with(command, {"--help"}));
        CHECK_EQUAL(help.err, "");
        CHECK_HOLDS(help.out, "Example: condenser-cli " + spaced(command));
        for (const char* flag : {"--threads", "--isa", "--seed", "--json", "--quiet", "--help", "--version"}) {
            CHECK_HOLDS(help.out, flag);
        }
    }
    for (const char* group : {"check", "data"})
        CHECK_HOLDS(cli.done({group, "--help"}).out, std::string("Example: condenser-cli ") + group);
}

void versionIsOneLine(Cli& cli) {
    CHECK_EQUAL(cli.done({"--version"}).out, "condenser-cli " CONDENSER_VERSION "\n");
    CHECK_EQUAL(cli.done({"train", "--version"}).out, "condenser-cli " CONDENSER_VERSION "\n");
}

void unknownCommandsAreRefused(Cli& cli) {
    cli.fails(2, {}, {"wrong usage", "train, eval, condense", "condenser-cli --help"});
    cli.fails(2, {"trian"}, {"\"trian\"", "condenser-cli --help"});
    cli.fails(2, {"check"}, {"wrong usage", "condenser-cli check --help"});
    cli.fails(2, {"check", "stepz"}, {"\"stepz\"", "condenser-cli check --help"});
    cli.fails(2, {"data", "make", "shapes11", "--out", "d"}, {"shapes11", "shapes10"});
}

void unknownOptionsAreRefused(Cli& cli) {
    cli.fails(2, {"inspect", "--model", "condensenet-86", "--modell", "x"},
              {"--modell", "condenser-cli inspect --help"});
    cli.fails(2, {"--frobnicate"}, {"--frobnicate"});
    cli.fails(2, {"inspect", "--model", "condensenet-86", "stray"}, {"stray"});
    cli.fails(2, {"classify", "--model", "condensenet-tiny", "--classifier-keep", "0.5", "x.png"},
              {"--classifier-keep"});
}

void missingValuesAreRefused(Cli& cli) {
    cli.fails(2, {"inspect", "--model"}, {"--model"});
    cli.fails(2, {"inspect"}, {"--model", "required"});
    cli.fails(2, {"train", "--model", "condensenet-tiny"}, {"--data"});
    cli.fails(2, {"train", "--data", "shapes10"}, {"--model"});
    cli.fails(2, {"train", "--resume"}, {"--resume", "train --resume FOLDER"});
    cli.fails(2, {"eval", "--model", "condensenet-tiny"}, {"--data"});
    cli.fails(2, {"condense", "--model", "condensenet-tiny"}, {"--out"});
    cli.fails(2, {"forward", "--model", "condensenet-tiny", "--in", "x"}, {"--out"});
    cli.fails(2, {"classify", "--model", "condensenet-tiny"}, {"pictures"});
    cli.fails(2, {"check", "preprocess", "--out", "y"}, {"image"});
    cli.fails(2, {"data", "make", "shapes10"}, {"--out"});
    cli.fails(2, {"data", "get", "cifar10"}, {"--out"});
}

void numbersOutOfRangeAreRefused(Cli& cli) {
    const auto refused = [&](const Words& command, const char* flag, std::initializer_list<const char*> values) {
        for (const char* value : values) cli.fails(2, with(command, {std::string(flag), value}), {flag, value});
    };
    const Words inspect{"inspect", "--model", "condensenet-86"};
    refused(inspect, "--threads", {"0", "-1", "1.5", "many", "1000000000", "99999999999999999999", ""});
    refused(inspect, "--seed", {"-1", "1.5", "x", "18446744073709551616", "0x10"});
    refused(inspect, "--classifier-keep", {"0", "-0.5", "1.01", "nan", "0,5"});
    const Words train{"train", "--data", "shapes10", "--model", "condensenet-tiny", "--out", "run"};
    refused(train, "--epochs", {"0", "-3", "2.5", "1e3"});
    refused(train, "--batch", {"0", "-64"});
    refused(train, "--lr", {"-0.1", "nan", "inf", "fast"});
    refused(train, "--lasso", {"-1e-5", "nan"});
    refused(train, "--validation", {"1", "-0.1", "nan"});
    refused({"check", "preprocess", "x.png", "--out", "y"}, "--size", {"0", "-224", "100000"});
    refused({"classify", "--model", "condensenet-tiny", "x.png"}, "--top", {"0", "-1"});
    CHECK(!std::filesystem::exists(cli.file("run")));
}

void choicesAreNamed(Cli& cli) {
    cli.fails(2, {"inspect", "--model", "condensenet-86", "--variant", "sparse"},
              {"sparse", "dense", "learned", "condensed"});
    cli.fails(2, {"bench", "--model", "condensenet-86", "--variant", "dense,learned"},
              {"dense,learned", "dense,condensed"});
    cli.fails(2, {"eval", "--model", "condensenet-86", "--data", "shapes10", "--variant", "learned"},
              {"learned", "dense", "condensed"});
}

void instructionSetsCanBeForced(Cli& cli) {
    const std::vector<std::string> offered = simdTargets();
    const auto isaOf = [&](const Words& more, const Environment& environment) {
        const json isas = cli.object(with({"check", "kernels"}, more), environment).at("isas");
        CHECK_EQUAL(isas.size(), std::size_t{1});
        return isas.at(0).get<std::string>();
    };
    CHECK_EQUAL(isaOf({"--isa", offered.back()}, {}), offered.back());
    CHECK_EQUAL(isaOf({}, {{"CONDENSER_ISA", offered.back()}}), offered.back());
    CHECK_EQUAL(isaOf({"--isa", offered.front()}, {{"CONDENSER_ISA", offered.back()}}), offered.front());
    const Words inspect{"inspect", "--model", "condensenet-tiny"};
    cli.fails(2, with(inspect, {"--isa", "MMX"}), {"MMX", offered.front(), offered.back()});
    cli.fails(2, inspect, {"MMX", "CONDENSER_ISA", offered.front()}, {{"CONDENSER_ISA", "MMX"}});
}

// Stages and growth as the README promises; the rest is G = C = 4, 10 classes, 32 x 32.
void presetsAreKnown(Cli& cli) {
    const auto spec = [](const std::string& stages, const std::string& growth, const std::string& rest) {
        return "condensenet:stages=" + stages + ",growth=" + growth + "," + rest;
    };
    const std::string small = "groups=4,condense=4,bottleneck=4,group3x3=4,classes=10,size=32,stem_stride=1";
    std::vector<std::pair<std::string, std::string>> presets{
        {"condensenet-tiny", spec("4-4-4", "8-16-32", small)},
        {"condensenet-182", spec("30-30-30", "12-24-48", small)},
        {"condensenet-74-g4", spec("4-6-8-10-8", "8-16-32-64-128",
                                   "groups=4,condense=4,bottleneck=4,group3x3=4,classes=1000,size=224,stem_stride=2")},
        {"condensenet-74-g8", spec("4-6-8-10-8", "8-16-32-64-128",
                                   "groups=8,condense=8,bottleneck=4,group3x3=8,classes=1000,size=224,stem_stride=2")},
        {"densenet-100", spec("16-16-16", "12-12-12",
                              "groups=1,condense=1,bottleneck=4,group3x3=1,classes=10,size=32,stem_stride=1,"
                              "compression=0.5")}};
    for (const auto& [name, n] : std::initializer_list<std::pair<const char*, const char*>>{
             {"50", "8"}, {"74", "12"}, {"86", "14"}, {"98", "16"}, {"110", "18"}, {"122", "20"}}) {
        const std::string layers = n;
        presets.emplace_back(std::string("condensenet-") + name,
                             spec(layers + "-" + layers + "-" + layers, "8-16-32", small));
    }
    for (const auto& [name, expected] : presets) {
        CHECK_EQUAL(cli.object({"inspect", "--model", name}).at("spec").get<std::string>(), expected);
    }
    cli.fails(2, {"inspect", "--model", "condensenet-87"}, {"condensenet-87", "condensenet-86", "condensenet:stages="});
}

void specsHaveDefaults(Cli& cli) {
    const auto specOf = [&](const std::string& model) {
        return cli.object({"inspect", "--model", model}).at("spec").get<std::string>();
    };
    const std::string whole = specOf("condensenet-86");
    CHECK_EQUAL(specOf("condensenet:"), whole);
    CHECK_EQUAL(specOf("condensenet:size=32,classes=10,condense=4,groups=4"), whole);
    CHECK_HOLDS(specOf("condensenet:size=17x12"), "size=17x12,stem_stride=1");
    CHECK_HOLDS(specOf("condensenet:size=64"), "size=64,stem_stride=1");
    CHECK_HOLDS(specOf("condensenet:size=65"), "size=65,stem_stride=2");
    CHECK_HOLDS(specOf("condensenet:size=32x96"), "size=32x96,stem_stride=2");
    CHECK_HOLDS(specOf("condensenet:size=65,stem_stride=1"), "stem_stride=1");

    // Height comes first: the stem's map is 17 high and 12 wide.
    const json layers = cli.object({"inspect", "--model", "condensenet:size=17x12", "--layers"}).at("layers");
    CHECK_EQUAL(layers.at(0).at("height").get<int>(), 17);
    CHECK_EQUAL(layers.at(0).at("width").get<int>(), 12);
}

// The values that a refusal names must themselves be accepted.
void illegalSpecsNameTheNearestLegalValues(Cli& cli) {
    const auto refused = [&](const std::string& settings, std::initializer_list<std::string_view> parts) {
        return cli.fails(2, {"inspect", "--model", "condensenet:" + settings}, parts);
    };
    refused("growth=10-16-32", {"growth 10", "divisible", "nearest legal", "growth=8-16-32", "growth=12-16-32"});
    refused("groups=3", {"divisible by groups=3", "groups=2", "groups=4"});
    refused("condense=5", {"divisible by condense=5", "condense=4", "condense=8"});
    refused("group3x3=3", {"divisible by group3x3=3", "group3x3=2", "group3x3=4"});
    for (const char* legal : {"growth=12-16-32", "groups=2", "condense=8", "group3x3=2"}) {
        cli.done({"inspect", "--model", std::string("condensenet:") + legal});
    }
    refused("stages=4-4", {"stages", "growth"});
    refused("size=2", {"size=2x2", "at least 4 pixels"});
    refused("size=0", {"size"});
    refused("size=1x2x3", {"size=32 or size=17x12"});
    refused("colour=red", {"colour", "no such key", "stages, growth"});
    refused("groups=4,groups=4", {"groups", "twice"});
    refused("groups", {"key=value"});
    refused("groups=four", {"groups=four", "whole number"});
    refused("classes=0", {"classes"});
    refused("stages=1000-1000-1000", {"stages"});
}

void jsonTellsFailures(Cli& cli) {
    const auto errorOf = [&](int status, const Words& words) {
        const Finished finished = cli.run(words);
        CHECK_EQUAL(finished.status, status);
        CHECK_HOLDS(finished.err, "condenser-cli: ");
        return parseObject(finished.out).at("error");
    };
    const json missing = errorOf(1, {"inspect", "--model", "nowhere.safetensors", "--json"});
    CHECK_EQUAL(missing.at("where").get<std::string>(), "nowhere.safetensors");
    CHECK(!missing.at("what").get<std::string>().empty());
    CHECK(!missing.at("why").get<std::string>().empty());
    errorOf(2, {"inspect", "--model", "condensenet:groups=3", "--json"});
    // Where the command line itself cannot be read, too, wherever --json stands in it.
    errorOf(2, {"inspect", "--json", "--threads", "none", "--model", "condensenet-86"});
    errorOf(2, {"inspect", "--json", "--modell"});
}

void stdoutThatCannotBeWrittenIsAnError(Cli& cli) {
    for (const char* form : {"", "--json"}) {
        const Finished full =
            cli.shell(std::string("\"$0\" \"$@\" ") + form + " > /dev/full", {"inspect", "--model", "condensenet-86"});
        CHECK_EQUAL(full.status, 1);
        CHECK_HOLDS(full.err, "standard output");
    }
    // A reader that has seen enough ends the program without a core dump.
    const Finished cutOff = cli.shell("{ \"$0\" \"$@\"; echo status $? >&2; } | head -c 1",
                                      {"inspect", "--model", "condensenet-182", "--layers", "--quiet"});
    CHECK(cutOff.err.find("status 134") == std::string::npos && cutOff.err.find("status 139") == std::string::npos);
}

void quietSaysNothing(Cli& cli) {
    writeTinyFolder(cli.file("data"), 4, 2);
    const Words train{"train", "--data", "folder:" + cli.file("data"), "--model", kTinySpec, "--epochs", "2", "--out"};
    CHECK_EQUAL(cli.done(with(train, {"quiet", "--quiet"})).err, "");
    // Else a line for each epoch, and on no terminal no bar.
    const Finished told = cli.done(with(train, {"told"}));
    CHECK_HOLDS(told.err, "epoch   1/2");
    CHECK_HOLDS(told.err, "epoch   2/2");
    CHECK(told.err.find('\r') == std::string::npos && told.err.find('\x1b') == std::string::npos);
    // With --json progress stays on stderr, and stdout is one object.
    const Finished both = cli.done(with(train, {"both", "--json"}));
    CHECK_EQUAL(parseObject(both.out).at("state").get<std::string>(), "finished");
    CHECK_HOLDS(both.err, "epoch   2/2");
}

// A stack of 200 TB for every thread: the system gives none, as under a limit of processes. Nothing hangs or aborts;
// what one thread can do is done.
void withoutThreads(Cli& cli) {
    const char* script = "ulimit -s 200000000000 || exit 77; exec \"$0\" \"$@\" --threads 4";
    writeTinyFolder(cli.file("data"), 4, 2);
    const Finished evaluated =
        cli.shell(script, {"eval", "--model", kTinySpec, "--data", "folder:data", "--quiet", "--json"});
    if (evaluated.status == 77) return;  // a hard limit is in force
    CHECK_EQUAL(evaluated.status, 0);
    CHECK_EQUAL(parseObject(evaluated.out).at("images").get<int>(), 6);
    const Finished trained = cli.shell(
        script, {"train", "--model", kTinySpec, "--data", "folder:data", "--epochs", "1", "--out", "run", "--quiet"});
    CHECK_EQUAL(trained.status, 1);
    CHECK_HOLDS(trained.err, "cannot train");
    CHECK_HOLDS(trained.err, "no thread can be started");
}

}  // namespace

int main(int argc, char** argv) {
    return runTests(argc, argv,
                    {{"everyHelpHasAnExample", everyHelpHasAnExample},
                     {"versionIsOneLine", versionIsOneLine},
                     {"unknownCommandsAreRefused", unknownCommandsAreRefused},
                     {"unknownOptionsAreRefused", unknownOptionsAreRefused},
                     {"missingValuesAreRefused", missingValuesAreRefused},
                     {"numbersOutOfRangeAreRefused", numbersOutOfRangeAreRefused},
                     {"choicesAreNamed", choicesAreNamed},
                     {"instructionSetsCanBeForced", instructionSetsCanBeForced},
                     {"presetsAreKnown", presetsAreKnown},
                     {"specsHaveDefaults", specsHaveDefaults},
                     {"illegalSpecsNameTheNearestLegalValues", illegalSpecsNameTheNearestLegalValues},
                     {"jsonTellsFailures", jsonTellsFailures},
                     {"stdoutThatCannotBeWrittenIsAnError", stdoutThatCannotBeWrittenIsAnError},
                     {"quietSaysNothing", quietSaysNothing},
                     {"withoutThreads", withoutThreads}});
}
