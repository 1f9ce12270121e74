#include <QtTest>
#include <atomic>
#include <cstring>
#include <thread>

#include "base/rng.h"
#include "io/connections_file.h"
#include "support/io_faults.h"
#include "support/io_scratch.h"

using namespace condenser;
using namespace condenser::test;

namespace {

// 3 x 5 pairs leave a bit of padding, 4 x 16 none.
const std::vector<ConnectionsLayer> kLayers{{"features.denseblock_1.denselayer_1.conv_1", 3, 5, 6},
                                            {"second", 4, 16, 8}};

ConnectionsRecord recordOf(ConnectionsMoment moment, int epoch, std::int64_t step, int stage) {
    ConnectionsRecord record{{moment, epoch, step, stage}, {}};
    Rng rng(1, RandomStream::kTest, static_cast<std::uint64_t>(step), static_cast<std::uint64_t>(moment));
    for (const ConnectionsLayer& layer : kLayers) {
        LayerConnections connections;
        for (int i = 0; i < layer.groups * layer.inputs; ++i) {
            connections.mask.push_back(static_cast<std::uint8_t>(rng.below(2)));
            connections.importance.push_back(static_cast<float>(rng.uniform()));
        }
        record.layers.push_back(connections);
    }
    return record;
}

bool isSame(const ConnectionsRecord& a, const ConnectionsRecord& b) {
    if (a.key != b.key || a.layers.size() != b.layers.size()) return false;
    for (std::size_t i = 0; i < a.layers.size(); ++i) {
        if (a.layers[i].mask != b.layers[i].mask || a.layers[i].importance != b.layers[i].importance) return false;
    }
    return true;
}

// Two epochs of 10 steps, with a condensing step before training step 15.
std::vector<ConnectionsRecord> toyRun() {
    using enum ConnectionsMoment;
    return {recordOf(kEpochEnd, 1, 10, 0), recordOf(kBeforeStep, 1, 15, 0), recordOf(kAfterStep, 1, 15, 1),
            recordOf(kEpochEnd, 2, 20, 1)};
}

void writeToyRun(const std::filesystem::path& folder) {
    for (const ConnectionsRecord& record : toyRun()) {
        if (auto ok = appendConnections(folder, kLayers, record); !ok) throw std::runtime_error(ok.error().text());
    }
}

constexpr std::size_t kHeaderBytes = 20 + 16 + 41 + 16 + 6;
constexpr std::size_t kRecordBytes = 32 + 2 + 8 + 4 * (15 + 64);

}  // namespace

class ConnectionsFileTest : public QObject {
    Q_OBJECT

  private slots:
    void noFileIsNoRecords() {
        ScratchFolder folder;
        const auto index = readConnectionsIndex(folder.path());
        QVERIFY(index && index->layers.empty() && index->records.empty());
        QCOMPARE(readConnections(folder.path(), 0).error().code, ErrorCode::kNotFound);
        QVERIFY(cutConnections(folder.path(), 0, 0));
        QCOMPARE(folder.entries(), 0);
    }

    void recordsComeBack() {
        ScratchFolder folder;
        writeToyRun(folder.path());
        const auto index = readConnectionsIndex(folder.path());
        QVERIFY2(index, index ? "" : index.error().text().c_str());
        QCOMPARE(index->layers, kLayers);
        const auto run = toyRun();
        QCOMPARE(index->records.size(), run.size());
        for (std::size_t i = 0; i < run.size(); ++i) {
            QVERIFY(index->records[i] == run[i].key);
            const auto record = readConnections(folder.path(), i);
            QVERIFY(record && isSame(*record, run[i]));
        }
        QCOMPARE(readConnections(folder.path(), run.size()).error().code, ErrorCode::kNotFound);
        QCOMPARE(std::filesystem::file_size(folder / kConnectionsName), kHeaderBytes + run.size() * kRecordBytes);
    }

