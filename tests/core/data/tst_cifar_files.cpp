#include <QtTest>
#include <filesystem>

#include "data/cifar_files.h"
#include "support/io_scratch.h"
#include "support/published_sets.h"

using namespace condenser;
using namespace condenser::test;
namespace fs = std::filesystem;

namespace {

using Files = std::map<std::string, std::string>;
using Names = std::vector<std::string>;

void write(const fs::path& folder, const Files& files) {
    fs::create_directories(folder);
    for (const auto& [name, bytes] : files) writeBytes(folder / name, bytes);
}

// Two pictures, of the fine classes 99 and 3, and of coarse ones that play no part.
Files cifar100Files() {
    const Picture one = drawShape(ShapesPart::kTrain, 0).picture, two = drawShape(ShapesPart::kTrain, 1).picture;
    const std::string bytes = cifarRecord("\x05" + asByte(99), one) + cifarRecord("\x63" + asByte(3), two);
    return {{"train.bin", bytes}, {"test.bin", bytes}};
}

std::string errorOf(CifarKind kind, const Files& files) {
    const auto source = cifarFromFiles(kind, files, "set");
    return source ? "no error" : source.error().text();
}

std::string errorOf(CifarKind kind, const fs::path& place) {
    const auto source = openCifar(kind, place);
    return source ? "no error" : source.error().text();
}

#define VERIFY_SAYS(text, part) QVERIFY2((text).find(part) != std::string::npos, (text).c_str())

void verifyIsCifar10(const Result<DataSource>& source) {
    QVERIFY2(source, source ? "" : source.error().text().c_str());
    QCOMPARE(source->classes, shapesClasses());
    QCOMPARE(source->testName, std::string("test"));
    QVERIFY(source->published && source->published->mean == kCifar10Normalisation.mean);
    QCOMPARE(source->train.size(), 50u);
    QCOMPARE(source->test.size(), 10u);
    QVERIFY(source->unreadable.empty());
    const auto verifyPicture = [&](const LabelledPicture& picture, ShapesPart part, int number) {
        const DrawnShape shape = drawShape(part, number);
        QCOMPARE(picture.label, shape.label);
        const auto read = source->read(picture.index);
        QVERIFY(read && read->height == 32 && read->width == 32);
        QCOMPARE(read->pixels, shape.picture.pixels);
    };
    for (int i = 0; i < 50; ++i) verifyPicture(source->train[static_cast<std::size_t>(i)], ShapesPart::kTrain, i);
    for (int i = 0; i < 10; ++i) verifyPicture(source->test[static_cast<std::size_t>(i)], ShapesPart::kTest, i);
    QCOMPARE(source->place(source->train[27].index), fs::path("data_batch_3.bin, picture 7"));
    QCOMPARE(source->place(source->test[0].index), fs::path("test_batch.bin, picture 0"));
}

}  // namespace

class CifarFilesTest : public QObject {
    Q_OBJECT

  private slots:
    void readsFolderAndArchive() {
        const ScratchFolder folder;
        write(folder / "here", cifar10Files());
        verifyIsCifar10(openCifar(CifarKind::k10, folder / "here"));
        write(folder / "above/cifar-10-batches-bin", cifar10Files());
        verifyIsCifar10(openCifar(CifarKind::k10, folder / "above"));
        const std::string archive = cifarArchive(cifar10Files(), "cifar-10-batches-bin");
        write(folder / "downloads", {{"cifar-10-binary.tar.gz", archive}, {"other.txt", "x"}});
        verifyIsCifar10(openCifar(CifarKind::k10, folder / "downloads/cifar-10-binary.tar.gz"));
        verifyIsCifar10(openCifar(CifarKind::k10, folder / "downloads"));
        const auto source = openCifar(CifarKind::k10, folder / "here");
        QCOMPARE(source->warnings.size(), 1u);
        VERIFY_SAYS(source->warnings[0], "60 pictures, and CIFAR-10 as it is published has 60000");
    }

    void whatIsReadOutlivesTheSource() {
        std::function<Result<Picture>(std::uint32_t)> read;
        {
            auto source = cifarFromFiles(CifarKind::k10, cifar10Files(), "set");
            QVERIFY(source);
            read = source->read;
        }
        QVERIFY(read(59)->pixels == drawShape(ShapesPart::kTest, 9).picture.pixels);
    }

    void cifar100HasFineLabels() {
        Files files = cifar100Files();
        auto source = cifarFromFiles(CifarKind::k100, files, "set");
        QVERIFY2(source, errorOf(CifarKind::k100, files).c_str());
        QCOMPARE(source->classes.size(), 100u);
        QVERIFY(std::is_sorted(source->classes.begin(), source->classes.end()));
        QCOMPARE(source->classes[3], std::string("bear"));
        QCOMPARE(source->classes[99], std::string("worm"));
        QCOMPARE(source->train[0].label, 99);
        QCOMPARE(source->train[1].label, 3);
        QCOMPARE(source->read(source->train[1].index)->pixels, drawShape(ShapesPart::kTrain, 1).picture.pixels);
        QVERIFY(source->published->std == kCifar100Normalisation.std);
        for (int i = 0; i < 100; ++i) files["fine_label_names.txt"] += "class " + std::to_string(i) + "\r\n";
        source = cifarFromFiles(CifarKind::k100, files, "set");
        QVERIFY(source);
        QCOMPARE(source->classes[10], std::string("class 10"));  // as the labels count, whatever the alphabet says
    }

