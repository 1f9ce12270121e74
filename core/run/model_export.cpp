#include "run/model_export.h"

#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/atomic_file.h"
#include "base/rng.h"
#include "infer/inference.h"
#include "io/safetensors.h"
#include "tensor/tensor.h"

namespace condenser {
namespace {

// Noise; its range is drawn for each picture and channel, so that the answers differ.
Picture drawNoise(int height, int width, std::uint64_t seed, int number) {
    Rng rng(seed, RandomStream::kTest, static_cast<std::uint64_t>(number));
    int low[3], high[3];
    for (int c = 0; c < 3; ++c) {
        low[c] = rng.between(0, 191);
        high[c] = rng.between(low[c], 255);
    }
    Picture picture{height, width, {}};
    picture.pixels.resize(static_cast<std::size_t>(height) * static_cast<std::size_t>(width) * 3);
    for (std::size_t i = 0; i < picture.pixels.size(); ++i) {
        picture.pixels[i] = static_cast<std::uint8_t>(rng.between(low[i % 3], high[i % 3]));
    }
    return picture;
}

// Interleaved channels to planes.
void appendPlanes(const Picture& picture, std::vector<std::uint8_t>& planes) {
    for (std::size_t c = 0; c < 3; ++c) {
        for (std::size_t i = c; i < picture.pixels.size(); i += 3) planes.push_back(picture.pixels[i]);
    }
}

StateDict pictureAnswers(const OpenedModel& model, OnnxInput input, std::uint64_t seed, ThreadPool& pool) {
    const NetworkSpec& spec = model.network.spec();
    Tensor x(kExportChecks, 3, spec.height, spec.width);
    std::vector<std::uint8_t> bytes;
    for (int n = 0; n < kExportChecks; ++n) {
        const Picture picture = drawNoise(spec.height, spec.width, seed, n);
        normaliseInto(picture.pixels.data(), spec.height, spec.width, 0, 0, false, model.info.preprocess, x.view(), n);
        if (input == OnnxInput::kBytes) appendPlanes(picture, bytes);
    }
    Inference inference(model.network);
    const std::vector<std::int64_t> shape{kExportChecks, 3, spec.height, spec.width};
    StateDict answers;
    answers["output"] =
        StoredTensor::ofFloats({kExportChecks, spec.classes}, inference.run(std::as_const(x).view(), pool));
    answers["input"] =
        input == OnnxInput::kBytes ? StoredTensor::ofBytes(shape, bytes) : StoredTensor::ofFloats(shape, x.toPacked());
    return answers;
}

Result<> fill(AtomicFile& file, std::string_view content) {
    if (auto opened = file.open(); !opened) return opened;
    return file.write(content);
}

// Both whole on the disk before either takes its name: what a full disk can spoil comes first. The graph's name comes
// last, since whoever finds it may take it for done.
Result<> writeBoth(const std::filesystem::path& out, std::string_view graph, const std::filesystem::path& check,
                   std::string_view answers) {
    AtomicFile graphFile(out), checkFile(check);
    if (auto filled = fill(graphFile, graph); !filled) return filled;
    if (auto filled = fill(checkFile, answers); !filled) return filled;
    if (auto committed = checkFile.commit(); !committed) return committed;
    auto committed = graphFile.commit();
    if (!committed) {
        std::error_code ignored;
        std::filesystem::remove(check, ignored);
    }
    return committed;
}

}  // namespace

std::filesystem::path checkFileOf(const std::filesystem::path& out) {
    return out.string() + ".check.safetensors";
}

Result<ExportReport> exportOnnx(const OpenedModel& model, const std::filesystem::path& out, OnnxInput input,
                                std::uint64_t seed, ThreadPool& pool) {
    auto graph = onnxModel(model.info, input);
    if (!graph) {
        graph.error().where = out.string();
        return tl::unexpected(graph.error());
    }
    ExportReport report;
    report.bytes = graph->bytes.size();
    report.nodes = std::move(graph->nodes);
    const std::string answers = serializeSafetensors({pictureAnswers(model, input, seed, pool), {}});
    if (auto written = writeBoth(out, graph->bytes, checkFileOf(out), answers); !written) {
        written.error().what = "cannot export the network";
        return tl::unexpected(written.error());
    }
    return report;
}

}  // namespace condenser
