#include <QtTest>

#include "io/json.h"
#include "io/model_file.h"
#include "support/io_faults.h"
#include "support/io_scratch.h"

using namespace condenser;
using namespace condenser::test;

namespace {

ModelFile toyModel() {
    ModelFile model;
    model.spec = parseNetworkSpec("condensenet:stages=1-1,growth=8-8,classes=3,size=17x12").value();
    model.variant = Variant::kCondensed;
    model.classes = {"cat", "d\xc3\xb6g", "a \"bird\""};
    model.preprocess = {17, 12, 20, {0.4914f, 0.4822f, -0.25f}, {0.2471f, 1.0f, 0.2616f}};
    model.trained = R"({"data":"shapes10","epoch":12,"top1":0.93})";
    model.tensors["classifier.bias"] = StoredTensor::ofFloats({3}, std::vector{1.0f, -2.0f, 0.5f});
    return model;
}

// The toy's metadata as JSON, to break one thing in it.
Json::Object toyMetadata() {
    ScratchFolder folder;
    if (!writeModelFile(folder / "model", toyModel())) throw std::runtime_error("cannot write the toy");
    const auto file = readSafetensors(folder / "model");
    return *parseJson(file->metadata.at("condenser"), {})->object();
}

Result<ModelFile> readMetadata(const std::string& text) {
    TensorFile file;
    file.metadata["condenser"] = text;
    return modelFromTensors(std::move(file), "toy");
}

}  // namespace

class ModelFileTest : public QObject {
    Q_OBJECT

  private slots:
    void numbersAreNoNames() {
        ModelFile model;
        model.classes = {"0", "1", "2"};
        QVERIFY(!hasClassNames(model));
        for (const std::vector<std::string>& names :
             {std::vector<std::string>{"1", "0"}, {"0", "1", "10"}, {"zero", "1"}, {"00"}}) {
            model.classes = names;
            QVERIFY(hasClassNames(model));
        }
    }

    void comesBackAsItWas() {
        ScratchFolder folder;
        const ModelFile model = toyModel();
        QVERIFY(writeModelFile(folder / "model", model));
        const auto back = readModelFile(folder / "model");
        QVERIFY2(back, back ? "" : back.error().text().c_str());
        QVERIFY(back->spec == model.spec);
        QCOMPARE(back->variant, model.variant);
        QCOMPARE(back->classes, model.classes);
        QVERIFY(back->preprocess == model.preprocess);
        QCOMPARE(back->trained, model.trained);
        QCOMPARE(back->tensors.size(), std::size_t{1});
        QVERIFY(back->tensors.at("classifier.bias").bytes == model.tensors.at("classifier.bias").bytes);
    }

    void metadataIsAsTheContractSays() {
        ScratchFolder folder;
        QVERIFY(writeModelFile(folder / "model", toyModel()));
        const auto file = readSafetensors(folder / "model");
        QVERIFY(file);
        QCOMPARE(file->metadata.at("format"), std::string("pt"));
        const QString expected =
            "{'classes':['cat','d\u00f6g','a \\'bird\\''],'mean':[0.4914,0.4822,-0.25],'resize':20,"
            "'spec':'condensenet:stages=1-1,growth=8-8,groups=4,condense=4,bottleneck=4,group3x3=4,classes=3,"
            "size=17x12,stem_stride=1','std':[0.2471,1.0,0.2616],'trained':{'data':'shapes10','epoch':12,'top1':0.93},"
            "'variant':'condensed','version':1}";
        QCOMPARE(QString::fromStdString(file->metadata.at("condenser")), QString(expected).replace('\'', '"'));
        QCOMPARE(std::string(variantName(Variant::kDense)), std::string("dense"));
    }

    void keysThatWeDoNotKnowAreIgnored() {
        Json::Object metadata = toyMetadata();
        metadata["colour"] = {std::string("blue")};
        QVERIFY(readMetadata(jsonText({metadata})));
    }

