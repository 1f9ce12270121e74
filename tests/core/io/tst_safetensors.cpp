#include <QtTest>
#include <cstring>

#include "base/rng.h"
#include "io/safetensors.h"
#include "support/io_faults.h"
#include "support/io_scratch.h"

using namespace condenser;
using namespace condenser::test;

namespace {

// A file of this header and so many zero bytes.
std::string fileOf(const std::string& header, std::size_t dataBytes) {
    const std::uint64_t length = header.size();
    std::string file(sizeof length, '\0');
    std::memcpy(file.data(), &length, sizeof length);
    return file + header + std::string(dataBytes, '\0');
}

Result<TensorFile> parse(const std::string& bytes) {
    return parseSafetensors(std::as_bytes(std::span(bytes)), "toy.safetensors");
}

bool isSame(const TensorFile& a, const TensorFile& b) {
    if (a.metadata != b.metadata || a.tensors.size() != b.tensors.size()) return false;
    for (const auto& [name, tensor] : a.tensors) {
        const auto other = b.tensors.find(name);
        if (other == b.tensors.end() || other->second.dtype != tensor.dtype || other->second.shape != tensor.shape ||
            other->second.bytes != tensor.bytes) {
            return false;
        }
    }
    return true;
}

// Every dtype; a scalar, empty shapes, several dimensions.
TensorFile variousTensors() {
    TensorFile file;
    Rng rng(1, RandomStream::kTest);
    for (const DType dtype : {DType::kBool, DType::kU8, DType::kI8, DType::kI16, DType::kI32, DType::kI64, DType::kF16,
                              DType::kBF16, DType::kF32, DType::kF64}) {
        StoredTensor tensor{dtype, {3, 1, 5}, std::vector<std::byte>(15 * itemSize(dtype))};
        for (std::byte& byte : tensor.bytes) byte = static_cast<std::byte>(rng.below(dtype == DType::kBool ? 2 : 256));
        file.tensors[dtypeName(dtype)] = tensor;
    }
    file.tensors["scalar"] = StoredTensor::ofDoubles({}, std::vector{0.1});
    file.tensors["empty"] = StoredTensor::ofFloats({3, 0, 2}, {});
    file.tensors["with \"quotes\", \\ and \xc3\xa4"] = StoredTensor::ofInt64s({2}, std::vector<std::int64_t>{-1, 1});
    file.metadata = {{"format", "pt"}, {"empty", ""}, {"json", R"({"a":[1,"\n"]})"}};
    return file;
}

const std::string kTwoTensors =
    R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[3],"data_offsets":[8,11]}})";

}  // namespace

class SafetensorsTest : public QObject {
    Q_OBJECT

  private slots:
    void everyTypeComesBack() {
        const TensorFile file = variousTensors();
        const auto back = parse(serializeSafetensors(file));
        QVERIFY2(back, back ? "" : back.error().text().c_str());
        QVERIFY(isSame(*back, file));
        const auto none = parse(serializeSafetensors({}));
        QVERIFY(none && none->tensors.empty() && none->metadata.empty());
    }

    void fileAndMemoryAreTheSame() {
        ScratchFolder folder;
        const TensorFile file = variousTensors();
        QVERIFY(writeSafetensors(folder / "file", file));
        QCOMPARE(readBytes(folder / "file"), serializeSafetensors(file));
        const auto back = readSafetensors(folder / "file");
        QVERIFY(back && isSame(*back, file));
        QCOMPARE(folder.entries(), 1);
    }

    void dataIsAligned() {
        TensorFile file = variousTensors();
        for (int i = 0; i < 8; ++i) {
            file.metadata["pad"] += 'x';
            const std::string bytes = serializeSafetensors(file);
            std::uint64_t headerBytes = 0;
            std::memcpy(&headerBytes, bytes.data(), sizeof headerBytes);
            QCOMPARE(headerBytes % 8, std::uint64_t{0});
            QCOMPARE(bytes[8], '{');
        }
        // The only tensor of one byte an element comes behind all those of eight.
        file.tensors = {{"a", StoredTensor::ofBytes({1}, std::vector<std::uint8_t>{7})},
                        {"b", StoredTensor::ofInt64s({1}, std::vector<std::int64_t>{9})}};
        const std::string bytes = serializeSafetensors(file);
        QCOMPARE(bytes.back(), '\x07');
    }

