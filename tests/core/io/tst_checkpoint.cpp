#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QtTest>
#include <bit>
#include <cmath>

#include "base/rng.h"
#include "io/checkpoint.h"
#include "io/json.h"
#include "support/io_faults.h"
#include "support/io_scratch.h"

using namespace condenser;
using namespace condenser::test;

namespace {

Checkpoint toyCheckpoint(std::int64_t step) {
    Checkpoint checkpoint;
    checkpoint.tensors["classifier.bias"] = StoredTensor::ofFloats({2}, std::vector{0.5f, static_cast<float>(step)});
    checkpoint.tensors["momentum.classifier.bias"] = StoredTensor::ofFloats({2}, std::vector{-0.0f, 1e-40f});
    checkpoint.tensors["features.norm_last.num_batches_tracked"] =
        StoredTensor::ofInt64s({}, std::vector<std::int64_t>{step});
    checkpoint.run = "xxh64:0123456789abcdef";
    checkpoint.step = step;
    checkpoint.epoch = 7;
    checkpoint.stage = 3;
    checkpoint.bestEpoch = 6;
    checkpoint.bestTop1 = 1.0 / 3;
    checkpoint.bestLoss = 0.1 + 0.2;
    checkpoint.lossSum = 12345.678901234567;
    checkpoint.correct = 999;
    checkpoint.images = 1000;
    checkpoint.epochSeconds = 1e-3;
    checkpoint.seconds = 98765.4321;
    return checkpoint;
}

bool isSame(const Checkpoint& a, const Checkpoint& b) {
    const auto bits = [](double value) { return std::bit_cast<std::uint64_t>(value); };
    if (a.tensors.size() != b.tensors.size()) return false;
    for (const auto& [name, tensor] : a.tensors) {
        const auto other = b.tensors.find(name);
        if (other == b.tensors.end() || other->second.dtype != tensor.dtype || other->second.shape != tensor.shape ||
            other->second.bytes != tensor.bytes) {
            return false;
        }
    }
    return a.run == b.run && a.step == b.step && a.epoch == b.epoch && a.stage == b.stage &&
           a.bestEpoch == b.bestEpoch && bits(a.bestTop1) == bits(b.bestTop1) && bits(a.bestLoss) == bits(b.bestLoss) &&
           bits(a.lossSum) == bits(b.lossSum) && a.correct == b.correct && a.images == b.images &&
           bits(a.epochSeconds) == bits(b.epochSeconds) && bits(a.seconds) == bits(b.seconds);
}

// "" where the folder's checkpoint is the toy of `step`.
std::string differs(const std::filesystem::path& folder, std::int64_t step) {
    const auto loaded = readCheckpoint(folder);
    if (!loaded) return loaded.error().text();
    return isSame(loaded->checkpoint, toyCheckpoint(step)) ? "" : "another checkpoint";
}

Result<Checkpoint> parse(const std::string& bytes) {
    auto file = parseSafetensors(std::as_bytes(std::span(bytes)), "toy");
    if (!file) return tl::unexpected(file.error());
    return checkpointFromTensors(std::move(*file), "toy");
}

// A whole checkpoint's file with other metadata.
TensorFile toyFile() {
    ScratchFolder folder;
    if (!writeCheckpoint(folder.path(), toyCheckpoint(5))) throw std::runtime_error("cannot write the toy");
    return readSafetensors(folder / kCheckpointName).value();
}

}  // namespace

class CheckpointTest : public QObject {
    Q_OBJECT

  private slots:
    void comesBackAsItWas() {
        ScratchFolder folder;
        const auto ok = writeCheckpoint(folder.path(), toyCheckpoint(1));
        QVERIFY2(ok, ok ? "" : ok.error().text().c_str());
        QCOMPARE(QString::fromStdString(differs(folder.path(), 1)), QString());
        QVERIFY(readCheckpoint(folder.path())->notice.empty());
        QCOMPARE(folder.entries(), 1);
        ScratchFolder other;
        QVERIFY(writeCheckpoint(other.path(), Checkpoint{}));
        QVERIFY(isSame(readCheckpoint(other.path())->checkpoint, Checkpoint{}));
    }

