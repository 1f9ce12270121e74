#include "cli/tensor_input.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "io/safetensors.h"

namespace condenser::cli {
namespace {

constexpr std::int64_t kMaxDimension = std::numeric_limits<int>::max();

std::string found(const StoredTensor& tensor) {
    return fmt::format("found {} {}", dtypeName(tensor.dtype), shapeText(tensor.shape));
}

}  // namespace

Tensor TensorInput::Pictures::images(int batch, int first, int count) const {
    const std::size_t picture = std::size_t{3} * static_cast<std::size_t>(h) * static_cast<std::size_t>(w);
    const std::size_t from =
        (static_cast<std::size_t>(batch) * static_cast<std::size_t>(n) + static_cast<std::size_t>(first)) * picture;
    return Tensor::fromPacked(count, 3, h, w, values.subspan(from, static_cast<std::size_t>(count) * picture));
}

Result<TensorInput> TensorInput::read(const std::filesystem::path& path) {
    Result<TensorFile> file = readSafetensors(path);
    if (!file) return tl::unexpected(file.error());
    return TensorInput(path, std::move(file->tensors));
}

tl::unexpected<Error> TensorInput::refuse(const std::string& tensor, std::string why, std::string remedy) const {
    return fail(ErrorCode::kBadData, "cannot use the tensor", m_path.string() + ", " + tensor, std::move(why),
                std::move(remedy));
}

Result<TensorInput::Pictures> TensorInput::pictures(bool batches) const {
    const char* expected = batches ? "expected F32 [B, N, 3, H, W]" : "expected F32 [N, 3, H, W]";
    const auto entry = m_tensors.find("x");
    if (entry == m_tensors.end()) return refuse("x", fmt::format("it is not in the file, {}", expected));
    const StoredTensor& x = entry->second;
    const std::size_t rank = batches ? 5 : 4;
    if (x.dtype != DType::kF32 || x.shape.size() != rank || x.shape[rank - 3] != 3 || x.elements() == 0 ||
        *std::max_element(x.shape.begin(), x.shape.end()) > kMaxDimension) {
        return refuse("x", fmt::format("{}, {}", found(x), expected));
    }
    Pictures pictures;
    pictures.batches = batches ? static_cast<int>(x.shape[0]) : 1;
    pictures.n = static_cast<int>(x.shape[rank - 4]);
    pictures.h = static_cast<int>(x.shape[rank - 2]);
    pictures.w = static_cast<int>(x.shape[rank - 1]);
    pictures.values = x.floats();
    return pictures;
}

Result<TensorInput::Pictures> TensorInput::pictures(const NetworkSpec& spec, bool batches) const {
    const Result<Pictures> pictures = this->pictures(batches);
    if (!pictures) return pictures;
    const int last = spec.blocks() - 1;
    if (spec.mapSize(last, pictures->h) < 1 || spec.mapSize(last, pictures->w) < 1) {
        return refuse(
            "x",
            fmt::format("pictures of {} x {} pixels vanish in the poolings of this network", pictures->h, pictures->w),
            fmt::format("the network is made for {} x {}", spec.height, spec.width));
    }
    return pictures;
}

Result<std::vector<std::int32_t>> TensorInput::targets(const NetworkSpec& spec, const Pictures& pictures,
                                                       bool batches) const {
    std::vector<std::int64_t> shape{pictures.n};
    if (batches) shape.insert(shape.begin(), pictures.batches);
    const std::string expected = fmt::format("expected I64 {}", shapeText(shape));
    const auto entry = m_tensors.find("target");
    if (entry == m_tensors.end()) return refuse("target", fmt::format("it is not in the file, {}", expected));
    const StoredTensor& target = entry->second;
    if (target.dtype != DType::kI64 || target.shape != shape) {
        return refuse("target", fmt::format("{}, {}", found(target), expected));
    }
    std::vector<std::int32_t> targets;
    for (const std::int64_t value : target.int64s()) {
        if (value < 0 || value >= spec.classes) {
            return refuse("target", fmt::format("class {} does not exist, the network has {}", value, spec.classes));
        }
        targets.push_back(static_cast<std::int32_t>(value));
    }
    return targets;
}

Result<> TensorInput::checkTrainable(const NetworkSpec& spec, const Pictures& pictures) const {
    const int last = spec.blocks() - 1;
    if (pictures.n > 1 || spec.mapSize(last, pictures.h) > 1 || spec.mapSize(last, pictures.w) > 1) return {};
    return refuse("x", "one picture leaves one value a channel in the last map, which has no variance",
                  "give at least two pictures, or larger ones");
}

}  // namespace condenser::cli