    void otherWritersFilesAreRead() {
        // No padding, tensors in another order than their data, spaces, no metadata.
        const auto file = parse(fileOf(
            R"({ "b" : {"shape":[3],"dtype":"U8","data_offsets":[0,3]},"a":{"dtype":"F32","shape":[2],"data_offsets":[3,11]}}  )",
            11));
        QVERIFY2(file, file ? "" : file.error().text().c_str());
        QCOMPARE(file->tensors.at("a").shape, std::vector<std::int64_t>{2});
        // Empty tensors may share a place with others.
        QVERIFY(parse(fileOf(
            R"({"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"c":{"dtype":"F32","shape":[4,0],"data_offsets":[1,1]}})",
            1)));
    }

    void brokenRulesAreNamed_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("word");
        const auto row = [](const char* name, const std::string& bytes, const char* word,
                            ErrorCode code = ErrorCode::kBadFormat) {
            QTest::addRow("%s", name) << QByteArray::fromStdString(bytes) << static_cast<int>(code) << word;
        };
        const auto tensor = [](const std::string& fields) { return fileOf("{\"t\":{" + fields + "}}", 4); };
        row("nothing", "", "0 bytes");
        row("seven bytes", std::string(7, '\0'), "7 bytes");
        row("no header", std::string(8, '\0'), "\"{\"");
        row("zip", "PK\x03\x04 and so on, as PyTorch writes it", "no safetensors file");
        row("header longer than the file", std::string("\x03\0\0\0\0\0\0\0{}", 10), "cut short");
        row("header of 100 MB and one", std::string("\x01\xe1\xf5\x05\0\0\0\0{}", 10), "at most 100000000");
        row("header of 2^64 - 1", std::string(8, '\xff') + "{}", "announce");
        row("header of 2^63", std::string("\0\0\0\0\0\0\0\x80{}", 10), "announce");
        row("no object", fileOf("[]", 0), "begin with");
        row("a space first", fileOf(" {}", 0), "begin with");
        row("no JSON", fileOf("{]", 0), "not valid");
        row("two objects", fileOf("{}{}", 0), "not valid");
        row("zeros behind", fileOf(std::string("{}\0\0", 4), 0), "not valid");
        row("name twice",
            fileOf(
                R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
                1),
            "occurs twice");
        row("field twice", tensor(R"("dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4])"), "occurs twice");
        row("metadata twice", fileOf(R"({"__metadata__":{"a":"1","a":"2"}})", 0), "occurs twice");
        row("metadata no object", fileOf(R"({"__metadata__":"text"})", 0), "__metadata__");
        row("metadata number", fileOf(R"({"__metadata__":{"a":1}})", 0), "__metadata__");
        row("metadata null", fileOf(R"({"__metadata__":null})", 0), "__metadata__");
        row("deep", fileOf(std::string("{\"t\":") + std::string(100'000, '['), 0), "deep");
        row("tensor no object", fileOf(R"({"t":[1]})", 0), "expected");
        row("no fields", tensor(""), "expected");
        row("no dtype", tensor(R"("shape":[1],"data_offsets":[0,4])"), "expected");
        row("no shape", tensor(R"("dtype":"F32","data_offsets":[0,4])"), "expected");
        row("no offsets", tensor(R"("dtype":"F32","shape":[1])"), "expected");
        row("a field more", tensor(R"("dtype":"F32","shape":[1],"data_offsets":[0,4],"more":1)"), "expected");
        row("another field", tensor(R"("dtype":"F32","shape":[1],"offsets":[0,4])"), "expected");
        row("dtype number", tensor(R"("dtype":32,"shape":[1],"data_offsets":[0,4])"), "dtype");
        row("dtype unknown", tensor(R"("dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4])"), "F8_E4M3",
            ErrorCode::kUnsupported);
        row("dtype lower case", tensor(R"("dtype":"f32","shape":[1],"data_offsets":[0,4])"), "f32",
            ErrorCode::kUnsupported);
        row("shape number", tensor(R"("dtype":"F32","shape":1,"data_offsets":[0,4])"), "shape");
        row("shape negative", tensor(R"("dtype":"F32","shape":[-1],"data_offsets":[0,4])"), "shape");
        row("shape two negatives", tensor(R"("dtype":"F32","shape":[-1,-1],"data_offsets":[0,4])"), "shape");
        row("shape fraction", tensor(R"("dtype":"F32","shape":[1.0],"data_offsets":[0,4])"), "shape");
        row("shape text", tensor(R"("dtype":"F32","shape":["1"],"data_offsets":[0,4])"), "shape");
        row("shape of 33 dimensions",
            tensor(
                R"("dtype":"F32","shape":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],"data_offsets":[0,4])"),
            "shape");
        row("shape overflows to 4 elements",
            fileOf(R"({"t":{"dtype":"F32","shape":[4194305,4194305,211106198978564],"data_offsets":[0,16]}})", 16),
            "too large");
        row("shape beyond 2^64", tensor(R"("dtype":"F32","shape":[18446744073709551617],"data_offsets":[0,4])"),
            "shape");
        row("shape 2^63", tensor(R"("dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,4])"), "shape");
        row("shape 2^62", tensor(R"("dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0])"), "too large");
        row("overflow hidden by a zero",
            tensor(R"("dtype":"F32","shape":[0,4611686018427387904,4],"data_offsets":[0,0])"), "too large");
        row("larger than its bytes", tensor(R"("dtype":"F32","shape":[2],"data_offsets":[0,4])"), "takes 8 bytes");
        row("smaller than its bytes", tensor(R"("dtype":"U8","shape":[3],"data_offsets":[0,4])"), "takes 3 bytes");
        row("offsets negative", tensor(R"("dtype":"F32","shape":[1],"data_offsets":[-4,0])"), "data_offsets");
        row("offsets backwards", tensor(R"("dtype":"F32","shape":[0],"data_offsets":[4,0])"), "data_offsets");
        row("offsets three", tensor(R"("dtype":"F32","shape":[1],"data_offsets":[0,4,4])"), "data_offsets");
        row("offsets one", tensor(R"("dtype":"F32","shape":[1],"data_offsets":[0])"), "data_offsets");
        row("offsets fractions", tensor(R"("dtype":"F32","shape":[1],"data_offsets":[0.0,4.0])"), "data_offsets");
        row("offsets near 2^63",
            tensor(R"("dtype":"F32","shape":[1],"data_offsets":[9223372036854775803,9223372036854775807])"), "hole");
        row("hole at the start", fileOf(R"({"t":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})", 8), "hole");
        row("hole between",
            fileOf(
                R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}})",
                3),
            "hole");
        row("overlap",
            fileOf(
                R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}})",
                3),
            "overlap");
        row("same place twice",
            fileOf(
                R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})",
                2),
            "overlap");
        row("bytes behind", fileOf(kTwoTensors, 12), "too long");
        row("bytes behind nothing", fileOf("{}", 1), "too long");
        row("a byte missing", fileOf(kTwoTensors, 10), "cut short");
        row("long name",
            fileOf(std::string("{\"") + std::string(1025, 'n') +
                       "\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}",
                   0),
            "name");
        row("control characters in a name", fileOf("{\"\\u001bc\":1}", 0), "?c");
        row("no UTF-8", fileOf("{\"\xff\":1}", 0), "not valid");
    }
    void brokenRulesAreNamed() {
        QFETCH(QByteArray, bytes);
        QFETCH(int, code);
        QFETCH(QString, word);
        ScratchFolder folder;
        writeBytes(folder / "toy.safetensors", bytes.toStdString());
        const auto fromMemory = parse(bytes.toStdString());
        const auto fromFile = readSafetensors(folder / "toy.safetensors");
        QVERIFY(!fromMemory && !fromFile);
        const QString why = QString::fromStdString(fromMemory.error().why);
        QCOMPARE(static_cast<int>(fromMemory.error().code), code);
        QVERIFY2(why.contains(word), qPrintable(why));
        QCOMPARE(fromMemory.error().where, std::string("toy.safetensors"));
        QCOMPARE(fromFile.error().why, fromMemory.error().why);
        QCOMPARE(fromFile.error().where, (folder / "toy.safetensors").string());
    }

    void everyTruncationIsRefused() {
        const std::string bytes = serializeSafetensors(variousTensors());
        for (std::size_t length = 0; length < bytes.size(); ++length) {
            const auto file = parse(bytes.substr(0, length));
            QVERIFY2(!file, qPrintable(QString("at length %1").arg(length)));
        }
        QVERIFY(!parse(bytes + '\0'));
    }

    // Whatever one byte becomes: an error, or a file whose tensors fit their bytes.
    void everyChangedByteIsAnErrorOrAFile() {
        const std::string bytes = fileOf(kTwoTensors, 11);
        QVERIFY(parse(bytes));
        int accepted = 0;
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            for (int change = 1; change < 256; ++change) {
                std::string other = bytes;
                other[i] = static_cast<char>(other[i] ^ change);
                const auto file = parse(other);
                if (!file) {
                    QVERIFY(!file.error().why.empty());
                    continue;
                }
                ++accepted;
                for (const auto& [name, tensor] : file->tensors) {
                    QCOMPARE(tensor.bytes.size(), static_cast<std::size_t>(tensor.elements()) * itemSize(tensor.dtype));
                }
            }
        }
        QVERIFY(accepted >= 11 * 255);  // the data bytes, and what renames a tensor
    }

    void filesThatCannotBeOpenedAreTold() {
        ScratchFolder folder;
        QCOMPARE(readSafetensors(folder / "missing").error().code, ErrorCode::kNotFound);
        QCOMPARE(readSafetensors(folder.path()).error().code, ErrorCode::kUnreadable);
    }

    // A file of holes takes no place on the disk, and may claim what no memory holds.
    void claimsBeyondTheLimitAreRefused() {
        ScratchFolder folder;
        const std::string header = R"({"t":{"dtype":"U8","shape":[1099511627776],"data_offsets":[0,1099511627776]}})";
        writeBytes(folder / "huge", fileOf(header, 0));
        std::filesystem::resize_file(folder / "huge", 8 + header.size() + (std::uintmax_t{1} << 40));
        const auto file = readSafetensors(folder / "huge");
        QVERIFY(!file);
        QCOMPARE(file.error().code, ErrorCode::kTooLarge);
    }

    void aFullDiskLeavesTheOldFile() {
        ScratchFolder folder;
        TensorFile large;
        large.tensors["t"] = StoredTensor::ofFloats({1 << 19}, std::vector<float>(1 << 19));
        const std::string said = playOnSmallDisk(folder.path(), [&]() -> std::string {
            if (!writeSafetensors(folder / "model", variousTensors())) return "no room for the small file";
            const auto ok = writeSafetensors(folder / "model", large);
            if (ok) return "two megabytes on one";
            if (ok.error().code != ErrorCode::kWrite) return ok.error().text();
            const auto old = readSafetensors(folder / "model");
            return old && isSame(*old, variousTensors()) && folder.entries() == 1 ? "" : "the old file is damaged";
        });
        QCOMPARE(QString::fromStdString(said), QString());
    }

    void theFixturesAreRead() {
        int files = 0;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(CONDENSER_FIXTURES)) {
            if (entry.path().extension() != ".safetensors" || entry.path().parent_path().filename() == "ckpt_bad")
                continue;
            const auto file = readSafetensors(entry.path());
            QVERIFY2(file, file ? "" : file.error().text().c_str());
            const auto again = parse(serializeSafetensors(*file));
            QVERIFY(again && isSame(*again, *file));
            ++files;
        }
        QVERIFY(files > 0);
    }
};

QTEST_GUILESS_MAIN(SafetensorsTest)
#include "tst_safetensors.moc"
