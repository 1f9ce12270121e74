// Every golden checkpoint bit for bit, every bad one refused in words; CONDENSER_GOLDEN names a larger collection.
#include <QtTest>

#include <bit>
#include <map>

#include "base/memory_use.h"
#include "exchange/reference_state.h"
#include "exchange/torch_file.h"
#include "io/safetensors.h"
#include "support/golden.h"
#include "support/io_scratch.h"
#include "support/torch_maker.h"

using namespace condenser;
using namespace condenser::test;
namespace fs = std::filesystem;

namespace {

constexpr const char* kFixtures = CONDENSER_FIXTURES;

// `name` is ckpt or ckpt_bad.
fs::path folder(const char* name) {
    const fs::path golden = golden::folder(kFixtures) / name;
    return fs::exists(golden) ? golden : fs::path(kFixtures) / name;
}

StateDict tensorsIn(const fs::path& path) {
    auto file = readSafetensors(path);
    if (!file) throw std::runtime_error(file.error().text());
    return std::move(file->tensors);
}

Result<TorchFile> parse(const std::string& bytes) {
    return parseTorchFile(std::as_bytes(std::span(bytes)), "toy.pth");
}

std::string refusal(const std::string& bytes) {
    const auto file = parse(bytes);
    return file ? "" : file.error().text();
}

// What differs; empty if nothing does. `counters`: num_batches_tracked may be missing.
std::string difference(const StateDict& got, const StateDict& expected, bool counters) {
    for (const auto& [name, tensor] : expected) {
        const auto found = got.find(name);
        if (found == got.end()) {
            if (counters && name.ends_with("num_batches_tracked")) continue;
            return name + " is missing";
        }
        if (found->second.dtype != tensor.dtype || found->second.shape != tensor.shape ||
            found->second.bytes != tensor.bytes) {
            return name + " differs";
        }
    }
    for (const auto& [name, tensor] : got) {
        if (!expected.contains(name)) return name + " is too much";
    }
    return {};
}

std::string floatBytes(std::initializer_list<float> values) {
    std::string bytes;
    for (const float value : values) bytes += bytesOf(value);
    return bytes;
}

// A state dict of one tensor "w".
std::string pickleOf(const std::string& tensor) {
    return pickled::finished(pickled::dict({{"w", tensor}}));
}

// The stream before zip archives, with one storage.
std::string streamOf(const std::string& object, const std::string& key, std::int64_t count, const std::string& data) {
    return pickled::finished("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19") +
           pickled::finished(pickled::whole(1001)) + pickled::finished(pickled::dict({{"little_endian", "\x88"}})) +
           object + pickled::finished("]" + pickled::text(key) + "a") + bytesOf(count) + data;
}

// Words of the refusal, by the file's name.
const std::map<std::string, const char*> kBad{
    {"deep_nesting_zip.pth", "64 deep"},
    {"empty.pth", "empty"},
    {"huge_size_legacy.pth", "announces 1099511627776 elements"},
    {"huge_size_zip.pth", "64 bytes, and 1099511627776 elements"},
    {"missing_pickle_zip.pth", "no data.pkl"},
    {"missing_record_zip.pth", "storage \"7\" has no entry"},
    {"negative_size_zip.pth", "whole numbers from 0 up"},
    {"no_stop_zip.pth", "cut short"},
    {"path_traversal_zip.pth", "climbs out"},
    {"reduce_os_system_legacy.pth", "it asks for os.system, which no state dict needs; nothing was run"},
    {"reduce_os_system_zip.pth", "it asks for os.system, which no state dict needs; nothing was run"},
    {"stack_underflow_zip.pth", "more from its stack"},
    {"storage_too_small_legacy.pth", "number 15 of its storage, which has 6"},
    {"storage_too_small_zip.pth", "24 bytes, and 16 elements"},
    {"stride_out_of_range_zip.pth", "number 18 of its storage, which has 16"},
    {"text.pth", "no PyTorch checkpoint"},
    {"truncated_legacy.pth", "cut short"},
    {"truncated_zip.pth", "cut short"},
    {"wrong_magic_legacy.pth", "magic number"},
    {"zip_bit_flip.pth", "CRC"},
};

#define HOLDS(text, part) QVERIFY2(QString::fromStdString(text).contains(part), (text).c_str())

}  // namespace

