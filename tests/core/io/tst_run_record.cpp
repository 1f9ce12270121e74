#include <QtTest>
#include <set>

#include "io/json.h"
#include "io/run_record.h"
#include "support/io_faults.h"
#include "support/io_scratch.h"

using namespace condenser;
using namespace condenser::test;

namespace {

RunRecord toyRun() {
    RunRecord run;
    run.data = "folder:/pictures of \xc3\xa4nts";
    run.model = "condensenet-tiny";
    run.spec = parseNetworkSpec("condensenet:stages=4-4-4,growth=8-16-32,classes=2").value();
    run.classes = {"ant", "bee"};
    run.preprocess = {32, 32, 32, {0.1f, 0.2f, 0.3f}, {0.4f, 0.5f, 0.6f}};
    run.settings.epochs = 300;
    run.settings.batch = 63;
    run.settings.learningRate = 0.1 + 1e-17;
    run.settings.momentum = 0.9;
    run.settings.weightDecay = 1e-4;
    run.settings.groupLassoLambda = 1e-5;
    run.settings.validation = 0.125;
    run.settings.seed = std::numeric_limits<std::uint64_t>::max();
    run.settings.augmentation = Augmentation::kNone;
    run.settings.referenceQuirks = true;
    run.branch = {"run of \xc3\xa4nts", 2, 7, 1100, 5};
    run.threads = 2;
    run.isa = "AVX2";
    run.cpu = "AMD EPYC 7B13";
    run.command = "condenser-cli train --data 'x y'";
    run.program = "0.1.0";
    run.created = "2026-01-31T09:30:00Z";
    run.stepsPerEpoch = 157;
    run.trainImages = 10000;
    run.testImages = 2000;
    run.testName = "validation";
    run.state = RunState::kFailed;
    run.message = "the disk is full";
    return run;
}

Json::Object jsonOf(const RunRecord& run) {
    ScratchFolder folder;
    if (!writeRunRecord(folder.path(), run)) throw std::runtime_error("cannot write the toy");
    return *parseJson(readBytes(folder / kRunRecordName), {})->object();
}

Json::Object toyJson() {
    return jsonOf(toyRun());
}

}  // namespace

class RunRecordTest : public QObject {
    Q_OBJECT

  private slots:
    void comesBackAsItWas() {
        ScratchFolder folder;
        RunRecord run = toyRun();
        for (const RunState state : {RunState::kRunning, RunState::kStopped, RunState::kFinished, RunState::kFailed}) {
            run.state = state;
            const auto ok = writeRunRecord(folder.path(), run);
            QVERIFY2(ok, ok ? "" : ok.error().text().c_str());
            const auto back = readRunRecord(folder.path());
            QVERIFY2(back, back ? "" : back.error().text().c_str());
            QVERIFY(*back == run);
        }
        QCOMPARE(folder.entries(), 1);
    }

    // Version 0.1 did not write the CPU.
    void theCpuMayBeMissing() {
        Json::Object json = toyJson();
        QCOMPARE(*json.at("cpu").text(), std::string("AMD EPYC 7B13"));
        json.erase("cpu");
        const auto run = parseRunRecord(jsonText({json}), "old");
        QVERIFY2(run, run ? "" : run.error().text().c_str());
        QCOMPARE(run->cpu, std::string());
        RunRecord odd = toyRun();
        odd.cpu = "CPU \xff";  // not worth failing for
        ScratchFolder folder;
        QVERIFY(writeRunRecord(folder.path(), odd));
        QVERIFY(readRunRecord(folder.path()));
    }

    // Version 0.1 knew one way of condensing, and did not write it.
    void everyWayOfCondensingComesBack() {
        RunRecord run = toyRun();
        run.settings.referenceQuirks = false;
        const auto read = [](const RunRecord& run, const Json& condensing) {
            Json::Object json = jsonOf(run);
            Json::Object settings = *json.at("settings").object();
            settings.erase("condensing");
            if (condensing.text() != nullptr) settings["condensing"] = condensing;
            json["settings"] = {settings};
            const auto back = parseRunRecord(jsonText({json}), "toy");
            return back ? std::string(condensingName(back->settings.condensing)) : back.error().why;
        };
        std::set<std::string> identities;
        for (const auto way : {Condensing::kGradual, Condensing::kOnce, Condensing::kFixed, Condensing::kRandom}) {
            run.settings.condensing = way;
            identities.insert(runIdentity(run));
            ScratchFolder folder;
            QVERIFY(writeRunRecord(folder.path(), run));
            QVERIFY(*readRunRecord(folder.path()) == run);
            QCOMPARE(read(run, {std::string(condensingName(way))}), std::string(condensingName(way)));
        }
        QCOMPARE(identities.size(), std::size_t{4});
        QCOMPARE(read(run, {}), std::string("gradual"));
        QVERIFY(read(run, {std::string("twice")}).find("\"twice\", which this program") != std::string::npos);
        QVERIFY(read(toyRun(), {std::string("once")}).find("reference_quirks") != std::string::npos);
    }