    void theBytesAreAsDocumented() {
        ScratchFolder folder;
        const std::vector<ConnectionsLayer> layers{{"ab", 1, 9, 2}};
        const ConnectionsRecord record{{ConnectionsMoment::kAfterStep, 3, 4, 5},
                                       {{{1, 0, 0, 1, 0, 0, 0, 0, 1}, {1, 0, 0, 0, 0, 0, 0, 0, 0.5f}}}};
        QVERIFY(appendConnections(folder.path(), layers, record));
        QByteArray bytes = QByteArray::fromStdString(readBytes(folder / kConnectionsName));
        bytes.remove(20 + 16 + 2, 8);  // the checksum
        QCOMPARE(bytes.toHex(), QByteArray("43444e434f4e4e53"
                                           "01000000"
                                           "26000000"
                                           "01000000"
                                           "01000000"
                                           "09000000"
                                           "02000000"
                                           "02000000"
                                           "6162"
                                           "02000000"
                                           "03000000"
                                           "0400000000000000"
                                           "05000000"
                                           "00000000"
                                           "0901"
                                           "0000803f") +
                                    QByteArray(7 * 8, '0') + QByteArray("0000003f"));
    }

    void otherLayersAreRefused() {
        ScratchFolder folder;
        writeToyRun(folder.path());
        const std::string old = readBytes(folder / kConnectionsName);
        auto layers = kLayers;
        layers[1].name = "other";
        const auto ok = appendConnections(folder.path(), layers, toyRun().front());
        QVERIFY(!ok);
        QCOMPARE(ok.error().code, ErrorCode::kBadData);
        QCOMPARE(readBytes(folder / kConnectionsName), old);
    }

    void importancesThatAreNotFiniteAreRefused() {
        ScratchFolder folder;
        ConnectionsRecord record = toyRun().front();
        record.layers[0].importance[3] = std::numeric_limits<float>::quiet_NaN();
        QCOMPARE(appendConnections(folder.path(), kLayers, record).error().code, ErrorCode::kNotFinite);
        QCOMPARE(folder.entries(), 0);
    }

    // Whoever looks at a run in training keeps the numbers of an earlier look.
    void anIndexGrowsAndItsNumbersStayValid() {
        ScratchFolder folder;
        const auto run = toyRun();
        std::vector<ConnectionsKey> known;
        for (std::size_t done = 0; done < run.size(); ++done) {
            QVERIFY(appendConnections(folder.path(), kLayers, run[done]));
            const auto index = readConnectionsIndex(folder.path());
            QVERIFY(index);
            QCOMPARE(index->records.size(), done + 1);
            QVERIFY(std::equal(known.begin(), known.end(), index->records.begin()));
            known = index->records;
            for (std::size_t i = 0; i <= done; ++i) {
                const auto record = readConnections(folder.path(), i);
                QVERIFY(record && isSame(*record, run[i]));
            }
        }
        // A resume cuts it back: what is gone is said to be gone, and what stays is what it was.
        QVERIFY(cutConnections(folder.path(), 1, 10));
        QCOMPARE(readConnections(folder.path(), 1).error().code, ErrorCode::kNotFound);
        QVERIFY(isSame(readConnections(folder.path(), 0).value(), run[0]));
    }

    // Another thread reads all the while: it never sees half a record, nor fewer records than before.
    void readingWhileARunAppends() {
        ScratchFolder folder;
        constexpr int kEpochs = 60;
        std::atomic<bool> ended = false;
        std::string said;  // by the reader; read when it has ended
        int looks = 0;
        {
            const std::jthread reader([&] {
                std::size_t seen = 0;
                for (bool last = false; !last && said.empty(); ++looks) {
                    last = ended;
                    const auto index = readConnectionsIndex(folder.path());
                    if (!index) {
                        said = index.error().text();
                    } else if (index->records.size() < seen) {
                        said = "records were lost";
                    } else if (index->records.size() > seen) {
                        seen = index->records.size();
                        const auto record = readConnections(folder.path(), seen - 1);
                        const auto epoch = static_cast<int>(seen);
                        const ConnectionsRecord written = recordOf(ConnectionsMoment::kEpochEnd, epoch, epoch * 10, 0);
                        if (!record || !isSame(*record, written) || index->records.back() != written.key)
                            said = "record " + std::to_string(seen) + " is another one";
                    }
                }
                if (said.empty() && seen != kEpochs) said = "not all records were seen";
            });
            for (int epoch = 1; epoch <= kEpochs; ++epoch) {
                const auto ok = appendConnections(folder.path(), kLayers,
                                                  recordOf(ConnectionsMoment::kEpochEnd, epoch, epoch * 10, 0));
                if (!ok) break;  // the reader will miss it
            }
            ended = true;
        }
        QVERIFY2(said.empty(), said.c_str());
        QVERIFY(looks > 1);
    }

