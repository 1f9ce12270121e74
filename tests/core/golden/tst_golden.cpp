// The comparator that all golden tests rest on: what it must not let pass.
#include <QtTest>

#include <limits>

#include "support/golden.h"
#include "support/io_scratch.h"

using namespace condenser;
using golden::Kind;
using golden::TensorInfo;

namespace {

StoredTensor floats(std::vector<float> values) {
    return StoredTensor::ofFloats({static_cast<std::int64_t>(values.size())}, values);
}

bool accepts(const TensorInfo& info, const StoredTensor& expected, const StoredTensor& got) {
    double worst = 0;
    return golden::difference(info, expected, got, worst).empty();
}

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

}  // namespace

class GoldenTest : public QObject {
    Q_OBJECT

  private slots:
    void exactMeansTheSameBits() {
        const TensorInfo info{DType::kF32, {2}, Kind::kExact, 0, 0};
        const StoredTensor expected = floats({1.0f, -0.0f});
        QVERIFY(accepts(info, expected, expected));
        QVERIFY(!accepts(info, expected, floats({1.0f, 0.0f})));
        QVERIFY(!accepts(info, expected, floats({1.0f + 0x1p-23f, -0.0f})));
        QVERIFY(!accepts(info, expected, floats({1.0f})));
        QVERIFY(!accepts(info, expected, StoredTensor::ofFloats({2, 1}, expected.floats())));
        // A double that rounds to the float is the float.
        QVERIFY(accepts(info, expected, StoredTensor::ofDoubles({2}, std::vector<double>{1.0 + 0x1p-40, -0.0})));
    }

    void exactIntegers() {
        const TensorInfo info{DType::kI64, {2}, Kind::kExact, 0, 0};
        const StoredTensor expected = StoredTensor::ofInt64s({2}, std::vector<std::int64_t>{3, 0});
        QVERIFY(accepts(info, expected, expected));
        QVERIFY(!accepts(info, expected, StoredTensor::ofInt64s({2}, std::vector<std::int64_t>{0, 3})));
    }

    void tolerance() {
        const TensorInfo info{DType::kF32, {1}, Kind::kTolerance, 0.5, 0.25};
        const StoredTensor expected = floats({-2.0f});
        QVERIFY(accepts(info, expected, floats({-1.0f})));  // 0.5 + 0.25 * 2
        QVERIFY(accepts(info, expected, floats({-3.0f})));
        QVERIFY(!accepts(info, expected, floats({-0.99f})));
        QVERIFY(!accepts(info, expected, floats({kNan})));
        QVERIFY(!accepts(info, expected, floats({std::numeric_limits<float>::infinity()})));
        double worst = 0.25;
        golden::difference(info, expected, floats({-1.5f}), worst);
        QCOMPARE(worst, 0.5);
    }

    void aSingleValueMayBeAScalar() {
        const TensorInfo info{DType::kF32, {}, Kind::kTolerance, 0.1, 0};
        const float value = 1;
        QVERIFY(accepts(info, StoredTensor::ofFloats({}, {&value, 1}), floats({1.0f})));
    }

    // A case of two results in a folder of its own: forgetting one is a problem, and so is a result that nobody asked
    // for.
    void forgottenTensorsAreProblems() {
        const test::ScratchFolder folder;
        writeCase(folder, R"({"dtype": "F32", "shape": [1], "kind": "exact"})");
        const auto manifest = golden::readManifest(folder.path());
        QVERIFY2(manifest, manifest ? "" : manifest.error().text().c_str());
        auto check = golden::Check::open(manifest->cases.front());
        QVERIFY2(check, check ? "" : check.error().text().c_str());
        QVERIFY(QString::fromStdString(check->problems()).contains("out.a: not compared"));
        check->compare("out.a", std::vector<float>{1.0f});
        QCOMPARE(check->problems(), std::string("one: out.b: not compared\n"));
        check->compare("out.b", std::vector<float>{2.0f});
        QCOMPARE(check->problems(), std::string());
        check->compare("out.c", std::vector<float>{2.0f});
        QVERIFY(QString::fromStdString(check->problems()).contains("out.c"));
    }

    void unknownKindsAreRefused() {
        for (const char* info :
             {R"({"dtype": "F32", "shape": [1], "kind": "about"})", R"({"dtype": "F8", "shape": [1], "kind": "in"})",
              R"({"dtype": "F32", "kind": "in"})", R"({"dtype": "F32", "shape": [1], "kind": "tol"})"}) {
            const test::ScratchFolder folder;
            writeCase(folder, info);
            QVERIFY2(!golden::readManifest(folder.path()), info);
        }
    }

    // The manifest's word counts: a file of other shapes is not what it says.
    void filesMustBeAsTheManifestSays() {
        const test::ScratchFolder folder;
        writeCase(folder, R"({"dtype": "F32", "shape": [2], "kind": "exact"})");
        const auto manifest = golden::readManifest(folder.path());
        QVERIFY(manifest);
        QVERIFY(!golden::Check::open(manifest->cases.front()));
    }

  private:
    // One case with out.a = [1] and out.b = [2]; `info` is what the manifest says of out.a.
    static void writeCase(const test::ScratchFolder& folder, const std::string& info) {
        test::writeBytes(
            folder / "manifest.json",
            R"({"cases": [{"name": "one", "group": "ops", "file": "one.safetensors", "params": {}, "tensors": {"out.a": )" +
                info + R"(, "out.b": {"dtype": "F32", "shape": [1], "kind": "exact"}}}]})");
        std::string header =
            R"({"out.a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"out.b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})";
        header.resize((header.size() + 7) / 8 * 8, ' ');
        std::string file(8, '\0');
        file[0] = static_cast<char>(header.size());
        const float values[] = {1, 2};
        file += header + std::string(reinterpret_cast<const char*>(values), sizeof(values));
        test::writeBytes(folder / "one.safetensors", file);
    }
};

QTEST_GUILESS_MAIN(GoldenTest)
#include "tst_golden.moc"
