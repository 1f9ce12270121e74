// Every byte of a small file changed, and the file cut at every length: always an error of the reader's own, or
// something sane. Checkpoints and connections.bin, which carry checksums, have tests of their own that demand more.
#include <QtTest>
#include <cmath>
#include <cstring>
#include <functional>

#include "condense/condense_step.h"
#include "condense/convert.h"
#include "io/model_file.h"
#include "io/run_folder.h"
#include "io/safetensors.h"
#include "network/network.h"
#include "support/io_scratch.h"
#include "support/run_compare.h"

using namespace condenser;
using namespace condenser::test;

namespace {

constexpr const char* kSpec =
    "condensenet:stages=1,growth=4,groups=2,condense=2,bottleneck=1,group3x3=2,classes=2,size=8";

ModelFile toyModel(bool condensed) {
    ModelFile model;
    model.spec = parseNetworkSpec(kSpec).value();
    model.classes = {"a", "b"};
    model.preprocess = {8, 8, 8, {0.5f, 0.5f, 0.5f}, {0.25f, 0.25f, 0.25f}};
    model.trained = "{}";
    Network network(model.spec, 1);
    condenseNetwork(network, 1, CondensingRules::kCorrected);
    model.variant = condensed ? Variant::kCondensed : Variant::kDense;
    model.tensors = condensed ? condensedState(network).value() : network.state();
    return model;
}

std::string bytesOfModel(bool condensed) {
    const ScratchFolder folder;
    if (!writeModelFile(folder / "model", toyModel(condensed))) throw std::runtime_error("cannot write the toy");
    return readBytes(folder / "model");
}

std::size_t dataStartOf(const std::string& bytes) {
    std::uint64_t header = 0;
    std::memcpy(&header, bytes.data(), sizeof header);
    return sizeof header + header;
}

// As whoever classifies opens a model.
Result<StateDict> open(const std::string& bytes) {
    auto file = parseSafetensors(std::as_bytes(std::span(bytes)), "toy");
    if (!file) return tl::unexpected(file.error());
    auto model = modelFromTensors(std::move(*file), "toy");
    if (!model) return tl::unexpected(model.error());
    const auto network = Network::fromState(model->spec, model->tensors);
    if (!network) return tl::unexpected(network.error());
    return std::move(model->tensors);
}

bool isTyped(const Error& error) {
    return (error.code == ErrorCode::kBadFormat || error.code == ErrorCode::kBadData ||
            error.code == ErrorCode::kUnsupported || error.code == ErrorCode::kTooLarge) &&
           !error.what.empty() && !error.why.empty();
}

// The tensor whose data hold the byte.
std::string ownerOf(const std::string& bytes, std::size_t place) {
    std::string other = bytes;
    other[place] = static_cast<char>(other[place] ^ 1);
    const auto a = parseSafetensors(std::as_bytes(std::span(bytes)), "toy"),
               b = parseSafetensors(std::as_bytes(std::span(other)), "toy");
    for (const auto& [name, tensor] : a->tensors) {
        if (b->tensors.at(name).bytes != tensor.bytes) return name;
    }
    return {};
}

// body(damaged, place) for every byte within `range`, changed by every one of `changes`.
void forEachChange(const std::string& bytes, std::size_t first, std::size_t end, const std::vector<int>& changes,
                   const std::function<bool(const std::string&, std::size_t)>& isFine) {
    std::string damaged = bytes;
    for (std::size_t i = first; i < end; ++i) {
        for (const int change : changes) {
            damaged[i] = static_cast<char>(bytes[i] ^ change);
            QVERIFY2(isFine(damaged, i), qPrintable(QString("byte %1 xor %2").arg(i).arg(change)));
        }
        damaged[i] = bytes[i];
    }
}

// Every bit, and what turns a letter into a digit, a quote or a bracket; all 255 with CONDENSER_TEST_EVERY_BYTE=1.
std::vector<int> someChanges() {
    std::vector<int> changes{0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff, 0x7f, 0x03, 0x0e, 0x12, 0x19, 0x57};
    if (qEnvironmentVariableIntValue("CONDENSER_TEST_EVERY_BYTE") > 0) {
        changes.clear();
        for (int change = 1; change < 256; ++change) changes.push_back(change);
    }
    return changes;
}

}  // namespace

