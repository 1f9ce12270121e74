#include "exchange/torch_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "data/class_names.h"
#include "tensor/shape_bound.h"

namespace condenser {
namespace {

using Id = Pickle::Id;
using Kind = Pickle::Kind;

constexpr std::size_t kMaxTensors = 100'000;
constexpr std::size_t kMaxDimensions = 32;
constexpr std::size_t kMaxNameBytes = 1024;
constexpr std::string_view kParallelPrefix = "module.";  // of a model that was trained on several GPUs
constexpr int kMaxWrappers = 4;                          // parameters of parameters

struct StorageType {
    std::string_view name;
    DType dtype;
};
constexpr StorageType kStorageTypes[] = {
    {"torch.DoubleStorage", DType::kF64},    {"torch.FloatStorage", DType::kF32}, {"torch.HalfStorage", DType::kF16},
    {"torch.BFloat16Storage", DType::kBF16}, {"torch.LongStorage", DType::kI64},  {"torch.IntStorage", DType::kI32},
    {"torch.ShortStorage", DType::kI16},     {"torch.CharStorage", DType::kI8},   {"torch.ByteStorage", DType::kU8},
    {"torch.BoolStorage", DType::kBool},
};

// The items of a tuple that may have so many of them; empty where it is none.
std::vector<Id> tupleOf(const Pickle& pickle, Id id, std::size_t least, std::size_t most) {
    if (!pickle.is(id, Kind::kTuple) || pickle.count(id) < least || pickle.count(id) > most) return {};
    return pickle.items(id);
}

// The arguments of a value that the function of that name would build; empty where it is none.
std::vector<Id> argumentsOf(const Pickle& pickle, Id id, std::string_view function, std::size_t least,
                            std::size_t most) {
    if (!pickle.is(id, Kind::kBuilt)) return {};
    const std::vector<Id> parts = pickle.items(id);
    if (!pickle.isName(parts[0], function)) return {};
    return tupleOf(pickle, parts[1], least, most);
}

bool isText(const Pickle& pickle, Id id, std::string_view text) {
    return pickle.is(id, Kind::kText) && pickle.text(id) == text;
}

// Sizes or strides: a tuple of whole numbers from 0 up, or a torch.Size of one.
std::optional<std::vector<std::int64_t>> countsOf(const Pickle& pickle, Id id) {
    if (const auto arguments = argumentsOf(pickle, id, "torch.Size", 1, 1); !arguments.empty()) id = arguments[0];
    if (!pickle.is(id, Kind::kTuple) || pickle.count(id) > kMaxDimensions) return std::nullopt;
    std::vector<std::int64_t> counts;
    for (const Id item : pickle.items(id)) {
        if (!pickle.is(item, Kind::kInt) || pickle.integer(item) < 0) return std::nullopt;
        counts.push_back(pickle.integer(item));
    }
    return counts;
}

// ('storage', type, key, place, elements), and in old files a view of it: (its key, begin, elements) or None.
Result<StorageRef> storageOf(const Pickle& pickle, Id id, const Reading& reading) {
    const auto bad = [&] { return reading.bad("its pickle refers to a storage in a form that is not known"); };
    if (!pickle.is(id, Kind::kPersistent)) return bad();
    const Id description = pickle.items(id).front();
    if (!tupleOf(pickle, description, 4, 4).empty() && isText(pickle, pickle.items(description)[0], "module")) {
        return fail(ErrorCode::kUnsupported, reading.what, reading.where,
                    "it holds a whole model, code and all, and not a state dict",
                    "save the weights alone, as in torch.save(model.state_dict(), FILE)");
    }
    const std::vector<Id> parts = tupleOf(pickle, description, 5, 6);
    if (parts.empty() || !isText(pickle, parts[0], "storage") || !pickle.is(parts[1], Kind::kName) ||
        !pickle.is(parts[2], Kind::kText) || !pickle.is(parts[4], Kind::kInt)) {
        return bad();
    }
    const auto type = std::find_if(std::begin(kStorageTypes), std::end(kStorageTypes),
                                   [&](const StorageType& known) { return pickle.isName(parts[1], known.name); });
    if (type == std::end(kStorageTypes)) return bad();
    StorageRef storage{pickle.text(parts[2]), type->dtype, pickle.integer(parts[4]), 0, pickle.integer(parts[4])};
    if (storage.elements < 0) {
        return reading.bad(fmt::format("its storage {} has {} elements", inQuotes(storage.key), storage.elements));
    }
    if (parts.size() == 5 || pickle.is(parts[5], Kind::kNone)) return storage;
    const std::vector<Id> view = tupleOf(pickle, parts[5], 3, 3);
    if (view.empty() || !pickle.is(view[1], Kind::kInt) || !pickle.is(view[2], Kind::kInt)) return bad();
    const std::int64_t begin = pickle.integer(view[1]), count = pickle.integer(view[2]);
    if (begin < 0 || count < 0 || begin > storage.elements || count > storage.elements - begin) {
        return reading.bad(fmt::format("a view of its storage {} reaches beyond it", inQuotes(storage.key)));
    }
    storage.begin = begin;
    storage.end = begin + count;
    return storage;
}

// Why the tensor does not lie within its storage; empty if it does. The product of its sizes must fit.
std::string placeProblem(const TensorRef& tensor) {
    const std::int64_t there = tensor.storage.end - tensor.storage.begin;
    if (tensor.elements() == 0) return {};
    std::int64_t last = tensor.offset;
    bool fits = true;
    for (std::size_t d = 0; d < tensor.shape.size(); ++d) {
        std::int64_t reach = 0;
        fits = fits && !__builtin_mul_overflow(tensor.shape[d] - 1, tensor.strides[d], &reach) &&
               !__builtin_add_overflow(last, reach, &last);
    }
    if (fits && last < there) return {};
    return fmt::format("its last element would be number {} of its storage, which has {}",
                       fits ? fmt::format("{}", last) : "2^63 or more", there);
}

// A tensor, or a parameter around one.
Result<TensorRef> tensorOf(const Pickle& pickle, Id id, const std::string& name, const Reading& reading) {
    const auto bad = [&](const std::string& why) {
        return reading.bad(fmt::format("tensor {}: {}", inQuotes(name), why));
    };
    for (int wrappers = 0; wrappers < kMaxWrappers; ++wrappers) {
        const auto arguments = argumentsOf(pickle, id, "torch._utils._rebuild_parameter", 1, 3);
        if (arguments.empty()) break;
        id = arguments[0];
    }
    std::vector<Id> arguments = argumentsOf(pickle, id, "torch._utils._rebuild_tensor_v2", 4, 7);
    if (arguments.empty()) arguments = argumentsOf(pickle, id, "torch._utils._rebuild_tensor", 4, 4);
    if (arguments.empty()) return bad("it is no tensor");

    TensorRef tensor;
    tensor.name = name;
    auto storage = storageOf(pickle, arguments[0], reading);
    if (!storage) return tl::unexpected(storage.error());
    tensor.storage = *storage;
    auto shape = countsOf(pickle, arguments[2]), strides = countsOf(pickle, arguments[3]);
    if (!shape || !strides || shape->size() != strides->size() || !pickle.is(arguments[1], Kind::kInt) ||
        pickle.integer(arguments[1]) < 0) {
        return bad(
            fmt::format("its offset, sizes and strides are not whole numbers from 0 up, or are not of one number "
                        "of at most {} dimensions",
                        kMaxDimensions));
    }
    tensor.offset = pickle.integer(arguments[1]);
    tensor.shape = std::move(*shape);
    tensor.strides = std::move(*strides);
    for (std::size_t d = 0; d < tensor.shape.size(); ++d) {
        if (tensor.shape[d] == 1) tensor.strides[d] = 0;  // never taken, and in files anything
    }
    if (boundOfBytes(tensor.shape, tensor.storage.dtype) < 0) {
        return fail(ErrorCode::kTooLarge, reading.what, reading.where,
                    fmt::format("tensor {}: its shape {} is too large for any memory", inQuotes(name),
                                shapeText(tensor.shape)));
    }
    if (const std::string problem = placeProblem(tensor); !problem.empty()) return bad(problem);
    return tensor;
}

bool isTensor(const Pickle& pickle, Id id) {
    return pickle.is(id, Kind::kBuilt);
}

// The value under a text key; nullopt if there is none.
std::optional<Id> valueOf(const Pickle& pickle, const std::vector<Id>& items, std::string_view key) {
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
        if (isText(pickle, items[i], key)) return items[i + 1];
    }
    return std::nullopt;
}

std::string keysOf(const Pickle& pickle, const std::vector<Id>& items) {
    constexpr std::size_t kShown = 8;
    std::string keys;
    for (std::size_t i = 0; i < std::min(items.size(), 2 * kShown); i += 2) {
        if (!keys.empty()) keys += ", ";
        keys += pickle.is(items[i], Kind::kText) ? inQuotes(pickle.text(items[i])) : "one that is no text";
    }
    return items.empty() ? "none" : keys + (items.size() > 2 * kShown ? ", ..." : "");
}

CheckpointFacts factsOf(const Pickle& pickle, const std::vector<Id>& items) {
    CheckpointFacts facts;
    const auto epoch = valueOf(pickle, items, "epoch"), best = valueOf(pickle, items, "best_prec1");
    if (epoch && pickle.is(*epoch, Kind::kInt)) facts.epoch = pickle.integer(*epoch);
    if (best && pickle.is(*best, Kind::kReal)) {
        const double percent = pickle.real(*best);
        if (percent >= 0 && percent <= 100) facts.bestTop1 = percent;
    }
    return facts;
}

void stripParallelPrefix(std::vector<TensorRef>& tensors) {
    const bool all = std::all_of(tensors.begin(), tensors.end(), [](const TensorRef& tensor) {
        return tensor.name.starts_with(kParallelPrefix) && tensor.name.size() > kParallelPrefix.size();
    });
    if (!all) return;
    for (TensorRef& tensor : tensors) tensor.name.erase(0, kParallelPrefix.size());
}

}  // namespace