    void doublesComeBackBitForBit() {
        ScratchFolder folder;
        Rng rng(1, RandomStream::kTest);
        for (int i = 0; i < 100; ++i) {
            Checkpoint checkpoint;
            checkpoint.lossSum = std::bit_cast<double>(rng.next());
            checkpoint.bestTop1 = rng.uniform();
            if (!std::isfinite(checkpoint.lossSum)) continue;
            QVERIFY(writeCheckpoint(folder.path(), checkpoint));
            QVERIFY(isSame(readCheckpoint(folder.path())->checkpoint, checkpoint));
        }
    }

    void theOneBeforeIsKept() {
        ScratchFolder folder;
        for (std::int64_t step = 1; step <= 3; ++step) QVERIFY(writeCheckpoint(folder.path(), toyCheckpoint(step)));
        QCOMPARE(folder.entries(), 2);
        QCOMPARE(QString::fromStdString(differs(folder.path(), 3)), QString());
        std::filesystem::remove(folder / kCheckpointName);
        QCOMPARE(QString::fromStdString(differs(folder.path(), 2)), QString());
        QVERIFY(!readCheckpoint(folder.path())->notice.empty());
    }

    void aDamagedOneFallsBack() {
        ScratchFolder folder;
        QVERIFY(writeCheckpoint(folder.path(), toyCheckpoint(1)));
        QVERIFY(writeCheckpoint(folder.path(), toyCheckpoint(2)));
        std::string bytes = readBytes(folder / kCheckpointName);
        bytes.back() ^= 1;
        writeBytes(folder / kCheckpointName, bytes);
        const auto loaded = readCheckpoint(folder.path());
        QVERIFY(loaded && isSame(loaded->checkpoint, toyCheckpoint(1)));
        QVERIFY(loaded->notice.find("checksum") != std::string::npos);

        // The damaged one does not push out the good one.
        QVERIFY(writeCheckpoint(folder.path(), toyCheckpoint(3)));
        QCOMPARE(QString::fromStdString(differs(folder.path(), 3)), QString());
        std::filesystem::remove(folder / kCheckpointName);
        QCOMPARE(QString::fromStdString(differs(folder.path(), 1)), QString());
    }

    // Whole, but of a run that is not this one: passed over, and not kept as the one before.
    void anotherRunsIsPassedOver() {
        ScratchFolder folder;
        QVERIFY(writeCheckpoint(folder.path(), toyCheckpoint(1)));
        QVERIFY(writeCheckpoint(folder.path(), toyCheckpoint(2)));
        Checkpoint foreign = toyCheckpoint(9);
        foreign.run = "xxh64:0";
        ScratchFolder elsewhere;
        QVERIFY(writeCheckpoint(elsewhere.path(), foreign));
        std::filesystem::rename(elsewhere / kCheckpointName, folder / kCheckpointName);
        const auto ours = [](const Checkpoint& checkpoint) -> Result<> {
            if (checkpoint.run == toyCheckpoint(1).run) return {};
            return fail(ErrorCode::kBadData, "cannot", "file", "it is of another run");
        };
        const auto loaded = readCheckpoint(folder.path(), ours);
        QVERIFY(loaded && isSame(loaded->checkpoint, toyCheckpoint(1)));
        QVERIFY(loaded->notice.find("another run") != std::string::npos);
        QVERIFY(writeCheckpoint(folder.path(), toyCheckpoint(3)));
        QCOMPARE(QString::fromStdString(differs(folder.path(), 3)), QString());
        std::filesystem::remove(folder / kCheckpointName);
        QCOMPARE(QString::fromStdString(differs(folder.path(), 1)), QString());
    }

    void theOneWithMoreStepsIsTaken() {
        ScratchFolder folder;
        QVERIFY(writeCheckpoint(folder.path(), toyCheckpoint(5)));
        QVERIFY(writeCheckpoint(folder.path(), toyCheckpoint(4)));
        const auto loaded = readCheckpoint(folder.path());
        QVERIFY(loaded && isSame(loaded->checkpoint, toyCheckpoint(5)));
        QVERIFY(loaded->notice.find("older, of step 4") != std::string::npos);
    }