class DamagedFilesTest : public QObject {
    Q_OBJECT

  private slots:
    void models_data() {
        QTest::addColumn<bool>("condensed");
        QTest::newRow("dense") << false;
        QTest::newRow("condensed") << true;
    }

    // Data have no checksum: another number is another legal model, if the network may hold it, and no other tensor
    // changes with it.
    void dataOfModels_data() { models_data(); }
    void dataOfModels() {
        QFETCH(bool, condensed);
        const std::string bytes = bytesOfModel(condensed);
        const StateDict tensors = open(bytes).value();
        int refused = 0;
        std::size_t known = 0;
        std::string owner;
        forEachChange(bytes, dataStartOf(bytes), bytes.size(), {0x01, 0x10, 0x80, 0xff},
                      [&](const std::string& damaged, std::size_t place) {
                          auto opened = open(damaged);
                          if (!opened) return ++refused, isTyped(opened.error());
                          if (std::exchange(known, place) != place) owner = ownerOf(bytes, place);
                          const bool changed = opened->at(owner).bytes != tensors.at(owner).bytes;
                          opened->at(owner).bytes = tensors.at(owner).bytes;
                          return changed && bitDifference(*opened, tensors).empty();
                      });
        QVERIFY(refused > 0);  // masks and indices have rules
    }

    // Length and header: whatever is accepted holds every tensor as it was.
    void headersOfModels_data() { models_data(); }
    void headersOfModels() {
        QFETCH(bool, condensed);
        const std::string bytes = bytesOfModel(condensed);
        const StateDict tensors = open(bytes).value();
        int accepted = 0;
        forEachChange(bytes, 0, dataStartOf(bytes), someChanges(), [&](const std::string& damaged, std::size_t) {
            const auto opened = open(damaged);
            if (!opened) return isTyped(opened.error());
            ++accepted;  // a class's name, a mean, ...
            return bitDifference(*opened, tensors).empty();
        });
        QVERIFY(accepted > 0);
    }

    void modelsCutShort_data() { models_data(); }
    void modelsCutShort() {
        QFETCH(bool, condensed);
        const std::string bytes = bytesOfModel(condensed);
        for (std::size_t length = 0; length < bytes.size(); ++length) {
            const auto opened = open(bytes.substr(0, length));
            QVERIFY2(!opened && isTyped(opened.error()), qPrintable(QString::number(length)));
        }
    }

    // A spec of half a billion weights in a file of a few hundred bytes: refused before any memory is taken.
    void aSmallFileIsNoLargeNetwork() {
        for (const char* name : {"features.x", "features.denseblock_1.denselayer_1.conv_1.index"}) {
            const auto spec =
                parseNetworkSpec("condensenet:stages=32,growth=128,bottleneck=16,groups=8,condense=8,group3x3=8");
            QVERIFY2(spec, spec ? "" : spec.error().text().c_str());
            const auto network = Network::fromState(*spec, {{name, StoredTensor::ofFloats({1}, std::vector{1.0f})}});
            QVERIFY(!network && isTyped(network.error()));
        }
    }

    void runRecords() {
        const ScratchFolder folder;
        RunRecord run;
        run.data = "shapes10";
        run.model = kSpec;
        run.spec = parseNetworkSpec(kSpec).value();
        run.classes = {"a", "b"};
        run.preprocess = {8, 8, 8, {0.5f, 0.5f, 0.5f}, {0.25f, 0.25f, 0.25f}};
        run.isa = "AVX2";
        run.program = "0.1.0";
        run.created = "2026-01-31T09:30:00Z";
        QVERIFY(writeRunRecord(folder.path(), run));
        const std::string bytes = readBytes(folder / kRunRecordName);
        int accepted = 0;
        forEachChange(bytes, 0, bytes.size(), someChanges(), [&](const std::string& damaged, std::size_t) {
            const auto record = parseRunRecord(damaged, "toy");
            if (!record) return isTyped(record.error());
            ++accepted;
            return validateSpec(record->spec).has_value() && record->settings.epochs >= 1 &&
                   record->settings.batch >= 1 && record->stepsPerEpoch >= 1 &&
                   std::isfinite(record->settings.learningRate) && record->classes.size() == 2;
        });
        QVERIFY(accepted > 0);
        for (std::size_t length = 0; length + 1 < bytes.size(); ++length) {
            const auto record = parseRunRecord(bytes.substr(0, length), "toy");
            QVERIFY(!record && isTyped(record.error()));
        }
    }

