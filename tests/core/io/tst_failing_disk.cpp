// Every kind of file that is written, on disks that fail: at every single call to the system, full, read-only, gone.
// What was there before stays whole, nothing is left beside it, and the error names the file.
#include <QtTest>
#include <cerrno>
#include <functional>
#include <vector>

#include "base/atomic_file.h"
#include "data/gif_encoder.h"
#include "data/image_io.h"
#include "io/model_file.h"
#include "io/run_folder.h"
#include "support/failing_calls.h"
#include "support/io_faults.h"
#include "support/io_scratch.h"
#include "support/pictures.h"

using namespace condenser;
using namespace condenser::test;

namespace fs = std::filesystem;

namespace {

// A kind of file: how its first and its second version are written into a folder.
struct Kind {
    const char* name;  // of the file
    std::function<Result<>(const fs::path& folder, int version)> write;
    bool appends = false;
};

StateDict tensorsOf(int version) {
    return {{"classifier.bias", StoredTensor::ofFloats({3}, std::vector<float>(3, static_cast<float>(version)))}};
}

Result<> writeModel(const fs::path& file, int version) {
    ModelFile model;
    model.spec = parseNetworkSpec("condensenet:stages=1-1,growth=8-8,classes=3,size=16").value();
    model.classes = {"ant", "bee", "cat"};
    model.preprocess = {16, 16, 20, {0.5f, 0.5f, 0.5f}, {0.25f, 0.25f, 0.25f}};
    model.trained = "{}";
    model.tensors = tensorsOf(version);
    return writeModelFile(file, model);
}

Result<> writeRecord(const fs::path& folder, int version) {
    RunRecord record;
    record.data = "shapes10";
    record.model = "condensenet-tiny";
    record.spec = parseNetworkSpec("condensenet:classes=2").value();
    record.classes = {"ant", "bee"};
    record.isa = "AVX2";
    record.created = "2026-01-31T09:30:00Z";
    record.threads = version;
    return writeRunRecord(folder, record);
}

Result<> writeCheckpointOf(const fs::path& folder, int version) {
    Checkpoint checkpoint;
    checkpoint.tensors = tensorsOf(version);
    checkpoint.step = version;
    return writeCheckpoint(folder, checkpoint);
}

Result<> writeAnimation(const fs::path& folder, int version) {
    const Picture frame = noisePicture(8, version);
    GifWriter writer(folder / "animation.gif", frame.width, frame.height);
    if (auto opened = writer.open(); !opened) return opened;
    if (auto added = writer.addFrame(frame.pixels, 10); !added) return added;
    return writer.commit();
}

const std::vector<Kind>& kinds() {
    const auto model = [](const char* name) {
        return Kind{name, [name](const fs::path& folder, int version) { return writeModel(folder / name, version); }};
    };
    static const std::vector<Kind> all{
        model(kModelName),
        model(kLastName),
        model("step-1.safetensors"),
        {kCheckpointName, writeCheckpointOf},
        {kRunRecordName, writeRecord},
        {"picture.png", [](const fs::path& folder,
                           int version) { return writePng(folder / "picture.png", noisePicture(8, version)); }},
        {"animation.gif", writeAnimation},
        {kMetricsName,
         [](const fs::path& folder, int version) {
             return appendMetrics(folder, {version, version, 0.1, 2, 0.5, 2, 0.5, 1, 100, 1.5});
         },
         true},
        {kStepsName,
         [](const fs::path& folder, int version) {
             return appendSteps(folder, std::vector<StepRecord>(5, {static_cast<float>(version), 0.1f}));
         },
         true},
        {kConnectionsName,
         [](const fs::path& folder, int version) {
             return appendConnections(folder, {{"a", 3, 3, 6}},
                                      {{ConnectionsMoment::kEpochEnd, version, version, 0},
                                       {{std::vector<std::uint8_t>(9, 1), std::vector<float>(9, 0.5f)}}});
         },
         true},
    };
    return all;
}

std::ptrdiff_t entriesOf(const fs::path& folder) {
    return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

// "" where `error` is one of writing this file, in words.
std::string complaint(const Result<>& result, const fs::path& file) {
    if (result) return "no error";
    const Error& error = result.error();
    if (error.code != ErrorCode::kWrite) return "the code is of another error: " + error.text();
    if (error.where != file.string()) return "it names " + error.where;
    return error.what.starts_with("cannot write") && !error.why.empty() ? "" : error.text();
}

void addKinds() {
    QTest::addColumn<int>("index");
    for (std::size_t i = 0; i < kinds().size(); ++i) QTest::addRow("%s", kinds()[i].name) << static_cast<int>(i);
}

}  // namespace

class FailingDiskTest : public QObject {
    Q_OBJECT

