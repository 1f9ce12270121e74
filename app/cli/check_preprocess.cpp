// check preprocess: what the evaluation pipeline makes of one picture.
#include <fmt/format.h>

#include <memory>

#include "cli/commands.h"
#include "cli/output.h"
#include "data/image_io.h"
#include "data/preprocess.h"
#include "io/safetensors.h"
#include "tensor/tensor.h"

namespace condenser::cli {
namespace {

struct Options {
    std::string image, out;
    int size = 224;
};

Outcome checkPreprocess(const Options& options, const Common& common) {
    const Result<Picture> picture = decodePicture(options.image);
    if (!picture) return tl::unexpected(picture.error());

    // At any size the margin of ImageNet, 256 to 224 (defaultResize leaves it out for small pictures).
    const Preprocess preprocess{options.size, options.size, options.size * 256 / 224, kImageNetNormalisation.mean,
                                kImageNetNormalisation.std};
    const Picture seen = fitPicture(*picture, preprocess);
    Tensor tensor(1, 3, options.size, options.size);
    normaliseInto(seen.pixels.data(), seen.height, seen.width, 0, 0, false, preprocess, tensor.view(), 0);

    TensorFile file;
    file.tensors["tensor"] = StoredTensor::ofFloats({3, options.size, options.size}, tensor.toPacked());
    if (auto written = writeSafetensors(options.out, file); !written) return tl::unexpected(written.error());

    const auto printed =
        common.json ? printJson({{"image", options.image},
                                 {"height", picture->height},
                                 {"width", picture->width},
                                 {"size", options.size},
                                 {"resize", preprocess.resize},
                                 {"out", options.out}})
                    : printText(fmt::format("{} x {} pixels -> shorter side {} -> centre {} x {}, written to {}\n",
                                            picture->height, picture->width, preprocess.resize, options.size,
                                            options.size, options.out));
    if (!printed) return tl::unexpected(printed.error());
    return kDone;
}

}  // namespace

void addCheckPreprocess(Frame& frame) {
    const auto options = std::make_shared<Options>();
    Command command =
        frame.command("check preprocess", "Writes what a network would read of a picture, as tensor [3, S, S]",
                      "condenser-cli check preprocess cat.jpg --size 224 --out cat.safetensors",
                      [options, &frame] { return checkPreprocess(*options, frame.common()); });
    command.text({"image", "IMAGE", "Picture file", /*required=*/true}, options->image);
    command.whole({"--size", "S", "Height and width in pixels (default: 224)"}, 1, 4096, options->size);
    command.text({"--out", "Y", "File to write", /*required=*/true}, options->out);
}

}  // namespace condenser::cli