    void bothDamagedIsAnError() {
        ScratchFolder folder;
        const auto none = readCheckpoint(folder.path());
        QVERIFY(!none);
        QCOMPARE(none.error().code, ErrorCode::kNotFound);
        writeBytes(folder / kCheckpointName, "");
        QCOMPARE(readCheckpoint(folder.path()).error().code, ErrorCode::kBadFormat);
        writeBytes(folder / kPreviousCheckpointName, "garbage");
        const auto both = readCheckpoint(folder.path());
        QVERIFY(!both);
        QCOMPARE(both.error().code, ErrorCode::kBadFormat);
        QVERIFY(both.error().why.find(kPreviousCheckpointName) != std::string::npos);
    }

    void aNewerVersionIsNotPassedOver() {
        ScratchFolder folder;
        QVERIFY(writeCheckpoint(folder.path(), toyCheckpoint(1)));
        QVERIFY(writeCheckpoint(folder.path(), toyCheckpoint(2)));
        TensorFile file = readSafetensors(folder / kCheckpointName).value();
        file.metadata["condenser_checkpoint"] = R"({"version":2})";
        QVERIFY(writeSafetensors(folder / kCheckpointName, file));
        QCOMPARE(readCheckpoint(folder.path()).error().code, ErrorCode::kUnsupported);
    }