  private slots:
    void everyCallMayFail_data() { addKinds(); }
    void everyCallMayFail() {
        QFETCH(int, index);
        const Kind& kind = kinds()[static_cast<std::size_t>(index)];
        for (const bool onwards : {false, true}) {
            for (const int error : {EIO, ENOSPC, EINTR, 0}) {
                if (onwards && (error == EINTR || error == 0)) continue;  // calls that are only to be repeated
                for (int number = 1;; ++number) {
                    const ScratchFolder folder;
                    QVERIFY(kind.write(folder.path(), 1));
                    QVERIFY(kind.write(folder.path(), 2));
                    const std::ptrdiff_t entries = entriesOf(folder.path());
                    const std::string before = readBytes(folder / kind.name);
                    Result<> result;
                    bool failed = false;
                    {
                        CallFault fault{number, error, onwards};
                        if (error == 0) fault.calls = {Call::kWrite};
                        const FailingCalls calls(fault);
                        result = kind.write(folder.path(), 3);
                        failed = calls.failed();
                    }
                    if (!failed) {
                        QVERIFY(number > (error == 0 ? 1 : 4));
                        break;
                    }
                    const QString place =
                        QString("call %1, error %2%3: ").arg(number).arg(error).arg(onwards ? "+" : "");
                    if (error == 0) QVERIFY2(result, qPrintable(place));
                    if (!result) {
                        QVERIFY2(result.error().code == ErrorCode::kWrite, qPrintable(place));
                        QVERIFY2(result.error().where.starts_with(folder.path().string()), qPrintable(place));
                    }
                    QVERIFY2(entriesOf(folder.path()) <= entries, qPrintable(place));
                    checkWhole(kind, folder.path(), before, result.has_value(), place);
                    // Once the disk is well again, all is as if nothing had been.
                    if (kind.appends) {
                        QVERIFY(cutMetrics(folder.path(), 2) && cutConnections(folder.path(), 2, 3));
                        if (kind.name == std::string(kStepsName)) QVERIFY(cutSteps(folder.path(), 10));
                        QCOMPARE(readBytes(folder / kind.name), before);
                    }
                    const Result<> again = kind.write(folder.path(), 3);
                    QVERIFY2(again, qPrintable(place + QString::fromStdString(again ? "" : again.error().text())));
                }
            }
        }
    }

    void aFullDiskLeavesTheOldFile_data() { addKinds(); }
    void aFullDiskLeavesTheOldFile() {
        QFETCH(int, index);
        const Kind& kind = kinds()[static_cast<std::size_t>(index)];
        const ScratchFolder folder;
        const std::string said = playOnSmallDisk(folder.path(), [&]() -> std::string {
            if (!kind.write(folder.path(), 1)) return "no room for the first";
            // A page is left, so that small appends are not served by it: until nothing more fits.
            std::string before;
            Result<> result;
            fillDisk(folder / "filler");
            for (int version = 2; version < 5000 && result; ++version) {
                before = readBytes(folder / kind.name);
                result = kind.write(folder.path(), version);
            }
            const bool limited = result.has_value();  // not root: files are limited, the disk is not full
            if (limited) return "";
            if (std::string why = complaint(result, folder / kind.name); !why.empty()) return why;
            if (readBytes(folder / kind.name) != before) return "the old file changed";
            for (const auto& entry : fs::directory_iterator(folder.path())) {
                if (isTemporaryFile(entry.path())) return "a temporary file was left behind";
            }
            if (fs::exists(folder / kNextCheckpointName)) return "half a checkpoint was left behind";
            fs::remove(folder / "filler");
            return kind.write(folder.path(), 5000) ? "" : "it cannot be written with room again";
        });
        QCOMPARE(QString::fromStdString(said), QString());
    }

    void aReadOnlyFolderLeavesTheOldFile_data() { addKinds(); }
    void aReadOnlyFolderLeavesTheOldFile() {
        QFETCH(int, index);
        const Kind& kind = kinds()[static_cast<std::size_t>(index)];
        const ScratchFolder folder;
        QVERIFY(kind.write(folder.path(), 1));
        const std::string before = readBytes(folder / kind.name);
        if (kind.appends) fs::permissions(folder / kind.name, fs::perms::owner_read);
        const std::string said = playInReadOnlyFolder(
            folder.path(), [&] { return complaint(kind.write(folder.path(), 2), folder / kind.name); });
        QCOMPARE(QString::fromStdString(said), QString());
        QCOMPARE(readBytes(folder / kind.name), before);
        QCOMPARE(folder.entries(), 1);
    }

    void aFolderThatIsGoneIsNotMadeAgain_data() { addKinds(); }
    void aFolderThatIsGoneIsNotMadeAgain() {
        QFETCH(int, index);
        const Kind& kind = kinds()[static_cast<std::size_t>(index)];
        const ScratchFolder folder;
        QCOMPARE(complaint(kind.write(folder / "gone", 1), folder / "gone" / kind.name), std::string());
        QCOMPARE(folder.entries(), 0);
    }

  private:
    // Small pieces too, so that not even the smallest file finds room.
    static void fillDisk(const fs::path& file) {
        for (std::size_t piece = 1 << 16; piece > 0; piece /= 2) {
            while (appendToFile(file, std::string(piece, 'x'))) {
                if (fs::file_size(file) >= 1 << 20) return;
            }
        }
    }

    // The old one or the new one; a log may also hold a piece of the new record, which its reader passes over.
    static void checkWhole(const Kind& kind, const fs::path& folder, const std::string& before, bool written,
                           const QString& place) {
        if (kind.name == std::string(kCheckpointName)) {
            const auto loaded = readCheckpoint(folder);
            QVERIFY2(loaded, qPrintable(place));
            QVERIFY2(loaded->checkpoint.step == 3 || (!written && loaded->checkpoint.step == 2), qPrintable(place));
            return;
        }
        const std::string now = readBytes(folder / kind.name);
        if (kind.appends) {
            QVERIFY2(now.starts_with(before) && (!written || now.size() > before.size()), qPrintable(place));
        } else if (now == before) {
            QVERIFY2(!written, qPrintable(place));
        } else {
            const ScratchFolder other;
            QVERIFY(kind.write(other.path(), 3));
            QVERIFY2(now == readBytes(other / kind.name), qPrintable(place));
        }
    }
};

QTEST_GUILESS_MAIN(FailingDiskTest)
#include "tst_failing_disk.moc"
