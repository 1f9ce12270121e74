// Runs with a recording of their connections, made without any training.
#pragma once

#include <cmath>
#include <numeric>

#include "connections/connections_source.h"
#include "connections/layer_weights.h"
#include "run/run_files.h"
#include "run_folders.h"

namespace condenser::testing {

// As many inputs are dropped in each group as after so many condensing steps, which ones is as good as chance.
inline ConnectionsRecord drawnRecord(const NetworkSpec& spec, const ConnectionsKey& key) {
    ConnectionsRecord record{key, {}};
    for (const ConnectionsLayer& layer : layersOf(spec)) {
        LayerConnections connections;
        for (int group = 0; group < layer.groups; ++group) {
            for (int input = 0; input < layer.inputs; ++input) {
                // A place in an order of its own in each group: 5 and 7 share no factor with the inputs of tests.
                const int place = (input * 7 + group * 5) % layer.inputs;
                const bool live = place >= layer.inputs * key.stage / spec.condenseFactor;
                connections.mask.push_back(live ? 1 : 0);
                const float strength = 0.1f + static_cast<float>(place + key.epoch) / static_cast<float>(layer.inputs);
                const int filters = layer.outputs / layer.groups;
                connections.importance.push_back(live ? strength * static_cast<float>(filters) : 0.0f);
            }
        }
        record.layers.push_back(std::move(connections));
    }
    return record;
}

// Every epoch's end up to `epochs`, and what lies before and after each condensing step, in their order.
inline std::vector<ConnectionsKey> recordedKeys(const RunRecord& run, int epochs) {
    std::vector<ConnectionsKey> keys;
    const auto plan = planCondensing(run);
    int stage = 0;
    for (int epoch = 1; epoch <= epochs; ++epoch) {
        const std::int64_t end = epoch * run.stepsPerEpoch;
        for (const CondensingStep& step : plan) {
            if (step.stage <= stage || step.step >= end) continue;
            keys.push_back({ConnectionsMoment::kBeforeStep, epoch - 1, step.step, step.stage - 1});
            stage = step.stage;
            keys.push_back({ConnectionsMoment::kAfterStep, epoch - 1, step.step, stage});
        }
        keys.push_back({ConnectionsMoment::kEpochEnd, epoch, end, stage});
    }
    return keys;
}

inline void appendRecord(const std::filesystem::path& folder, const NetworkSpec& spec, const ConnectionsKey& key) {
    if (auto ok = appendConnections(folder, layersOf(spec), drawnRecord(spec, key)); !ok)
        qFatal("%s", ok.error().text().c_str());
}

inline void writeEpochModel(const std::filesystem::path& file, const NetworkSpec& spec, int epoch) {
    Network network(spec, 1);
    ModelFile model;
    model.spec = spec;
    model.classes = shapesClasses();
    model.trained = "{\"epoch\": " + std::to_string(epoch) + "}";
    model.tensors = network.state();
    if (auto ok = writeModelFile(file, model); !ok) qFatal("%s", ok.error().text().c_str());
}

// A run with its recording, and the models that a training leaves: before each step, of the best epoch (`best`; 0:
// none) and of the last one.
inline std::filesystem::path makeRecordedRun(const TestRun& run, int best = 0) {
    TestRun bare = run;
    bare.model = false;
    bare.checkpoint = false;
    const std::filesystem::path folder = makeRun(bare);
    std::filesystem::remove(folder / kConnectionsName);
    const RunRecord record = testRecord(run);
    for (const ConnectionsKey& key : recordedKeys(record, run.done)) {
        appendRecord(folder, record.spec, key);
        if (key.moment == ConnectionsMoment::kBeforeStep)
            writeEpochModel(folder / stepModelName(key.stage + 1), record.spec, key.epoch);
    }
    if (best > 0) writeEpochModel(folder / kModelName, record.spec, best);
    if (run.done > 0) writeEpochModel(folder / kLastName, record.spec, run.done);
    return folder;
}

}  // namespace condenser::testing