    // Version 0.1 wrote whether there was augmentation, and the network's size decided on its kind.
    void augmentationIsReadInBothForms() {
        RunRecord large = toyRun();
        large.spec = parseNetworkSpec("condensenet:stages=4-4-4,growth=8-16-32,classes=2,size=96").value();
        large.preprocess.height = large.preprocess.width = 96;
        large.preprocess.resize = 109;
        const auto read = [](const RunRecord& run, const Json& augment) {
            Json::Object json = jsonOf(run);
            Json::Object settings = *json.at("settings").object();
            settings["augment"] = augment;
            json["settings"] = {settings};
            const auto back = parseRunRecord(jsonText({json}), "toy");
            return back ? std::string(augmentationName(back->settings.augmentation)) : back.error().why;
        };
        QCOMPARE(read(toyRun(), {true}), std::string("pad-crop"));
        QCOMPARE(read(large, {true}), std::string("random-resized-crop"));
        QCOMPARE(read(large, {false}), std::string("none"));
        QCOMPARE(read(large, {std::string("pad-crop")}), std::string("pad-crop"));
        QVERIFY(read(large, {std::string("auto")}).find("auto") != std::string::npos);  // what it was is not known
        QVERIFY(read(large, {std::string("rotate")}).find("rotate") != std::string::npos);
    }

    void timesAreOfTheFormThatIsRead() {
        RunRecord run = toyRun();
        run.created = utcNow();
        QCOMPARE(run.created.size(), std::size_t{20});
        ScratchFolder folder;
        QVERIFY(writeRunRecord(folder.path(), run));
    }

    void keysThatWeDoNotKnowAreIgnored() {
        Json::Object json = toyJson();
        json["colour"] = {std::string("blue")};
        const auto run = parseRunRecord(jsonText({json}), "toy");
        QVERIFY(run && *run == toyRun());
    }

    void brokenFieldsAreRefused_data() {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("json");  // empty: the key is missing
        const auto row = [](const char* key, const char* json) { QTest::addRow("%s %s", key, json) << key << json; };
        for (const auto& [key, value] : toyJson()) {
            if (key != "cpu") row(key.c_str(), "");
            row(key.c_str(), "null");
            row(key.c_str(), "[{}]");
            if (value.text() == nullptr) row(key.c_str(), "\"text\"");
            if (value.text() != nullptr) row(key.c_str(), "7");
        }
        const Json::Object json = toyJson();
        for (const auto& [key, value] : *json.at("settings").object()) {
            if (key != "condensing") row(("settings/" + key).c_str(), "");
            row(("settings/" + key).c_str(), "\"text\"");
            row(("settings/" + key).c_str(), "-1");
        }
        for (const auto& [key, value] : *json.at("branch").object()) {
            row(("branch/" + key).c_str(), "");
            row(("branch/" + key).c_str(), "[{}]");
            row(("branch/" + key).c_str(), value.text() == nullptr ? "-1" : "7");
        }
        for (const char* json : {"0", "1000001", "1.5", "1e3", "99999999999999999999"}) {
            row("settings/epochs", json);
            row("settings/batch", json);
        }
        row("settings/momentum", "1");
        row("settings/validation", "1");
        row("version", "2");
        row("version", "0");
        row("threads", "0");
        row("seed", "-1");
        row("seed", "1.0");
        row("seed", "18446744073709551616");
        row("steps_per_epoch", "0");
        row("steps_per_epoch", "1000000001");
        row("train_images", "-1");
        row("state", "\"sleeping\"");
        row("created", "\"yesterday\"");
        row("created", "\"2026-01-31 09:30:00Z\"");
        row("created", "\"2026-01-31T09:30:0\\u0007Z\"");
        row("spec", "\"condensenet:stages=4\"");
        row("classes", "[\"ant\"]");
        row("resize", "31");
    }
    void brokenFieldsAreRefused() {
        QFETCH(QString, key);
        QFETCH(QString, json);
        Json::Object object = toyJson();
        const std::string group = key.section('/', 0, -2).toStdString(), name = key.section('/', -1).toStdString();
        Json::Object grouped = group.empty() ? Json::Object{} : *object.at(group).object();
        Json::Object& place = group.empty() ? object : grouped;
        QVERIFY(place.contains(name));
        place.erase(name);
        if (!json.isEmpty()) place[name] = parseJson(json.toStdString(), {}).value();
        if (!group.empty()) object[group] = {grouped};
        const auto run = parseRunRecord(jsonText({object}), "toy");
        if (key == "branch" && json.isEmpty()) {  // as in version 0.1
            QVERIFY(run && !run->branch);
            return;
        }
        QVERIFY(!run);
        QCOMPARE(run.error().what, std::string("cannot read the run"));
        const bool newer = key == "version" && json == "2";
        QCOMPARE(run.error().code, newer ? ErrorCode::kUnsupported : ErrorCode::kBadFormat);
    }