    void headersThatWouldBeRefusedAreNotWritten() {
        ScratchFolder folder;
        const std::vector<ConnectionsLayer> layers{{std::string(513, 'n'), 1, 1, 1}};
        const ConnectionsRecord record{{}, {{{1}, {1.0f}}}};
        QVERIFY(!appendConnections(folder.path(), layers, record));
        QCOMPARE(folder.entries(), 0);
    }

    void aTornLastRecordIsIgnoredAndOverwritten() {
        ScratchFolder folder;
        writeToyRun(folder.path());
        const std::string whole = readBytes(folder / kConnectionsName);
        for (std::size_t length = kHeaderBytes; length < whole.size(); ++length) {
            writeBytes(folder / kConnectionsName, whole.substr(0, length));
            const auto index = readConnectionsIndex(folder.path());
            QVERIFY(index);
            QCOMPARE(index->records.size(), (length - kHeaderBytes) / kRecordBytes);
        }
        writeBytes(folder / kConnectionsName, whole.substr(0, whole.size() - 1));
        QVERIFY(appendConnections(folder.path(), kLayers, toyRun().back()));
        QCOMPARE(readBytes(folder / kConnectionsName), whole);
    }

    // As a power cut may leave it: as long as a whole one, but not all of its bytes.
    void aLastRecordOfZerosIsIgnoredAndOverwritten() {
        ScratchFolder folder;
        writeToyRun(folder.path());
        std::string bytes = readBytes(folder / kConnectionsName);
        bytes.replace(bytes.size() - 100, 100, 100, '\0');
        writeBytes(folder / kConnectionsName, bytes);
        QCOMPARE(readConnectionsIndex(folder.path())->records.size(), std::size_t{3});
        QVERIFY(cutConnections(folder.path(), 2, 20));
        QCOMPARE(std::filesystem::file_size(folder / kConnectionsName), kHeaderBytes + 3 * kRecordBytes);

        writeBytes(folder / kConnectionsName, bytes);
        QVERIFY(appendConnections(folder.path(), kLayers, toyRun().back()));
        QCOMPARE(readConnectionsIndex(folder.path())->records.size(), std::size_t{4});
        QVERIFY(isSame(readConnections(folder.path(), 3).value(), toyRun().back()));
    }

    void aDamagedRecordIsTold() {
        ScratchFolder folder;
        writeToyRun(folder.path());
        std::string bytes = readBytes(folder / kConnectionsName);
        bytes[kHeaderBytes + kRecordBytes + 200] ^= 1;
        writeBytes(folder / kConnectionsName, bytes);
        QCOMPARE(readConnectionsIndex(folder.path())->records.size(), std::size_t{4});
        QCOMPARE(readConnections(folder.path(), 1).error().code, ErrorCode::kBadFormat);
        QVERIFY(readConnections(folder.path(), 2));
    }

    void aResumeCuts_data() {
        QTest::addColumn<int>("epoch");
        QTest::addColumn<int>("step");
        QTest::addColumn<int>("kept");
        QTest::newRow("start") << 0 << 0 << 0;
        QTest::newRow("before the epoch's end was written down") << 0 << 10 << 0;
        QTest::newRow("epoch 1") << 1 << 10 << 1;
        QTest::newRow("just before the condensing step") << 1 << 15 << 1;
        QTest::newRow("just behind it") << 1 << 16 << 3;
        QTest::newRow("all steps of epoch 2") << 1 << 20 << 3;
        QTest::newRow("epoch 2") << 2 << 20 << 4;
    }
    void aResumeCuts() {
        QFETCH(int, epoch);
        QFETCH(int, step);
        QFETCH(int, kept);
        ScratchFolder folder;
        writeToyRun(folder.path());
        const std::string whole = readBytes(folder / kConnectionsName);
        QVERIFY(cutConnections(folder.path(), epoch, step));
        QCOMPARE(readConnectionsIndex(folder.path())->records.size(), static_cast<std::size_t>(kept));
        const auto run = toyRun();
        for (std::size_t i = static_cast<std::size_t>(kept); i < run.size(); ++i) {
            QVERIFY(appendConnections(folder.path(), kLayers, run[i]));
        }
        QCOMPARE(readBytes(folder / kConnectionsName), whole);
    }

