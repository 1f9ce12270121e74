#include "support/run_compare.h"

#include <set>
#include <vector>

#include "io/run_folder.h"
#include "support/io_scratch.h"

namespace condenser::test {
namespace {

namespace fs = std::filesystem;

std::set<std::string> namesIn(const fs::path& folder) {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder)) names.insert(entry.path().filename().string());
    return names;
}

std::string checkpointDifference(const fs::path& a, const fs::path& b) {
    auto one = readCheckpoint(a), other = readCheckpoint(b);
    if (!one) return one.error().text();
    if (!other) return other.error().text();
    if (!one->notice.empty() || !other->notice.empty()) return one->notice + other->notice;
    Checkpoint &x = one->checkpoint, &y = other->checkpoint;
    if (const std::string found = bitDifference(x.tensors, y.tensors); !found.empty()) return "checkpoint: " + found;
    const bool same = x.step == y.step && x.epoch == y.epoch && x.stage == y.stage && x.bestEpoch == y.bestEpoch &&
                      x.bestTop1 == y.bestTop1 && x.bestLoss == y.bestLoss && x.lossSum == y.lossSum &&
                      x.correct == y.correct && x.images == y.images;
    return same ? "" : "checkpoint: its numbers differ";
}

std::string metricsDifference(const fs::path& a, const fs::path& b) {
    auto one = readMetrics(a), other = readMetrics(b);
    if (!one || !other) return "metrics.csv cannot be read";
    for (auto* rows : {&*one, &*other}) {
        for (MetricsRow& row : *rows) row.imagesPerSecond = row.seconds = 0;
    }
    return *one == *other ? "" : "metrics.csv differs";
}

std::string recordDifference(const fs::path& a, const fs::path& b) {
    auto one = readRunRecord(a), other = readRunRecord(b);
    if (!one || !other) return "run.json cannot be read";
    for (RunRecord* record : {&*one, &*other}) {
        record->threads = 1;
        record->command = record->created = "";
    }
    return *one == *other ? "" : "run.json differs";
}

}  // namespace

std::string bitDifference(const StateDict& a, const StateDict& b) {
    for (const auto& [name, tensor] : a) {
        const auto other = b.find(name);
        if (other == b.end()) return name + " is in one of them only";
        if (tensor.dtype != other->second.dtype || tensor.shape != other->second.shape) return name + " has two shapes";
        if (tensor.bytes != other->second.bytes) return name + " differs";
    }
    for (const auto& [name, tensor] : b) {
        if (!a.contains(name)) return name + " is in one of them only";
    }
    return {};
}

std::string runDifference(const fs::path& a, const fs::path& b) {
    const std::set<std::string> names = namesIn(a);
    if (names != namesIn(b)) return "they do not hold the same files";
    for (const std::string& name : names) {
        const bool isCheckpoint = name == kCheckpointName || name == kPreviousCheckpointName;
        const bool asBytes = !isCheckpoint && (name.ends_with(".safetensors") || name.ends_with(".bin"));
        if (asBytes && readBytes(a / name) != readBytes(b / name)) return name + " differs";
    }
    for (const auto& differenceOf : {checkpointDifference, metricsDifference, recordDifference}) {
        if (std::string found = differenceOf(a, b); !found.empty()) return found;
    }
    return {};
}

}  // namespace condenser::test
