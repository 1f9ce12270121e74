// Decoding, resizing, cropping and normalising against PyTorch and Pillow: every case of the group "image".
#include <QtTest>
#include <algorithm>

#include "data/image_io.h"
#include "data/preprocess.h"
#include "support/golden_test.h"
#include "support/pictures.h"
#include "tensor/tensor.h"

using namespace condenser;
using namespace condenser::test;
using golden::Check;

namespace {

std::array<float, 3> threeFloats(const nlohmann::json& values) {
    return {values.at(0).get<float>(), values.at(1).get<float>(), values.at(2).get<float>()};
}

Preprocess pipeline(const nlohmann::json& constants, int height, int width, int resize) {
    return {height, width, resize, threeFloats(constants.at("mean")), threeFloats(constants.at("std"))};
}

// Pad with zero pixels, crop, flip, normalise.
void smallPictures(Check& check) {
    const auto& params = check.which().params;
    const StoredTensor& images = check.tensor("in.images_u8_nhwc");
    const auto pixels = images.bytesU8();
    const auto places = check.tensor("in.top_left").int32s();
    const auto flips = check.tensor("in.flip").bytesU8();
    const int count = static_cast<int>(images.shape[0]), height = static_cast<int>(images.shape[1]),
              width = static_cast<int>(images.shape[2]);
    const int padding = params.at("padding").get<int>();
    const auto each = [&](const nlohmann::json& constants, bool training) {
        Tensor out(count, 3, height, width);
        for (int n = 0; n < count; ++n) {
            const auto i = static_cast<std::size_t>(n);
            const std::uint8_t* picture = pixels.data() + i * pixels.size() / static_cast<std::size_t>(count);
            normaliseInto(picture, height, width, training ? places[2 * i] - padding : 0,
                          training ? places[2 * i + 1] - padding : 0, training && flips[i] != 0,
                          pipeline(constants, height, width, std::max(height, width)), out.view(), n);
        }
        return out.toPacked();
    };
    check.compare("out.eval_cifar10", each(params.at("cifar10"), false));
    check.compare("out.eval_cifar100", each(params.at("cifar100"), false));
    check.compare("out.train_cifar10", each(params.at("cifar10"), true));

    // The pixels alone: mean 0 and deviation 1/255 leave them as they are, up to the last bit.
    const nlohmann::json plain = {{"mean", {0, 0, 0}}, {"std", {1.0f / 255, 1.0f / 255, 1.0f / 255}}};
    const std::vector<float> planes = each(plain, true);
    std::vector<std::uint8_t> bytes(planes.size());
    const std::size_t area = static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
    for (std::size_t i = 0; i < planes.size(); ++i) {
        const std::size_t image = i / (3 * area), channel = i / area % 3, pixel = i % area;
        bytes[(image * area + pixel) * 3 + channel] = static_cast<std::uint8_t>(planes[i] + 0.5f);
    }
    check.compare("out.train_u8_nhwc", bytes);
}

// Decode, resize the shorter side, crop the centre, normalise.
void largePicture(Check& check) {
    const auto& params = check.which().params;
    const auto name = params.at("png").get<std::string>();
    const auto picture = decodePicture(check.which().file.parent_path().parent_path() / name);
    if (!picture) return check.problem(picture.error().text());
    const auto crc = static_cast<std::int64_t>(crc32(picture->pixels));
    check.compare("out.decoded_crc32", std::span(&crc, 1));

    const auto& shape = check.tensor("out.tensor").shape;
    const int height = static_cast<int>(shape[1]), width = static_cast<int>(shape[2]);
    const int resize = std::min(params.at("resized").at(0).get<int>(), params.at("resized").at(1).get<int>());
    if (resize != defaultResize(height, width)) check.problem("another size than defaultResize() gives");
    const Preprocess preprocess = pipeline(params, height, width, resize);
    if (check.has("out.resized_u8_hwc"))
        check.compare("out.resized_u8_hwc", resizeShorterSide(*picture, resize).pixels);
    const Picture fitted = fitPicture(*picture, preprocess);
    check.compare("out.crop_u8_hwc", fitted.pixels);
    Tensor out(1, 3, height, width);
    normaliseInto(fitted.pixels.data(), height, width, 0, 0, false, preprocess, out.view(), 0);
    check.compare("out.tensor", out.toPacked());
}

}  // namespace

class GoldenImageTest : public QObject {
    Q_OBJECT

  private slots:
    void cases_data() {
        QTest::addColumn<QString>("name");
        for (const golden::Case* which : golden::casesOf("image")) {
            // The pictures themselves are listed too; a case of tensors names the one it belongs to.
            if (!which->tensors.empty()) QTest::newRow(which->name.c_str()) << QString::fromStdString(which->name);
        }
    }

    void cases() {
        auto check = Check::open(golden::caseOfRow());
        QVERIFY2(check, check ? "" : check.error().text().c_str());
        if (check->has("in.images_u8_nhwc")) {
            smallPictures(*check);
        } else {
            QVERIFY2(check->has("out.decoded_crc32"), "no test knows what to do with this case");
            largePicture(*check);
        }
        QVERIFY2(check->problems().empty(), check->problems().c_str());
    }
};

QTEST_GUILESS_MAIN(GoldenImageTest)
#include "tst_golden_image.moc"
