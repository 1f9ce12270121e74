// Golden data: numbers from PyTorch that ours must reproduce, each within the tolerance that its manifest gives it.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ops/reference.h"
#include "tensor/state_dict.h"

namespace condenser::golden {

// The folder named by the environment variable CONDENSER_GOLDEN, else FIXTURES/golden.
std::filesystem::path folder(const std::filesystem::path& fixtures);

// kIn: given to us. kExact: equal bit for bit, so that a 0 keeps its sign. kTolerance: |got - expected| <= absolute +
// relative * |expected|.
enum class Kind { kIn, kExact, kTolerance };

struct TensorInfo {
    DType dtype = DType::kF32;
    std::vector<std::int64_t> shape;
    Kind kind = Kind::kIn;
    double absolute = 0, relative = 0;
};

struct Case {
    std::string name, group;
    std::filesystem::path file;  // the whole path
    nlohmann::json params;
    std::map<std::string, TensorInfo> tensors;  // empty for a file that is no safetensors

    bool nameStartsWith(std::string_view prefix) const { return name.compare(0, prefix.size(), prefix) == 0; }
};

struct Manifest {
    std::vector<Case> cases;

    std::vector<const Case*> ofGroup(std::string_view group) const;
    // Null if there is none.
    const Case* find(std::string_view name) const;
};

Result<Manifest> readManifest(const std::filesystem::path& folder);
Result<nlohmann::json> readJson(const std::filesystem::path& file);

// Why `got` is not acceptable for `expected`; empty if it is. `worst` grows to the largest error seen, as a share of
// what is allowed (kTolerance only). A single value may come as [] or [1].
std::string difference(const TensorInfo& info, const StoredTensor& expected, const StoredTensor& got, double& worst);

// One case being checked: gives the tensors, takes ours, and knows at the end which were forgotten.
class Check {
  public:
    // The tensors in the file must be those of the manifest.
    static Result<Check> open(const Case& which);

    const Case& which() const { return *m_case; }
    bool has(const std::string& name) const { return m_tensors.contains(name); }
    // The dtype must be the one asked for.
    const StoredTensor& tensor(const std::string& name) const;
    std::span<const float> floats(const std::string& name) const { return tensor(name).floats(); }
    std::span<const std::int64_t> int64s(const std::string& name) const { return tensor(name).int64s(); }
    // Floats for the reference operators: as a flat list, or with up to four dimensions, missing ones being 1.
    std::vector<double> values(const std::string& name) const;
    reference::Array array(const std::string& name) const;
    // All of them, a name's prefix taken away: "in." gives the inputs.
    StateDict tensorsWithPrefix(std::string_view prefix) const;

    void compare(const std::string& name, const StoredTensor& got);
    // Of the expected shape as long as the number of values is right.
    void compare(const std::string& name, std::span<const float> got);
    void compare(const std::string& name, std::span<const double> got);  // rounded to the expected dtype
    void compare(const std::string& name, std::span<const std::int64_t> got);
    void compare(const std::string& name, std::span<const std::uint8_t> got);
    void compare(const std::string& name, double got) { compare(name, std::span<const double>(&got, 1)); }
    void problem(const std::string& text) { m_problems += m_case->name + ": " + text + "\n"; }

    // All that was wrong, one line each, and every expected tensor that was not compared.
    std::string problems() const;
    // The largest error as a share of what is allowed.
    double worst() const { return m_worst; }

  private:
    const Case* m_case = nullptr;
    StateDict m_tensors;
    std::set<std::string> m_compared;
    std::string m_problems;
    double m_worst = 0;
};

// What a test does with the cases whose names begin so.
struct Handler {
    const char* prefix;
    void (*run)(Check&);
};

// Runs the case by the first handler that fits. What was wrong, one line each; a case for which there is none is wrong.
// `worst` becomes the largest error as a share of what is allowed.
std::string runCase(const Case& which, std::span<const Handler> handlers, double& worst);

}  // namespace condenser::golden