class TorchFileTest : public QObject {
    Q_OBJECT

  private slots:
    void goldenCheckpoints() {
        int seen = 0;
        for (const auto& entry : fs::directory_iterator(folder("ckpt"))) {
            const std::string name = entry.path().filename().string();
            if (name.ends_with(".safetensors")) continue;
            ++seen;
            auto file = readTorchFile(entry.path());
            QVERIFY2(file, file ? "" : file.error().text().c_str());
            const bool tricky = name.starts_with("tricky");
            const fs::path expected = tricky ? folder("ckpt") / "expected_tricky.safetensors"
                                      : name.starts_with("condensed")
                                          ? golden::folder(kFixtures) / "net_tiny_condensed_state.safetensors"
                                          : golden::folder(kFixtures) / "net_tiny_final_state.safetensors";
            if (tricky) {
                QCOMPARE(file->tensors.at("f16").dtype, DType::kF16);
                QCOMPARE(file->tensors.at("bf16").dtype, DType::kBF16);
                for (const char* half : {"f16", "bf16"}) {  // expected as floats
                    StateDict one;
                    one[half] = file->tensors.at(half);
                    file->tensors[half] = inSinglePrecision(std::move(one)).tensors.at(half);
                }
            }
            const std::string wrong = difference(file->tensors, tensorsIn(expected), name.find("gpu_old") != name.npos);
            QVERIFY2(wrong.empty(), (name + ": " + wrong).c_str());
            if (name.starts_with("dense")) {
                QCOMPARE(file->facts.epoch, 17);
                QCOMPARE(file->facts.bestTop1, 93.7109375);
            } else {
                QVERIFY(!file->facts.epoch && !file->facts.bestTop1);
            }
            QVERIFY(looksLikeTorchFile(entry.path()).value());
        }
        QVERIFY(seen >= 8);
    }

    void badCheckpoints() {
        int seen = 0;
        for (const auto& entry : fs::directory_iterator(folder("ckpt_bad"))) {
            const std::string name = entry.path().filename().string();
            QVERIFY2(kBad.contains(name), name.c_str());
            const auto file = readTorchFile(entry.path());
            QVERIFY2(!file, name.c_str());
            HOLDS(file.error().text(), kBad.at(name));
            HOLDS(file.error().text(), QString::fromStdString("cannot read the checkpoint: " + entry.path().string()));
            ++seen;
        }
        QVERIFY(seen >= 16);
    }

    // The large ones among the bad: cut at 60 %, and one bit turned.
    void damagedCheckpoints() {
        const std::string zip = readBytes(folder("ckpt") / "bare_zip.pth"),
                          stream = readBytes(folder("ckpt") / "dense_gpu_old_legacy.pth.tar");
        for (const std::string& whole : {zip, stream}) {
            for (const double share : {0.0001, 0.01, 0.3, 0.6, 0.9, 0.9999}) {
                const auto cut = static_cast<std::size_t>(static_cast<double>(whole.size()) * share);
                const std::string why = refusal(whole.substr(0, cut));
                QVERIFY2(why.find("cut short") != std::string::npos || cut < 100, why.c_str());
            }
        }
        std::string flipped = zip;
        flipped[79174] = static_cast<char>(flipped[79174] ^ 0x10);
        HOLDS(refusal(flipped), "CRC");
    }