    void longTextsAreRefused() {
        Json::Object json = toyJson();
        json["isa"] = {std::string(65, 'x')};
        QVERIFY(!parseRunRecord(jsonText({json}), "toy"));
    }

    void everyTruncationIsRefused() {
        const std::string text = jsonText({toyJson()}, 2);
        QVERIFY(parseRunRecord(text, "toy"));
        for (std::size_t length = 0; length < text.size(); ++length)
            QVERIFY(!parseRunRecord(text.substr(0, length), "toy"));
    }

    void aMissingFileIsNotFound() {
        ScratchFolder folder;
        const auto run = readRunRecord(folder.path());
        QVERIFY(!run);
        QCOMPARE(run.error().code, ErrorCode::kNotFound);
        QVERIFY(!run.error().remedy.empty());
        QCOMPARE(readRunRecord(folder / "missing").error().code, ErrorCode::kNotFound);
    }

    void whatTheReaderRefusesIsNotWritten() {
        ScratchFolder folder;
        QVERIFY(writeRunRecord(folder.path(), toyRun()));
        const std::string old = readBytes(folder / kRunRecordName);
        const std::vector<std::function<void(RunRecord&)>> wrong{
            [](RunRecord& run) { run.settings.epochs = 0; },
            [](RunRecord& run) { run.settings.learningRate = std::numeric_limits<double>::infinity(); },
            [](RunRecord& run) { run.created = ""; },
            [](RunRecord& run) { run.classes.clear(); },
            [](RunRecord& run) { run.data = "folder:/bad \xff name"; },
            [](RunRecord& run) { run.preprocess.width = 5; },
        };
        for (std::size_t i = 0; i < wrong.size(); ++i) {
            RunRecord run = toyRun();
            wrong[i](run);
            const auto ok = writeRunRecord(folder.path(), run);
            QVERIFY2(!ok, qPrintable(QString::number(i)));
            QCOMPARE(ok.error().what, std::string("cannot write the run"));
        }
        QCOMPARE(readBytes(folder / kRunRecordName), old);
    }

    void aCommandThatIsNoUtf8DoesNotStopARun() {
        ScratchFolder folder;
        RunRecord run = toyRun();
        run.command = "train --out \xff";
        QVERIFY(writeRunRecord(folder.path(), run));
        QCOMPARE(readRunRecord(folder.path())->command, std::string("train --out \xef\xbf\xbd"));
    }

    void aFailedWriteLeavesTheOldFile() {
        ScratchFolder folder;
        QVERIFY(writeRunRecord(folder.path(), toyRun()));
        const std::string old = readBytes(folder / kRunRecordName);
        const std::string said = playWithFileLimit(100, [&]() -> std::string {
            const auto ok = writeRunRecord(folder.path(), toyRun());
            return !ok && ok.error().code == ErrorCode::kWrite ? "" : "half a record was written";
        });
        QCOMPARE(QString::fromStdString(said), QString());
        QCOMPARE(readBytes(folder / kRunRecordName), old);
        QCOMPARE(folder.entries(), 1);
    }
};

QTEST_GUILESS_MAIN(RunRecordTest)
#include "tst_run_record.moc"
