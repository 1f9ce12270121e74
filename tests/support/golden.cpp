#include "support/golden.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <fstream>

#include "base/check.h"
#include "io/safetensors.h"

namespace condenser::golden {
namespace {

constexpr DType kKnown[] = {DType::kF32, DType::kF64, DType::kI64, DType::kI32, DType::kU8};

// Every integer of the golden data is small enough for a double.
double valueOf(const StoredTensor& tensor, std::size_t i) {
    switch (tensor.dtype) {
        case DType::kF32:
            return static_cast<double>(tensor.floats()[i]);
        case DType::kF64:
            return tensor.doubles()[i];
        case DType::kI64:
            return static_cast<double>(tensor.int64s()[i]);
        case DType::kI32:
            return tensor.int32s()[i];
        default:
            return tensor.bytesU8()[i];
    }
}

bool sameBits(DType dtype, double expected, double got) {
    if (dtype == DType::kF32) {
        return std::bit_cast<std::uint32_t>(static_cast<float>(expected)) ==
               std::bit_cast<std::uint32_t>(static_cast<float>(got));
    }
    return std::bit_cast<std::uint64_t>(expected) == std::bit_cast<std::uint64_t>(got);
}

Result<TensorInfo> readInfo(const nlohmann::json& json, const std::string& where) {
    TensorInfo info;
    info.shape = json.at("shape").get<std::vector<std::int64_t>>();
    const auto dtype = json.at("dtype").get<std::string>();
    bool known = false;
    for (const DType candidate : kKnown) {
        if (dtype != dtypeName(candidate)) continue;
        info.dtype = candidate;
        known = true;
    }
    const auto kind = json.value("kind", "none");
    if (!known || (kind != "in" && kind != "exact" && kind != "tol")) {
        return fail(ErrorCode::kUnsupported, "cannot read the golden data", where,
                    fmt::format("dtype {}, kind {} is not known", dtype, kind));
    }
    info.kind = kind == "in" ? Kind::kIn : kind == "exact" ? Kind::kExact : Kind::kTolerance;
    if (info.kind == Kind::kTolerance) {
        info.absolute = json.at("atol").get<double>();
        info.relative = json.at("rtol").get<double>();
    }
    return info;
}

// Groups whose tensors are described with tolerances that these programs compare; checkpoints are equal to other files
// (tst_torch_file).
bool readsTensors(const std::string& group) {
    return group != "checkpoints" && group != "checkpoints_bad" && group != "onnx";
}

}  // namespace

std::filesystem::path folder(const std::filesystem::path& fixtures) {
    const char* named = std::getenv("CONDENSER_GOLDEN");
    return named != nullptr && *named != '\0' ? std::filesystem::path(named) : fixtures / "golden";
}

std::vector<const Case*> Manifest::ofGroup(std::string_view group) const {
    std::vector<const Case*> found;
    for (const Case& which : cases) {
        if (which.group == group) found.push_back(&which);
    }
    return found;
}

const Case* Manifest::find(std::string_view name) const {
    for (const Case& which : cases) {
        if (which.name == name) return &which;
    }
    return nullptr;
}

Result<nlohmann::json> readJson(const std::filesystem::path& file) {
    std::ifstream in(file);
    if (!in) return fail(ErrorCode::kNotFound, "cannot read the golden data", file.string(), "it cannot be opened");
    try {
        return nlohmann::json::parse(in);
    } catch (const nlohmann::json::exception& e) {
        return fail(ErrorCode::kBadFormat, "cannot read the golden data", file.string(), e.what());
    }
}

Result<Manifest> readManifest(const std::filesystem::path& folder) {
    const auto path = folder / "manifest.json";
    const auto json = readJson(path);
    if (!json) return tl::unexpected(json.error());
    try {
        Manifest manifest;
        for (const auto& entry : json->at("cases")) {
            Case which;
            which.name = entry.at("name").get<std::string>();
            which.group = entry.at("group").get<std::string>();
            which.file = folder / entry.at("file").get<std::string>();
            which.params = entry.value("params", nlohmann::json::object());
            if (entry.contains("tensors") && readsTensors(which.group)) {
                for (const auto& [name, description] : entry.at("tensors").items()) {
                    auto info = readInfo(description, which.name + ", " + name);
                    if (!info) return tl::unexpected(info.error());
                    which.tensors.emplace(name, *info);
                }
            }
            manifest.cases.push_back(std::move(which));
        }
        return manifest;
    } catch (const nlohmann::json::exception& e) {
        return fail(ErrorCode::kBadFormat, "cannot read the golden data", path.string(), e.what());
    }
}

std::string difference(const TensorInfo& info, const StoredTensor& expected, const StoredTensor& got, double& worst) {
    const bool bothSingle = expected.elements() == 1 && got.elements() == 1;
    if (got.shape != expected.shape && !bothSingle) {
        return fmt::format("shape {}, expected {}", shapeText(got.shape), shapeText(expected.shape));
    }
    std::size_t wrong = 0;
    std::string first;
    for (std::size_t i = 0; i < static_cast<std::size_t>(expected.elements()); ++i) {
        const double want = valueOf(expected, i), have = valueOf(got, i);
        bool good = false;
        if (info.kind == Kind::kExact) {
            good = sameBits(info.dtype, want, have);
        } else {
            const double error = std::abs(have - want);
            const double allowed = info.absolute + info.relative * std::abs(want);
            good = error <= allowed;  // false for NaN
            worst = std::max(worst, std::isnan(error) ? HUGE_VAL
                                    : allowed > 0     ? error / allowed
                                    : error > 0       ? HUGE_VAL
                                                      : 0);
        }
        if (good) continue;
        if (wrong++ == 0) first = fmt::format("first at {}: {:.9g}, expected {:.9g}", i, have, want);
    }
    if (wrong == 0) return {};
    return fmt::format("{} of {} differ (atol {:g}, rtol {:g}), {}", wrong, expected.elements(), info.absolute,
                       info.relative, first);
}

Result<Check> Check::open(const Case& which) {
    auto file = readSafetensors(which.file);
    if (!file) return tl::unexpected(file.error());
    const auto disagree = [&](const std::string& name) {
        return fail(ErrorCode::kBadFormat, "cannot use the golden data", which.file.string(),
                    fmt::format("tensor {} is not as the manifest says", name));
    };
    for (const auto& [name, info] : which.tensors) {
        const auto found = file->tensors.find(name);
        if (found == file->tensors.end() || found->second.dtype != info.dtype || found->second.shape != info.shape) {
            return disagree(name);
        }
    }
    for (const auto& [name, tensor] : file->tensors) {
        if (!which.tensors.contains(name)) return disagree(name);
    }
    Check check;
    check.m_case = &which;
    check.m_tensors = std::move(file->tensors);
    return check;
}

const StoredTensor& Check::tensor(const std::string& name) const {
    const auto found = m_tensors.find(name);
    if (found == m_tensors.end()) fmt::print(stderr, "{} has no tensor {}\n", m_case->name, name);
    CORE_CHECK(found != m_tensors.end());
    return found->second;
}

std::vector<double> Check::values(const std::string& name) const {
    const auto all = floats(name);
    return {all.begin(), all.end()};
}

reference::Array Check::array(const std::string& name) const {
    std::vector<std::int64_t> shape = tensor(name).shape;
    CORE_CHECK(shape.size() <= 4);
    shape.resize(4, 1);
    const auto side = [&](std::size_t i) { return static_cast<int>(shape[i]); };
    return {side(0), side(1), side(2), side(3), floats(name)};
}

StateDict Check::tensorsWithPrefix(std::string_view prefix) const {
    StateDict found;
    for (const auto& [name, tensor] : m_tensors) {
        if (name.compare(0, prefix.size(), prefix) == 0) found.emplace(name.substr(prefix.size()), tensor);
    }
    return found;
}

void Check::compare(const std::string& name, const StoredTensor& got) {
    const auto info = m_case->tensors.find(name);
    if (info == m_case->tensors.end() || info->second.kind == Kind::kIn) {
        problem(name + ": the case expects no such tensor");
        return;
    }
    m_compared.insert(name);
    const std::string reason = difference(info->second, tensor(name), got, m_worst);
    if (!reason.empty()) problem(name + ": " + reason);
}

namespace {

// The shape that the case expects, if it holds as many values; else a flat one, to be reported.
std::vector<std::int64_t> shapeFor(const Case& which, const std::string& name, std::size_t size) {
    const auto info = which.tensors.find(name);
    if (info != which.tensors.end()) {
        const StoredTensor probe{info->second.dtype, info->second.shape, {}};
        if (probe.elements() == static_cast<std::int64_t>(size)) return info->second.shape;
    }
    return {static_cast<std::int64_t>(size)};
}

}  // namespace

void Check::compare(const std::string& name, std::span<const float> got) {
    compare(name, StoredTensor::ofFloats(shapeFor(*m_case, name, got.size()), got));
}

void Check::compare(const std::string& name, std::span<const double> got) {
    compare(name, StoredTensor::ofDoubles(shapeFor(*m_case, name, got.size()), got));
}

void Check::compare(const std::string& name, std::span<const std::int64_t> got) {
    compare(name, StoredTensor::ofInt64s(shapeFor(*m_case, name, got.size()), got));
}

void Check::compare(const std::string& name, std::span<const std::uint8_t> got) {
    compare(name, StoredTensor::ofBytes(shapeFor(*m_case, name, got.size()), got));
}

std::string Check::problems() const {
    std::string all = m_problems;
    for (const auto& [name, info] : m_case->tensors) {
        if (info.kind != Kind::kIn && !m_compared.contains(name))
            all += m_case->name + ": " + name + ": not compared\n";
    }
    return all;
}

std::string runCase(const Case& which, std::span<const Handler> handlers, double& worst) {
    for (const Handler& handler : handlers) {
        if (!which.nameStartsWith(handler.prefix)) continue;
        auto check = Check::open(which);
        if (!check) return check.error().text();
        handler.run(*check);
        worst = check->worst();
        return check->problems();
    }
    return which.name + ": no test knows what to do with this case\n";
}

}  // namespace condenser::golden
