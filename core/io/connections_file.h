// connections.bin: which connections of the learned group convolutions live, and how important each is, over the run.
//
// Little-endian: 8 bytes "CDNCONNS", u32 version 1, u32 bytes of the header in all, u32 layers, then per layer u32
// groups, u32 inputs, u32 outputs, u32 length and bytes of the name. Then records, all of one size: u64 checksum of
// what follows in it, u32 kind, i32 epoch, i64 step, i32 stage, u32 zero; then per layer the masks, a bit each,
// row-major [groups, inputs], lowest bit first, filled up to a byte with zeros; then per layer the importances, f32
// [groups, inputs].
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace condenser {

inline constexpr const char* kConnectionsName = "connections.bin";

// A learned group convolution.
struct ConnectionsLayer {
    std::string name;  // as in the state dict: "features.denseblock_1.denselayer_1.conv_1"
    int groups = 0, inputs = 0, outputs = 0;

    bool operator==(const ConnectionsLayer&) const = default;
};

enum class ConnectionsMoment : std::uint32_t { kEpochEnd = 0, kBeforeStep = 1, kAfterStep = 2 };

// When a record was taken.
struct ConnectionsKey {
    ConnectionsMoment moment = ConnectionsMoment::kEpochEnd;
    int epoch = 0;          // epochs done
    std::int64_t step = 0;  // training steps done
    int stage = 0;          // condensing steps done; of kBeforeStep, the steps up to the one that comes

    bool operator==(const ConnectionsKey&) const = default;
};

struct LayerConnections {
    std::vector<std::uint8_t> mask;  // [groups * inputs], 1: live, 0: dropped
    std::vector<float> importance;   // [groups * inputs], sum over the group's filters of |w * mask|
};

struct ConnectionsRecord {
    ConnectionsKey key;
    std::vector<LayerConnections> layers;  // in the order of the header
};

// Makes the file where it is absent; else its header must list the same layers. Flushed to the disk; a failed call
// leaves the file as it was.
Result<> appendConnections(const std::filesystem::path& folder, const std::vector<ConnectionsLayer>& layers,
                           const ConnectionsRecord& record);

// The header and when each record was taken, without reading the records whole (a long run's file is large). Empty
// where there is no file yet. A last record that is torn, because a write was cut short or is still going on, is
// ignored.
struct ConnectionsIndex {
    std::vector<ConnectionsLayer> layers;
    std::vector<ConnectionsKey> records;
};
Result<ConnectionsIndex> readConnectionsIndex(const std::filesystem::path& folder);

// Record number `number` of the index. Its checksum must hold. kNotFound where the file has no such record (any more).
Result<ConnectionsRecord> readConnections(const std::filesystem::path& folder, std::size_t number);

// For a resume from a checkpoint with `epoch` whole epochs and `step` training steps done: keeps epoch ends up to that
// epoch and records around condensing steps that came before training steps already done (key.step < step); what the
// resumed run will record again goes.
Result<> cutConnections(const std::filesystem::path& folder, int epoch, std::int64_t step);

}  // namespace condenser