    // Whatever one byte becomes: an error, or a checkpoint that means the same.
    void everyChangedByteIsSeen() {
        ScratchFolder folder;
        QVERIFY(writeCheckpoint(folder.path(), toyCheckpoint(1)));
        const std::string bytes = readBytes(folder / kCheckpointName);
        QVERIFY(parse(bytes));
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            for (int change = 1; change < 256; ++change) {
                std::string other = bytes;
                other[i] = static_cast<char>(other[i] ^ change);
                const auto checkpoint = parse(other);
                QVERIFY2(!checkpoint || isSame(*checkpoint, toyCheckpoint(1)),
                         qPrintable(QString("byte %1 xor %2").arg(i).arg(change)));
            }
        }
    }

    void everyTruncationIsRefused() {
        const std::string bytes = serializeSafetensors(toyFile());
        for (std::size_t length = 0; length < bytes.size(); ++length) QVERIFY(!parse(bytes.substr(0, length)));
    }

    void brokenNumbersAreRefused_data() {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("json");
        const auto row = [](const char* key, const char* json) { QTest::addRow("%s %s", key, json) << key << json; };
        const auto state = parseJson(toyFile().metadata.at("condenser_checkpoint"), {});
        for (const auto& [key, value] : *state->object()) {
            row(key.c_str(), "null");
            if (key == "run") continue;  // a text, and missing in older versions' files
            row(key.c_str(), "");
            row(key.c_str(), "\"1\"");
            if (key != "loss_sum" && key != "best_loss") row(key.c_str(), "-1");
        }
        row("run", "1");
        row("run", ("\"" + std::string(65, 'x') + "\"").c_str());
        row("step", "9007199254740993");
        row("step", "1.5");
        row("best_epoch", "8");
        row("best_top1", "1.5");
        row("correct", "1001");
    }
    void brokenNumbersAreRefused() {
        QFETCH(QString, key);
        QFETCH(QString, json);
        TensorFile file = toyFile();
        auto state = parseJson(file.metadata.at("condenser_checkpoint"), {});
        Json::Object object = *state->object();
        object.erase(key.toStdString());
        if (!json.isEmpty()) object[key.toStdString()] = parseJson(json.toStdString(), {}).value();
        file.metadata["condenser_checkpoint"] = jsonText({object});
        const auto checkpoint = checkpointFromTensors(std::move(file), "toy");
        QVERIFY(!checkpoint);
        QCOMPARE(checkpoint.error().code, ErrorCode::kBadFormat);
        QVERIFY2(checkpoint.error().why.find(key.toStdString()) != std::string::npos, checkpoint.error().why.c_str());
    }

    void otherFilesAreNoCheckpoints() {
        TensorFile file = toyFile();
        file.metadata.erase("checksum");
        QVERIFY(!checkpointFromTensors(file, "toy"));
        file = toyFile();
        file.metadata.erase("condenser_checkpoint");
        QVERIFY(!checkpointFromTensors(file, "toy"));
        // A tensor more, less, or under another name.
        file = toyFile();
        file.tensors["more"] = StoredTensor::ofFloats({0}, {});
        QVERIFY(!checkpointFromTensors(file, "toy"));
        file = toyFile();
        file.tensors.erase("classifier.bias");
        QVERIFY(!checkpointFromTensors(file, "toy"));
        file = toyFile();
        auto node = file.tensors.extract("classifier.bias");
        node.key() = "classifier.bias2";
        file.tensors.insert(std::move(node));
        QVERIFY(!checkpointFromTensors(file, "toy"));
    }

    void numbersThatAreNotFiniteAreNotWritten() {
        ScratchFolder folder;
        QVERIFY(writeCheckpoint(folder.path(), toyCheckpoint(1)));
        Checkpoint checkpoint = toyCheckpoint(2);
        checkpoint.lossSum = std::numeric_limits<double>::quiet_NaN();
        const auto ok = writeCheckpoint(folder.path(), checkpoint);
        QVERIFY(!ok);
        QCOMPARE(ok.error().what, std::string("cannot write the checkpoint"));
        QCOMPARE(QString::fromStdString(differs(folder.path(), 1)), QString());
        QCOMPARE(folder.entries(), 1);
    }

    void aFullDiskLeavesBothOldOnes() {
        ScratchFolder folder;
        const std::string said = playOnSmallDisk(folder.path(), [&]() -> std::string {
            for (const int step : {1, 2}) {
                if (!writeCheckpoint(folder.path(), toyCheckpoint(step))) return "no room for a small one";
            }
            Checkpoint large = toyCheckpoint(3);
            large.tensors["large"] = StoredTensor::ofFloats({1 << 19}, std::vector<float>(1 << 19));
            const auto ok = writeCheckpoint(folder.path(), large);
            if (ok) return "two megabytes on one";
            if (ok.error().code != ErrorCode::kWrite) return ok.error().text();
            if (folder.entries() != 2) return "something was left behind";
            if (const std::string other = differs(folder.path(), 2); !other.empty()) return other;
            std::filesystem::remove(folder / kCheckpointName);
            return differs(folder.path(), 1);
        });
        QCOMPARE(QString::fromStdString(said), QString());
    }

    // Killed at any time, a run finds a whole checkpoint, and no older than the last that was reported as written.
    void killedAtAnyTimeOneIsWhole() {
        ScratchFolder folder;
        for (int round = 0; round < 40; ++round) {
            std::filesystem::remove(folder / kCheckpointName);
            std::filesystem::remove(folder / kPreviousCheckpointName);
            if (!writeCheckpoint(folder.path(), toyCheckpoint(1))) QFAIL("cannot write");
            int written[2];
            QCOMPARE(::pipe(written), 0);
            const pid_t child = ::fork();
            QVERIFY(child >= 0);
            if (child == 0) {
                for (std::int64_t step = 2;; ++step) {
                    if (!writeCheckpoint(folder.path(), toyCheckpoint(step))) ::_exit(1);
                    if (::write(written[1], &step, sizeof step) != sizeof step) ::_exit(1);
                }
            }
            ::close(written[1]);
            std::int64_t last = 1, step = 0;
            for (int i = 0; i <= round % 5; ++i) {
                if (::read(written[0], &step, sizeof step) == sizeof step) last = step;
            }
            QTest::qSleep(round % 3);
            ::kill(child, SIGKILL);
            int status = 0;
            ::waitpid(child, &status, 0);
            QVERIFY(WIFSIGNALED(status));
            while (::read(written[0], &step, sizeof step) == sizeof step) last = step;
            ::close(written[0]);
            const auto loaded = readCheckpoint(folder.path());
            QVERIFY2(loaded, loaded ? "" : loaded.error().text().c_str());
            QVERIFY(isSame(loaded->checkpoint, toyCheckpoint(loaded->checkpoint.step)));
            QVERIFY(loaded->checkpoint.step >= last);
        }
    }
};

QTEST_GUILESS_MAIN(CheckpointTest)
#include "tst_checkpoint.moc"