    void brokenHeadersAreRefused() {
        ScratchFolder folder;
        writeToyRun(folder.path());
        const std::string good = readBytes(folder / kConnectionsName);
        const auto readWith = [&](std::size_t place, std::uint32_t value) {
            std::string bytes = good;
            std::memcpy(bytes.data() + place, &value, sizeof value);
            writeBytes(folder / kConnectionsName, bytes);
            const auto index = readConnectionsIndex(folder.path());
            return index ? ErrorCode::kCancelled : index.error().code;
        };
        for (std::size_t length = 0; length < kHeaderBytes; ++length) {
            writeBytes(folder / kConnectionsName, good.substr(0, length));
            QCOMPARE(readConnectionsIndex(folder.path()).error().code, ErrorCode::kBadFormat);
        }
        QCOMPARE(readWith(8, 2), ErrorCode::kUnsupported);
        QCOMPARE(readWith(8, 0), ErrorCode::kBadFormat);
        QCOMPARE(readWith(0, 0), ErrorCode::kBadFormat);
        const std::size_t layer = 20;
        for (const auto& [place, value] : std::vector<std::pair<std::size_t, std::uint32_t>>{
                 {12, 0},  // bytes of the header
                 {12, 19},
                 {12, 0xffffffff},
                 {12, kHeaderBytes - 1},
                 {12, kHeaderBytes + 1},
                 {16, 0},  // layers
                 {16, 1},
                 {16, 3},
                 {16, 0xffffffff},
                 {layer, 0},  // groups
                 {layer, 0xffffffff},
                 {layer, 1'000'001},
                 {layer + 4, 0},          // inputs
                 {layer + 4, 1'000'000},  // times 3 groups: fits, but not in the file
                 {layer + 8, 0},          // outputs
                 {layer + 12, 0},         // length of the name
                 {layer + 12, 0xffffffff},
                 {layer + 12, 40},
                 {layer + 12, 513},
             }) {
            const ErrorCode code = readWith(place, value);
            const bool noRecords = place == layer + 4 && value == 1'000'000;
            QVERIFY2(code == (noRecords ? ErrorCode::kCancelled : ErrorCode::kBadFormat),
                     qPrintable(QString("%1 at %2").arg(value).arg(place)));
            if (noRecords) QVERIFY(readConnectionsIndex(folder.path())->records.empty());
        }
    }

    void everyChangedByteIsAnErrorOrHarmless() {
        ScratchFolder folder;
        writeToyRun(folder.path());
        const std::string good = readBytes(folder / kConnectionsName);
        for (std::size_t i = 0; i < good.size(); ++i) {
            for (const int change : {1, 0x80, 0xff}) {
                std::string other = good;
                other[i] = static_cast<char>(other[i] ^ change);
                writeBytes(folder / kConnectionsName, other);
                const auto index = readConnectionsIndex(folder.path());
                if (!index) continue;
                for (std::size_t k = 0; k < index->records.size(); ++k) {
                    const auto record = readConnections(folder.path(), k);
                    // Where a record is still taken as sound, it is the record that was written.
                    if (record && index->layers.size() == kLayers.size()) {
                        QVERIFY(isSame(*record, toyRun()[k]));
                    }
                }
            }
        }
    }

    void claimsBeyondTheLimitAreRefused() {
        ScratchFolder folder;
        writeToyRun(folder.path());
        std::filesystem::resize_file(folder / kConnectionsName, std::uintmax_t{1} << 40);
        QCOMPARE(readConnectionsIndex(folder.path()).error().code, ErrorCode::kTooLarge);
    }

    void aFailedAppendLeavesTheOldRecords() {
        ScratchFolder folder;
        writeToyRun(folder.path());
        const std::string old = readBytes(folder / kConnectionsName);
        const std::string said = playWithFileLimit(old.size() + 100, [&]() -> std::string {
            const auto ok = appendConnections(folder.path(), kLayers, toyRun().back());
            return !ok && ok.error().code == ErrorCode::kWrite ? "" : "half a record was written";
        });
        QCOMPARE(QString::fromStdString(said), QString());
        QCOMPARE(readBytes(folder / kConnectionsName), old);
    }
};

QTEST_GUILESS_MAIN(ConnectionsFileTest)
#include "tst_connections_file.moc"