std::int64_t TensorRef::elements() const {
    std::int64_t count = 1;
    for (const std::int64_t size : shape) count *= size;
    return count;
}

std::uint64_t TensorRef::bytes() const {
    return static_cast<std::uint64_t>(elements()) * itemSize(storage.dtype);
}

Result<TorchState> torchStateOf(const Pickle& pickle, const Reading& reading) {
    const auto noStateDict = [&](const std::string& found) {
        return fail(ErrorCode::kBadData, reading.what, reading.where,
                    fmt::format("there is no state dict in it: {}", found),
                    "save it with torch.save(model.state_dict(), FILE)");
    };
    if (!pickle.is(pickle.root(), Kind::kDict)) return noStateDict("its object is no dict");
    std::vector<Id> items = pickle.items(pickle.root());
    TorchState state;
    if (const auto inner = valueOf(pickle, items, "state_dict")) {
        if (!pickle.is(*inner, Kind::kDict)) return noStateDict("what stands under \"state_dict\" is no dict");
        state.facts = factsOf(pickle, items);
        items = pickle.items(*inner);
    } else {
        for (std::size_t i = 0; i < items.size(); i += 2) {
            if (isTensor(pickle, items[i + 1])) continue;
            return noStateDict("it has no key \"state_dict\", and not all that it holds are tensors; its keys are " +
                               keysOf(pickle, items));
        }
    }
    if (items.empty()) return noStateDict("it is empty");
    if (items.size() / 2 > kMaxTensors) {
        return fail(
            ErrorCode::kTooLarge, reading.what, reading.where,
            fmt::format("its state dict has {} entries, and at most {} are expected", items.size() / 2, kMaxTensors));
    }
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < items.size(); i += 2) {
        if (!pickle.is(items[i], Kind::kText) || pickle.text(items[i]).size() > kMaxNameBytes ||
            !isPlainText(pickle.text(items[i]))) {
            return reading.bad("its state dict has a name that is no plain text");
        }
        const std::string_view name = pickle.text(items[i]);
        if (!seen.insert(name).second) return reading.bad(fmt::format("tensor {} occurs twice", inQuotes(name)));
        auto tensor = tensorOf(pickle, items[i + 1], std::string(name), reading);
        if (!tensor) return tl::unexpected(tensor.error());
        state.tensors.push_back(std::move(*tensor));
    }
    stripParallelPrefix(state.tensors);
    return state;
}

Result<std::vector<StorageRef>> storagesOf(const Pickle& pickle, const Reading& reading) {
    std::vector<StorageRef> storages;
    for (Id id = 0; id < pickle.size(); ++id) {
        if (!pickle.is(id, Kind::kPersistent)) continue;
        auto storage = storageOf(pickle, id, reading);
        if (!storage) return tl::unexpected(storage.error());
        storages.push_back(*storage);
    }
    return storages;
}

}  // namespace condenser