    void whatIsNoCheckpoint() {
        HOLDS(refusal(std::string(257, 'x') + "ustar" + std::string(300, '\0')), "tar archive");
        HOLDS(refusal("PK\3\4"), "zip archive");
        HOLDS(refusal(zipOf({{"a/data.pkl", "N."}, {"b/data.pkl", "N."}})), "more than one");
        HOLDS(refusal(zipOf({{"a/data.pkl", "N."}, {"a/constants.pkl", "N."}})), "TorchScript");
        HOLDS(refusal(zipOf({{"a/data.pkl", "N."}, {"a/byteorder", "big"}})), "byte order");
        HOLDS(refusal(zipOf({{"a/data.pkl", "N."}, {"a/version", "11\n"}})), "version");
        HOLDS(refusal(torchZip(pickled::finished("N"), {})), "no state dict");
        HOLDS(refusal(torchZip(pickled::finished("}"), {})), "empty");
        HOLDS(refusal(torchZip(pickled::finished(pickled::dict({{"epoch", "K\1"}, {"weights", "}"}})), {})),
              "\"epoch\", \"weights\"");
        HOLDS(refusal(torchZip(pickled::finished(pickled::dict({{"state_dict", "K\1"}})), {})), "no dict");
        HOLDS(refusal(torchZip(pickled::finished(pickled::dict({{"state_dict", pickled::dict({{"w", "K\1"}})}})), {})),
              "\"w\": it is no tensor");
        HOLDS(refusal(torchZip(pickleOf(pickled::tensor(pickled::tuple({pickled::text("module"), "N", "N", "N"}) + "Q",
                                                        0, {1}, {1})),
                               {})),
              "whole model");

        ScratchFolder scratch;
        QCOMPARE(readTorchFile(scratch / "absent").error().code, ErrorCode::kNotFound);
        QCOMPARE(looksLikeTorchFile(scratch / "absent").error().code, ErrorCode::kNotFound);
        // 640 bytes of header make a safetensors file begin as a pickle does.
        writeBytes(scratch / "ours", bytesOf(std::uint64_t{0x280}) + "{" + std::string(700, ' '));
        QVERIFY(!looksLikeTorchFile(scratch / "ours").value());
        writeBytes(scratch / "empty", "");
        QVERIFY(!looksLikeTorchFile(scratch / "empty").value());
    }