    void withoutNamesThePublishedOnesAreTaken() {
        Files files = cifar10Files();
        files.erase("batches.meta.txt");
        const auto source = cifarFromFiles(CifarKind::k10, files, "set");
        QVERIFY(source);
        QCOMPARE(source->classes,
                 (Names{"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"}));
    }

    void saysWhatIsWrong() {
        const auto with = [](const char* name, const std::string& bytes) {
            Files files = cifar10Files();
            files[name] = bytes;
            return errorOf(CifarKind::k10, files);
        };
        const std::string batch = cifar10Batch(ShapesPart::kTrain, 0, 10);
        VERIFY_SAYS(with("data_batch_2.bin", batch.substr(1)),
                    "data_batch_2.bin has 30729 bytes, and a multiple of 3073");
        VERIFY_SAYS(with("test_batch.bin", ""), "test_batch.bin has 0 bytes");
        std::string bent = batch;
        bent[3 * 3073] = 10;
        VERIFY_SAYS(with("data_batch_5.bin", bent), "data_batch_5.bin, picture 3: the label is 10, and 0 to 9");
        bent[3 * 3073] = static_cast<char>(255);
        VERIFY_SAYS(with("data_batch_5.bin", bent), "the label is 255");
        VERIFY_SAYS(with("batches.meta.txt", "a\nb\n"), "batches.meta.txt: 10 names of classes");
        VERIFY_SAYS(with("batches.meta.txt", "a\nb\nc\nd\ne\nf\ng\nh\ni\ni\n"), "the same name");
        VERIFY_SAYS(with("batches.meta.txt", "a\nb\nc\nd\ne\nf\ng\nh\ni\n\xff\n"), "10 names of classes");
        Files files = cifar10Files();
        files.erase("data_batch_4.bin");
        VERIFY_SAYS(errorOf(CifarKind::k10, files), "set: there is no data_batch_4.bin in it");
        files.erase("test_batch.bin");
        VERIFY_SAYS(errorOf(CifarKind::k10, files), "there is no data_batch_4.bin in it, and the binary version");
        VERIFY_SAYS(errorOf(CifarKind::k10, cifar100Files()),
                    "this is CIFAR-100, not CIFAR-10. Did you mean cifar100:set");
        VERIFY_SAYS(errorOf(CifarKind::k100, cifar10Files()), "Did you mean cifar10:set");
    }

    void otherVersionsAreRefusedInWords() {
        const auto refusal = [](CifarKind kind, std::initializer_list<const char*> names) {
            Files files;
            for (const char* name : names) files[name] = "x";
            return errorOf(kind, files);
        };
        VERIFY_SAYS(refusal(CifarKind::k10, {"data_batch_1", "test_batch", "batches.meta"}),
                    "this is the Python version, and the binary version is read. Download the binary version, "
                    "cifar-10-binary.tar.gz");
        VERIFY_SAYS(refusal(CifarKind::k100, {"train", "test", "meta"}), "Python");
        VERIFY_SAYS(refusal(CifarKind::k10, {"data_batch_1.mat", "test_batch.mat", "batches.meta.mat"}), "Matlab");
        VERIFY_SAYS(refusal(CifarKind::k100, {"train.mat", "test.mat", "meta.mat"}), "Matlab");
        const ScratchFolder folder;
        write(folder / "above/cifar-10-batches-py", {{"data_batch_1", "x"}});
        VERIFY_SAYS(errorOf(CifarKind::k10, folder / "above"), "Python");
        write(folder.path(), {{"cifar-10-python.tar.gz",
                               cifarArchive({{"test_batch", "x"}, {"batches.meta", "x"}}, "cifar-10-batches-py")}});
        VERIFY_SAYS(errorOf(CifarKind::k10, folder / "cifar-10-python.tar.gz"), "Python");
    }

    void badPlaces() {
        const ScratchFolder folder;
        VERIFY_SAYS(errorOf(CifarKind::k10, folder / "absent"), "no such file or folder");
        fs::create_directory(folder / "empty");
        VERIFY_SAYS(errorOf(CifarKind::k10, folder / "empty"), "there is no data_batch_1.bin in it");
        const std::string archive = cifarArchive(cifar10Files(), "cifar-10-batches-bin");
        writeBytes(folder / "cut.tar.gz", archive.substr(0, archive.size() / 2));
        VERIFY_SAYS(errorOf(CifarKind::k10, folder / "cut.tar.gz"), "cut short");
        Files files = cifar10Files();
        std::vector<TarEntry> twice;
        for (const char* part : {"a/", "b/"}) twice.push_back({std::string(part) + "test_batch.bin", "x"});
        writeBytes(folder / "twice.tar", makeTar(twice));
        VERIFY_SAYS(errorOf(CifarKind::k10, folder / "twice.tar"), "test_batch.bin twice");
        writeBytes(folder / "huge.tar.gz", makeGzip(makeTar({{"test_batch.bin", std::string(80 << 20, '\0')}})));
        VERIFY_SAYS(errorOf(CifarKind::k10, folder / "huge.tar.gz"), "times its size");
        std::stop_source stop;
        stop.request_stop();
        write(folder / "here", files);
        QCOMPARE(openCifar(CifarKind::k10, folder / "here", {{}, stop.get_token()}).error().code,
                 ErrorCode::kCancelled);
    }
};

QTEST_GUILESS_MAIN(CifarFilesTest)
#include "tst_cifar_files.moc"