    void metrics() {
        const ScratchFolder folder;
        for (int epoch = 1; epoch <= 3; ++epoch) {
            QVERIFY(
                appendMetrics(folder.path(), {epoch, 6 * epoch, 0.1, 2.3, 0.5, 1e-9, 1.0 / 3, 0.25, 1234.5, 60.125}));
        }
        const std::string bytes = readBytes(folder / kMetricsName);
        const auto isSane = [](const std::string& damaged, std::size_t) {
            const auto rows = parseMetrics(damaged, "toy");
            if (!rows) return isTyped(rows.error());
            int epoch = 0;
            for (const MetricsRow& row : *rows) {
                if (row.epoch <= epoch || !std::isfinite(row.trainLoss) || !(row.testTop1 >= 0 && row.testTop1 <= 1)) {
                    return false;
                }
                epoch = row.epoch;
            }
            return rows->size() <= 3;
        };
        forEachChange(bytes, 0, bytes.size(), someChanges(), isSane);
        for (std::size_t length = 0; length < bytes.size(); ++length) QVERIFY(isSane(bytes.substr(0, length), length));
    }

    // The same number of steps, or an error about the header; and a resume cuts what it does not need.
    void steps() {
        const ScratchFolder folder;
        const std::vector<StepRecord> written(5, {2.5f, 0.1f});
        QVERIFY(appendSteps(folder.path(), written));
        const std::string bytes = readBytes(folder / kStepsName);
        forEachChange(bytes, 0, bytes.size(), someChanges(), [&](const std::string& damaged, std::size_t place) {
            writeBytes(folder / kStepsName, damaged);
            const auto read = readSteps(folder.path());
            if (!read) return place < 16 && isTyped(read.error());
            return place >= 16 && read->size() == written.size();
        });
        for (std::size_t length = 0; length < bytes.size(); ++length) {
            writeBytes(folder / kStepsName, bytes.substr(0, length));
            const auto read = readSteps(folder.path());
            QCOMPARE(read.has_value(), length >= 16);
            if (read) QCOMPARE(read->size(), (length - 16) / 8);
            QCOMPARE(cutSteps(folder.path(), 2).has_value(), length >= 32);
            if (length >= 32) QCOMPARE(readBytes(folder / kStepsName), bytes.substr(0, 32));
        }
    }

    void connectionsCutShort() {
        const ScratchFolder folder;
        const std::vector<ConnectionsLayer> layers{{"a", 3, 3, 6}};
        for (int epoch = 1; epoch <= 2; ++epoch) {
            QVERIFY(appendConnections(folder.path(), layers,
                                      {{ConnectionsMoment::kEpochEnd, epoch, 6 * epoch, 0},
                                       {{std::vector<std::uint8_t>(9, 1), std::vector<float>(9, 0.5f)}}}));
        }
        const std::string bytes = readBytes(folder / kConnectionsName);
        std::size_t most = 0;
        for (std::size_t length = 0; length <= bytes.size(); ++length) {
            writeBytes(folder / kConnectionsName, bytes.substr(0, length));
            const auto index = readConnectionsIndex(folder.path());
            if (!index) {
                QVERIFY(isTyped(index.error()) && most == 0);
                continue;
            }
            QVERIFY(index->records.size() >= most);
            most = index->records.size();
            // A run goes on from there: the torn rest is gone, the whole records stay.
            QVERIFY(cutConnections(folder.path(), 2, 12));
            QCOMPARE(readConnectionsIndex(folder.path())->records.size(), most);
            QVERIFY(bytes.starts_with(readBytes(folder / kConnectionsName)));
        }
        QCOMPARE(most, std::size_t{2});
    }
};

QTEST_GUILESS_MAIN(DamagedFilesTest)
#include "tst_damaged_files.moc"