    void archivesThatCheat() {
        for (const char* name : {"/etc/x", "../x", "a/../../x", "a/..", "a\\x", "a/\nx", ""}) {
            QVERIFY2(!refusal(zipOf({{"a/data.pkl", "N."}, {name, ""}})).empty(), name);
        }
        QVERIFY(refusal(zipOf({{"a/data.pkl", "N."}, {"a/..x", ""}, {"a/b..", ""}})).find("climbs") ==
                std::string::npos);
        HOLDS(refusal(zipOf({{"a/data.pkl", "N."}, {"a/data.pkl", "N."}})), "occurs twice");
        HOLDS(refusal(zipOf({{"a/data.pkl", "N.", 3}})), "damaged");
        HOLDS(refusal(zipOf({{"a/data.pkl", "N.", 3'000'000'000}})), "unpack");
        HOLDS(refusal(zipOf({{"a/data.pkl", "N."},
                             {"a/1", std::string(30 << 10, 'x'), 1 << 21},
                             {"a/2", std::string(400 << 10, 'x'), 30 << 20},
                             {"a/3", std::string(400 << 10, 'x'), 30 << 20},
                             {"a/4", std::string(400 << 10, 'x'), 30 << 20}})),
              "more than");
    }

    void placesInStorages() {
        const std::string six = floatBytes({0, 1, 2, 3, 4, 5}), storage = pickled::storage("FloatStorage", "0", 6);
        const auto valuesOf = [&](const std::string& tensor) {
            const auto file = parse(torchZip(pickleOf(tensor), {six}));
            if (!file) throw std::runtime_error(file.error().text());
            const auto floats = file->tensors.at("w").floats();
            return std::vector<float>(floats.begin(), floats.end());
        };
        QCOMPARE(valuesOf(pickled::tensor(storage, 1, {2, 2}, {1, 2})), (std::vector<float>{1, 3, 2, 4}));
        QCOMPARE(valuesOf(pickled::tensor(storage, 5, {2, 3}, {0, 0})), (std::vector<float>{5, 5, 5, 5, 5, 5}));
        QCOMPARE(valuesOf(pickled::tensor(storage, 5, {}, {})), (std::vector<float>{5}));
        QCOMPARE(valuesOf(pickled::tensor(storage, 2, {1, 2, 1}, {std::int64_t{1} << 62, 3, std::int64_t{1} << 62})),
                 (std::vector<float>{2, 5}));
        QCOMPARE(valuesOf(pickled::tensor(storage, 0, {0, 4}, {9, 9})), (std::vector<float>{}));
        QCOMPARE(valuesOf(pickled::name("torch._utils", "_rebuild_parameter") +
                          pickled::tuple({pickled::tensor(storage, 0, {2}, {5}), "\x88", "}"}) + "R"),
                 (std::vector<float>{0, 5}));

        const auto refused = [&](const std::string& tensor) { return refusal(torchZip(pickleOf(tensor), {six})); };
        HOLDS(refused(pickled::tensor(storage, 6, {1}, {1})), "number 6");
        HOLDS(refused(pickled::tensor(storage, 0, {7}, {1})), "number 6");
        HOLDS(refused(pickled::tensor(storage, -1, {1}, {1})), "from 0 up");
        HOLDS(refused(pickled::tensor(storage, 0, {2}, {-1})), "from 0 up");
        HOLDS(refused(pickled::tensor(storage, 0, {2}, {1, 1})), "one number");
        HOLDS(refused(pickled::tensor(storage, 0, std::vector<std::int64_t>(33, 1), std::vector<std::int64_t>(33, 1))),
              "32 dimensions");
        constexpr std::int64_t kHuge = std::int64_t{1} << 62;
        HOLDS(refused(pickled::tensor(storage, 0, {3, 3}, {kHuge, kHuge})), "2^63");
        HOLDS(refused(pickled::tensor(storage, kHuge, {2}, {kHuge})), "2^63");
        HOLDS(refused(pickled::tensor(storage, 0, {kHuge, 0, kHuge}, {0, 0, 0})), "too large");
        HOLDS(refused(pickled::tensor(pickled::storage("FloatStorage", "0", -6), 0, {0}, {1})), "-6 elements");
        HOLDS(refused(pickled::tensor(pickled::storage("FloatStorage", "0", kHuge), 0, {0}, {1})), "24 bytes");
        HOLDS(refused(pickled::tensor(pickled::storage("DoubleStorage", "0", 6), 0, {1}, {1})), "24 bytes");
        HOLDS(refused(pickled::tensor(pickled::storage("FloatStorage", "../0", 6), 0, {1}, {1})), "no entry");
        HOLDS(refused(pickled::tensor(pickled::name("torch", "float32"), 0, {1}, {1})), "not known");
    }

    void theStream() {
        const std::string two = floatBytes({7, 8}),
                          object = pickleOf(pickled::tensor(pickled::storage("FloatStorage", "k", 2), 0, {2}, {1}));
        const auto file = parse(streamOf(object, "k", 2, two));
        QVERIFY2(file, file ? "" : file.error().text().c_str());
        QCOMPARE(file->tensors.at("w").floats()[1], 8.0F);
        HOLDS(refusal(streamOf(object, "k", 3, two)), "announces 3 elements");
        HOLDS(refusal(streamOf(object, "k", -1, two)), "announces -1 elements");
        HOLDS(refusal(streamOf(object, "k", 1, two)), "4 bytes, and 2 elements");
        HOLDS(refusal(streamOf(object, "other", 2, two)), "no tensor lies in");

        // A view of a storage, as old files name them: elements 2 to 3 of four.
        const std::string viewed =
            pickled::tuple({pickled::text("storage"), pickled::name("torch", "FloatStorage"), pickled::text("k"),
                            pickled::text("cuda:0"), pickled::whole(4),
                            pickled::tuple({pickled::text("view"), pickled::whole(2), pickled::whole(2)})}) +
            "Q";
        const std::string four = floatBytes({1, 2, 3, 4});
        const auto view = parse(streamOf(pickleOf(pickled::tensor(viewed, 1, {1}, {1})), "k", 4, four));
        QVERIFY2(view, view ? "" : view.error().text().c_str());
        QCOMPARE(view->tensors.at("w").floats()[0], 4.0F);
        HOLDS(refusal(streamOf(pickleOf(pickled::tensor(viewed, 0, {3}, {1})), "k", 4, four)), "which has 2");
    }

    void names() {
        const std::string tensor = pickled::tensor(pickled::storage("FloatStorage", "0", 1), 0, {1}, {1});
        const auto namesOf = [&](const std::vector<std::string>& names) {
            std::vector<std::pair<std::string, std::string>> items;
            for (const std::string& name : names) items.emplace_back(name, tensor);
            const auto file = parse(torchZip(pickled::finished(pickled::dict(items)), {floatBytes({1})}));
            if (!file) return file.error().text();
            std::string found;
            for (const auto& [name, value] : file->tensors) found += name + " ";
            return found;
        };
        QCOMPARE(namesOf({"module.a", "module.b"}), std::string("a b "));
        QCOMPARE(namesOf({"module.a", "b"}), std::string("b module.a "));
        QCOMPARE(namesOf({"module.module.a"}), std::string("module.a "));
        QCOMPARE(namesOf({"gr\xc3\xbc\xc3\x9f"}), std::string("gr\xc3\xbc\xc3\x9f "));
        for (const char* bad : {"", "a\nb", "a\x7f", "\xff", "\xc3"}) HOLDS(namesOf({bad}), "no plain text");
        HOLDS(namesOf({"a", "a"}), "occurs twice");
    }

    // Strides of zero make much of little.
    void nothingIsMadeBeforeItIsCounted() {
        const std::string one = floatBytes({1}), storage = pickled::storage("FloatStorage", "0", 1);
        std::vector<std::pair<std::string, std::string>> many;
        for (int i = 0; i < 100; ++i) {
            many.emplace_back("w" + std::to_string(i), pickled::tensor(storage, 0, {1000, 1000}, {0, 0}));
        }
        const std::string bombs[] = {torchZip(pickleOf(pickled::tensor(storage, 0, {1 << 20, 1 << 20}, {0, 0})), {one}),
                                     torchZip(pickled::finished(pickled::dict(many)), {one}),
                                     streamOf(pickleOf(pickled::tensor(storage, 0, {1 << 30}, {0})), "0", 1, one),
                                     readBytes(folder("ckpt_bad") / "huge_size_zip.pth"),
                                     readBytes(folder("ckpt_bad") / "huge_size_legacy.pth")};
        for (const std::string& bomb : bombs) {
            resetPeakMemory();
            const std::size_t before = peakMemoryBytes();
            const auto file = parse(bomb);
            QVERIFY(!file);
            QVERIFY2(peakMemoryBytes() < before + (std::size_t{8} << 20), file.error().text().c_str());
        }
        HOLDS(refusal(bombs[0]), "repeat their data");
        HOLDS(refusal(bombs[1]), "\"w16\"");  // 17 of 4 MB are more than 64 MB
        // What fits is made.
        QVERIFY(parse(torchZip(pickleOf(pickled::tensor(storage, 0, {1000, 1000}, {0, 0})), {one})));
    }
};

QTEST_GUILESS_MAIN(TorchFileTest)
#include "tst_torch_file.moc"
