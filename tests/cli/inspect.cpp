// inspect --connections: what is printed and written is what the run recorded and what its models hold, at every
// moment, while it trains and afterwards; what is wrong is said.
#include <fstream>

#include "cli_test.h"
#include "connections/connection_layout.h"
#include "io/connections_file.h"
#include "io/run_record.h"
#include "support/io_scratch.h"
#include "support/tiny_data.h"

using namespace condenser;
using namespace condenser::test;

namespace fs = std::filesystem;

namespace {

// Four epochs of three steps; condensing steps 1 to 3 before the steps 2, 4 and 6.
void train(Cli& cli, const std::string& out = "run", const std::string& model = kTinySpec) {
    if (!fs::exists(cli.file("data"))) writeTinyFolder(cli.file("data"), 8, 4);
    cli.done(
        {"train", "--data", "folder:data", "--model", model, "--batch", "8", "--epochs", "4", "--out", out, "--quiet"});
}

const std::vector<std::string> kMoments{"before:1", "after:1",  "epoch:1", "before:2", "after:2",
                                        "epoch:2",  "before:3", "after:3", "epoch:3",  "epoch:4"};

// The layer's lists of one kind as one row-major list.
template <class Value>
std::vector<Value> flat(const json& groups) {
    std::vector<Value> values;
    for (const json& group : groups) {
        for (const json& value : group) values.push_back(value.get<Value>());
    }
    return values;
}

void checkLayer(const json& shown, const ConnectionsLayer& layer, const LayerConnections& recorded) {
    CHECK_EQUAL(shown.at("layer").get<std::string>(), layer.name);
    CHECK_EQUAL(shown.at("masks").size(), static_cast<std::size_t>(layer.groups));
    CHECK(flat<std::uint8_t>(shown.at("masks")) == recorded.mask);
    CHECK(flat<float>(shown.at("importances")) == recorded.importance);
    std::size_t place = 0;
    for (const json& group : shown.at("index")) {
        std::vector<int> live;
        for (int input = 0; input < layer.inputs; ++input) {
            if (recorded.mask[place++] != 0) live.push_back(input);
        }
        CHECK(group.get<std::vector<int>>() == live);
    }
}

std::vector<std::string> linesOf(const std::string& path) {
    std::ifstream file(path);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
}

void jsonIsTheRecord(Cli& cli) {
    train(cli);
    const ConnectionsIndex index = take(readConnectionsIndex(cli.file("run")));
    const json all = cli.object({"inspect", "--model", "run", "--connections", "all", "--at", "all"});
    CHECK_EQUAL(all.at("spec").get<std::string>(), take(readRunRecord(cli.file("run"))).spec.text());
    CHECK_EQUAL(all.at("sources").size(), std::size_t{3});
    CHECK_EQUAL(all.at("sources")[2].at("name").get<std::string>(), "2.1");
    CHECK_EQUAL(all.at("sources")[1].at("first").get<int>(), 8);
    CHECK_EQUAL(all.at("moments").size(), kMoments.size());
    for (std::size_t i = 0; i < kMoments.size(); ++i) {
        const json& moment = all.at("moments")[i];
        const ConnectionsRecord record = take(readConnections(cli.file("run"), i));
        CHECK_EQUAL(moment.at("at").get<std::string>(), kMoments[i]);
        CHECK_EQUAL(moment.at("step").get<std::int64_t>(), record.key.step);
        CHECK_EQUAL(moment.at("epoch").get<int>(), record.key.epoch);
        CHECK_EQUAL(moment.at("stage").get<int>(), record.key.stage);
        CHECK_EQUAL(moment.at("connections").size(), index.layers.size());
        for (std::size_t layer = 0; layer < index.layers.size(); ++layer)
            checkLayer(moment.at("connections")[layer], index.layers[layer], record.layers[layer]);
        // The same by its name, and one layer of it.
        const json one = cli.object({"inspect", "--model", "run", "--at", kMoments[i]});
        CHECK_EQUAL(one.at("connections"), moment.at("connections"));
        CHECK_EQUAL(one.at("moment").at("at").get<std::string>(), kMoments[i]);
        const json layer = cli.object({"inspect", "--model", "run", "--at", kMoments[i], "--connections", "2.1"});
        CHECK_EQUAL(layer.at("connections"), moment.at("connections")[1]);
    }
    const json last = cli.object({"inspect", "--model", "run", "--connections", "all"});
    CHECK_EQUAL(last.at("moment").at("at").get<std::string>(), "epoch:4");
    CHECK_EQUAL(last.at("connections"), all.at("moments").back().at("connections"));
}

void csvIsTheRecord(Cli& cli) {
    train(cli);
    const ConnectionsIndex index = take(readConnectionsIndex(cli.file("run")));
    const ConnectionLayout layout = layoutOf(take(readRunRecord(cli.file("run"))).spec);
    cli.done({"inspect", "--model", "run", "--at", "all", "--csv", "all.csv"});
    const std::vector<std::string> lines = linesOf(cli.file("all.csv"));
    CHECK_EQUAL(lines[0], "moment,epoch,step,stage,block,layer,group,input,source_block,source_layer,live,importance");
    std::size_t at = 1;
    for (std::size_t i = 0; i < index.records.size(); ++i) {
        const ConnectionsRecord record = take(readConnections(cli.file("run"), i));
        for (std::size_t k = 0; k < index.layers.size(); ++k) {
            for (int pair = 0; pair < index.layers[k].groups * index.layers[k].inputs; ++pair) {
                const int group = pair / index.layers[k].inputs, input = pair % index.layers[k].inputs;
                const SourceLayer& source = layout.sources[static_cast<std::size_t>(layout.sourceOf(input))];
                std::ostringstream begin;
                begin << kMoments[i] << ',' << record.key.epoch << ',' << record.key.step << ',' << record.key.stage
                      << ',' << layout.reader(static_cast<int>(k)).block + 1 << ",1," << group + 1 << ',' << input
                      << ',' << (source.name == "stem" ? "0,0" : "1,1") << ','
                      << int{record.layers[k].mask[static_cast<std::size_t>(pair)]} << ',';
                CHECK(at < lines.size());
                CHECK_EQUAL(lines[at].substr(0, begin.str().size()), begin.str());
                CHECK_EQUAL(std::stof(lines[at].substr(begin.str().size())),
                            record.layers[k].importance[static_cast<std::size_t>(pair)]);
                ++at;
            }
        }
    }
    CHECK_EQUAL(at, lines.size());
    // One layer at one moment; of a model, without a time.
    cli.done({"inspect", "--model", "run", "--connections", "2.1", "--at", "before:2", "--csv", "one.csv"});
    CHECK_EQUAL(linesOf(cli.file("one.csv")).size(), std::size_t{1 + 2 * 12});
    cli.done({"inspect", "--model", "run/step-2.safetensors", "--connections", "2.1", "--csv", "model.csv"});
    const auto run = linesOf(cli.file("one.csv")), model = linesOf(cli.file("model.csv"));
    CHECK_EQUAL(model.size(), run.size());
    const std::string time = "before:2,1,4,1,";
    for (std::size_t i = 1; i < run.size(); ++i) {
        CHECK_EQUAL(run[i].substr(0, time.size()), time);
        CHECK_EQUAL(model[i], ",,,1," + run[i].substr(time.size()));
    }
}

void modelsAreTheMomentsOfTheirRun(Cli& cli) {
    train(cli);
    const auto connections = [&](const Words& more) {
        Words words{"inspect", "--connections", "all", "--model"};
        words.insert(words.end(), more.begin(), more.end());
        return cli.object(words).at("connections");
    };
    for (const char* stage : {"1", "2", "3"}) {
        CHECK_EQUAL(connections({std::string("run/step-") + stage + ".safetensors"}),
                    connections({"run", "--at", std::string("before:") + stage}));
    }
    CHECK_EQUAL(connections({"run/last.safetensors"}), connections({"run"}));
    const json best = connections({"run", "--at", "best"});
    CHECK_EQUAL(connections({"run/model.safetensors"}), best);
    cli.done({"condense", "--model", "run/model.safetensors", "--out", "condensed.safetensors"});
    CHECK_EQUAL(connections({"condensed.safetensors"}), best);
    CHECK_EQUAL(connections({"run/model.safetensors", "--variant", "condensed"}), best);
}

// Before any training: a transition is asked for by its name, and inputs behind it are counted anew.
void transitions(Cli& cli) {
    const std::string model =
        "condensenet:stages=2-2,growth=4-4,groups=2,condense=2,group3x3=2,classes=3,size=8,compression=0.5";
    const std::string all = cli.done({"inspect", "--model", model, "--connections", "all"}).out;
    for (const char* part : {"\nT1          2      16", "\n2.1         2       8", "\n2.2         2      12"})
        CHECK_HOLDS(all, part);
    const std::string one = cli.done({"inspect", "--model", model, "--connections", "T1"}).out;
    for (const char* part :
         {"features.transition_1.conv: 16 inputs, 8 outputs", "\nstem       0 to 7", "\n1.2      12 to 15"})
        CHECK_HOLDS(one, part);
    const json layer = cli.object({"inspect", "--model", model, "--connections", "2.2", "--csv", "layer.csv"});
    CHECK_EQUAL(layer.at("connections").at("first_channel").get<int>(), 16);
    CHECK_EQUAL(layer.at("sources")[3].at("name").get<std::string>(), "T1");
    CHECK_EQUAL(layer.at("sources")[3].at("first").get<int>(), 16);
    const std::vector<std::string> lines = linesOf(cli.file("layer.csv"));
    CHECK_EQUAL(lines.size(), std::size_t{1 + 2 * 12});
    CHECK(lines[1].starts_with(",,,0,2,2,1,0,1,3,1,"));  // T1 is the layer behind 1.2
    CHECK(lines[12].starts_with(",,,0,2,2,1,11,2,1,1,"));
    const std::string dense =
        cli.done({"inspect", "--model", "densenet:stages=1-1,growth=4-4", "--connections", "T1"}).out;
    for (const char* part : {"1 group, no condensing steps", "8 of 8  100.00 %"}) CHECK_HOLDS(dense, part);
}

void textsForPeople(Cli& cli) {
    train(cli);
    const std::string all = cli.done({"inspect", "--model", "run", "--connections", "all"}).out;
    for (const char* part :
         {"at the end of epoch 4, 12 training steps done", "3 of 3 steps done", "dead inputs", "1.1         2       8",
          "2.1         2      12", "4 of 16  25.00 %", "6 of 24  25.00 %", "10 of 40  25.00 %"}) {
        CHECK_HOLDS(all, part);
    }
    const std::string one = cli.done({"inspect", "--model", "run", "--connections", "2.1", "--at", "after:1"}).out;
    for (const char* part :
         {"just after condensing step 1", "features.denseblock_2.denselayer_1.conv_1: 12 inputs", "\n    1     9  ",
          "\n    2     9  ", "importance", "\nstem      0 to 7", "\n1.1      8 to 11"}) {
        CHECK_HOLDS(one, part);
    }
    const std::string moments = cli.done({"inspect", "--model", "run", "--at", "all"}).out;
    for (const std::string& name : kMoments) CHECK_HOLDS(moments, "\n" + name + " ");
    CHECK_HOLDS(moments, "30 of 40   75.00 %");
    CHECK_HOLDS(cli.done({"inspect", "--model", "run", "--at", "all", "--connections", "1.1"}).out,
                "12 of 16   75.00 %");
}

// Half a record at the end is one that is being written.
void aRunInTraining(Cli& cli) {
    writeTinyFolder(cli.file("data"), 8, 4);
    Running training = cli.start({"train", "--data", "folder:data", "--model", kTinySpec, "--batch", "8", "--epochs",
                                  "100000", "--out", "run", "--quiet"});
    CHECK(waitUntil([&] { return fs::exists(cli.file("run/connections.bin")); }));
    std::size_t before = 0;
    CHECK(waitUntil([&] {
        const Finished looked = cli.run({"inspect", "--model", "run", "--at", "all", "--json"});
        if (before == 0 && looked.status != 0) return false;  // the header is there, the first record not yet
        CHECK_EQUAL(looked.status, 0);
        const std::size_t moments = parseObject(looked.out).at("moments").size();
        CHECK(moments >= before);
        const bool grown = before > 0 && moments > before;
        before = moments;
        return grown;
    }));
    training.signal(9);
    training.finish();
    const std::size_t records = take(readConnectionsIndex(cli.file("run"))).records.size();
    std::string bytes = readBytes(cli.file("run/connections.bin"));
    writeBytes(cli.file("run/connections.bin"), bytes + bytes.substr(bytes.size() - 100));
    const json all = cli.object({"inspect", "--model", "run", "--at", "all"});
    CHECK_EQUAL(all.at("moments").size(), records);
}

void whatIsWrongIsSaid(Cli& cli) {
    train(cli);
    const auto before = contentsOf(cli.file("run"));
    const auto fails = [&](int status, const Words& more, std::initializer_list<std::string_view> parts) {
        Words words{"inspect"};
        words.insert(words.end(), more.begin(), more.end());
        cli.fails(status, words, parts);
    };
    fails(1, {"--model", "run"}, {"run/model.safetensors", "--connections all"});
    fails(2, {"--model", "run", "--connections", "3.1"},
          {"3.1", "features.denseblock_1.denselayer_1.conv_1", "features.denseblock_2.denselayer_1.conv_1"});
    for (const char* moment : {"epoch:5", "epoch:0", "before:4", "nonsense", "epoch"}) {
        fails(2, {"--model", "run", "--at", moment},
              {moment, "run/connections.bin", "epoch:1 to epoch:4", "before:3", "last, best and all"});
    }
    fails(2, {"--model", "run/model.safetensors", "--at", "epoch:1"}, {"epoch:1", "one moment", "--at"});
    fails(2, {"--model", "vgg-16", "--at", "last"}, {"vgg-16"});
    for (const Words& flag : {Words{"--variant", "dense"},
                              {"--classifier-keep", "0.5"},
                              {"--layers"},
                              {"--reference-quirks"},
                              {"--weights", "run/model.safetensors"}}) {
        Words words{"--model", "run", "--connections", "all"};
        words.insert(words.end(), flag.begin(), flag.end());
        fails(2, words, {flag.front(), "run/model.safetensors"});
    }
    fails(2, {"--model", "run", "--csv", "run/metrics.csv"}, {"run/metrics.csv", "file of the run"});
    fails(2, {"--model", "run", "--csv", "run/model.safetensors"}, {"run/model.safetensors", "file of the run"});
    fails(2, {"--model", "run/model.safetensors", "--csv", "run/model.safetensors"}, {"run/model.safetensors"});
    fails(1, {"--model", "run", "--csv", "no/such/table.csv"}, {"cannot write the table", "no/such"});
    CHECK(contentsOf(cli.file("run")) == before);

    // A record that is damaged, of another network, or not there. No table is left behind.
    const std::string bytes = readBytes(cli.file("run/connections.bin"));
    std::string damaged = bytes;
    damaged[damaged.size() - 1000] ^= 1;
    writeBytes(cli.file("run/connections.bin"), damaged);
    fails(1, {"--model", "run", "--at", "all", "--csv", "table.csv"}, {"run/connections.bin", "damaged"});
    CHECK(!fs::exists(cli.file("table.csv")));
    train(cli, "other", "condensenet:stages=1-1,growth=8-8,groups=2,classes=3,size=16");
    fs::copy_file(cli.file("other/connections.bin"), cli.file("run/connections.bin"),
                  fs::copy_options::overwrite_existing);
    fails(1, {"--model", "run", "--at", "last"}, {"run/connections.bin", "not those of the network in run.json"});
    writeBytes(cli.file("run/connections.bin"), "something else");
    fails(1, {"--model", "run", "--at", "last"}, {"run/connections.bin"});
    fs::remove(cli.file("run/connections.bin"));
    fails(1, {"--model", "run", "--at", "last"}, {"run/connections.bin", "nothing is recorded yet"});
    fs::create_directories(cli.file("empty"));
    fails(1, {"--model", "empty", "--connections", "all"}, {"empty", "folder"});
}

// No model is named; the counts are those that inspect tells of a network by itself.
void thePublishedCounts(Cli& cli) {
    const json paper = cli.object({"inspect", "--paper"});
    CHECK_EQUAL(paper.at("rows").size(), std::size_t{9});
    const auto counts = [&](const std::string& model, const Words& flags) {
        Words words{"inspect", "--model", model};
        words.insert(words.end(), flags.begin(), flags.end());
        const json whole = cli.object(words);
        return json{{"ref_flops", whole.at("ref_flops")}, {"params", whole.at("params")}, {"macs", whole.at("macs")}};
    };
    for (const json& row : paper.at("rows")) {
        CHECK(row.at("same_digits").at("ref_flops").get<bool>() && row.at("same_digits").at("params").get<bool>());
        const std::string model = row.at("model");
        if (model != "condensenet-50" && model != "condensenet-74-g8") continue;
        CHECK_EQUAL(row.at("trained"), counts(model, {"--variant", "learned"}));
        CHECK_EQUAL(row.at("converted"), counts(model, {"--variant", "condensed", "--classifier-keep", "0.5"}));
    }
    CHECK_HOLDS(cli.done({"inspect", "--paper"}).out, "CondenseNet-74 C=G=8  converted    274M   274.23M   yes");
    cli.fails(2, {"inspect", "--paper", "--model", "condensenet-86"}, {"--model", "--paper"});
    cli.fails(2, {"inspect"}, {"--model", "required"});
}

}  // namespace

int main(int argc, char** argv) {
    return runTests(argc, argv,
                    {{"jsonIsTheRecord", jsonIsTheRecord},
                     {"csvIsTheRecord", csvIsTheRecord},
                     {"modelsAreTheMomentsOfTheirRun", modelsAreTheMomentsOfTheirRun},
                     {"transitions", transitions},
                     {"textsForPeople", textsForPeople},
                     {"aRunInTraining", aRunInTraining},
                     {"whatIsWrongIsSaid", whatIsWrongIsSaid},
                     {"thePublishedCounts", thePublishedCounts}});
}