    void brokenMetadataIsRefused_data() {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("json");  // empty: the key is missing
        QTest::addColumn<QString>("word");
        const auto row = [](const char* key, const char* json, const char* word) {
            QTest::addRow("%s %s", key, json) << key << json << word;
        };
        for (const char* key : {"version", "spec", "variant", "classes", "mean", "std", "resize", "trained"}) {
            row(key, "", key);
            row(key, "null", key);
        }
        row("version", "2", "version 2");
        row("version", "9223372036854775807", "version 9223372036854775807");
        row("version", "0", "version");
        row("version", "-1", "version");
        row("version", "1.0", "version");
        row("spec", "\"\"", "spec");
        row("spec", "\"condensenet:stages=1-1,growth=7-8,classes=3,size=17x12\"", "rule");
        row("spec", "\"condensenet:stages=1-1,growth=8-8,classes=4,size=17x12\"", "names 3 classes");
        row("spec", "[1]", "spec");
        row("variant", "\"wet\"", "wet");
        row("variant", "1", "variant");
        row("classes", "[]", "names 0 classes");
        row("classes", R"(["a","b"])", "names 2 classes");
        row("classes", R"(["a","b","c","d"])", "names 4 classes");
        row("classes", R"(["a","b",3])", "entry 3");
        row("classes", R"(["a","b",""])", "empty");
        row("classes", R"(["a","b","c\u0007"])", "control");
        row("classes", R"({"a":1})", "classes");
        row("mean", "[0.1,0.2]", "mean");
        row("mean", "[0.1,0.2,0.3,0.4]", "mean");
        row("mean", R"([0.1,0.2,"0.3"])", "mean");
        row("mean", "[0.1,0.2,null]", "mean");
        row("mean", "[0.1,0.2,1e300]", "mean");
        row("mean", "0.1", "mean");
        row("std", "[0.1,0.2,0]", "std");
        row("std", "[0.1,0.2,-0.3]", "std");
        row("std", "[0.1,0.2,1e-300]", "std");
        row("std", "[0.1]", "std");
        row("resize", "16", "resize");
        row("resize", "-1", "resize");
        row("resize", "20.5", "resize");
        row("resize", "1000000000", "resize");
        row("trained", "\"text\"", "trained");
        row("trained", "[]", "trained");
    }
    void brokenMetadataIsRefused() {
        QFETCH(QString, key);
        QFETCH(QString, json);
        QFETCH(QString, word);
        Json::Object metadata = toyMetadata();
        QVERIFY(metadata.contains(key.toStdString()));
        metadata.erase(key.toStdString());
        if (!json.isEmpty()) metadata[key.toStdString()] = parseJson(json.toStdString(), {}).value();
        const auto model = readMetadata(jsonText({metadata}));
        QVERIFY(!model);
        const QString why = QString::fromStdString(model.error().why);
        QVERIFY2(why.contains(word), qPrintable(why));
        QCOMPARE(model.error().what, std::string("cannot read the model"));
        const bool newer = why.contains("this program knows");
        QCOMPARE(model.error().code, newer ? ErrorCode::kUnsupported : ErrorCode::kBadFormat);
    }

    void metadataThatIsNoObjectIsRefused() {
        const std::string deep(100'000, '[');
        for (const std::string& text : {std::string(), std::string("[]"), std::string("1"), std::string("{"), deep}) {
            const auto model = readMetadata(text);
            QVERIFY(!model);
            QCOMPARE(model.error().code, ErrorCode::kBadFormat);
        }
    }

    void aBareStateDictIsRefusedWithAdvice() {
        ScratchFolder folder;
        QVERIFY(writeSafetensors(folder / "bare", {toyModel().tensors, {{"format", "pt"}}}));
        const auto model = readModelFile(folder / "bare");
        QVERIFY(!model);
        QCOMPARE(model.error().code, ErrorCode::kUnsupported);
        QVERIFY(model.error().remedy.find("--weights") != std::string::npos);
    }

    void filesThatAreNoModelsAreTold() {
        ScratchFolder folder;
        writeBytes(folder / "garbage", "garbage, and more of it");
        for (const auto& [name, code] :
             {std::pair{"missing", ErrorCode::kNotFound}, {"garbage", ErrorCode::kBadFormat}}) {
            const auto model = readModelFile(folder / name);
            QVERIFY(!model);
            QCOMPARE(model.error().code, code);
            QCOMPARE(model.error().what, std::string("cannot read the model"));
            QCOMPARE(model.error().where, (folder / name).string());
        }
    }

    void whatTheReaderRefusesIsNotWritten() {
        ScratchFolder folder;
        QVERIFY(writeModelFile(folder / "model", toyModel()));
        const std::string old = readBytes(folder / "model");
        const std::vector<std::function<void(ModelFile&)>> wrong{
            [](ModelFile& model) { model.classes.pop_back(); },
            [](ModelFile& model) { model.classes[0] = "bad \xff name"; },
            [](ModelFile& model) { model.classes[0] = "bad \n name"; },
            [](ModelFile& model) { model.preprocess.std[1] = 0; },
            [](ModelFile& model) { model.preprocess.mean[1] = std::numeric_limits<float>::quiet_NaN(); },
            [](ModelFile& model) { model.preprocess.height = 32; },
            [](ModelFile& model) { model.preprocess.resize = 5; },
            [](ModelFile& model) { model.trained = "no JSON"; },
            [](ModelFile& model) { model.trained = "[]"; },
        };
        for (std::size_t i = 0; i < wrong.size(); ++i) {
            ModelFile model = toyModel();
            wrong[i](model);
            const auto ok = writeModelFile(folder / "model", model);
            QVERIFY2(!ok, qPrintable(QString::number(i)));
            QCOMPARE(ok.error().what, std::string("cannot write the model"));
            QCOMPARE(readBytes(folder / "model"), old);
        }
        QCOMPARE(folder.entries(), 1);
    }

    void aFailedWriteLeavesTheOldFile() {
        ScratchFolder folder;
        QVERIFY(writeModelFile(folder / "model", toyModel()));
        const std::string old = readBytes(folder / "model");
        const std::string said = playWithFileLimit(old.size() / 2, [&]() -> std::string {
            const auto ok = writeModelFile(folder / "model", toyModel());
            return !ok && ok.error().code == ErrorCode::kWrite ? "" : "half a model was written";
        });
        QCOMPARE(QString::fromStdString(said), QString());
        QCOMPARE(readBytes(folder / "model"), old);
        QCOMPARE(folder.entries(), 1);
    }
};

QTEST_GUILESS_MAIN(ModelFileTest)
#include "tst_model_file.moc"
