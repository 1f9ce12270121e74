// Runs for the tests of the Connections page, made by hand: the layers of a small network and masks drawn at random.
#pragma once

#include <QTest>
#include <algorithm>
#include <map>
#include <numeric>

#include "base/rng.h"
#include "connections/connections_state.h"
#include "io/connections_file.h"
#include "network/network_spec.h"
#include "run_folders.h"

namespace condenser::testing {

inline const std::string kFakeSpec =
    "condensenet:stages=2-2,growth=4-4,groups=2,condense=4,bottleneck=2,group3x3=2,size=32";

// A run with as many epochs done, of which the first three end in a condensing step (C = 4).
class FakeRun {
  public:
    explicit FakeRun(const std::string& name, int epochs = 6, std::uint64_t seed = 1,
                     const std::string& spec = kFakeSpec, int planned = 6) {
        m_source.name = QString::fromStdString(name);
        m_source.folder = "/nowhere/" + name;
        m_source.spec = *parseNetworkSpec(spec);
        m_source.layout = layoutOf(m_source.spec);
        m_source.layers = layersOf(m_source.spec);
        m_source.stepsPerEpoch = 10;
        m_source.epochs = planned;
        for (int stage = 1; stage < 4; ++stage) {
            m_source.condensing.push_back({.stage = stage,
                                           .step = 10 * stage,
                                           .epoch = static_cast<double>(stage),
                                           .keptAfter = 1 - stage / 4.0});
        }
        for (int epoch = 1; epoch <= epochs; ++epoch) {
            const int stage = std::min(3, epoch - 1);
            add({ConnectionsMoment::kEpochEnd, epoch, 10 * epoch, stage}, seed);
            if (epoch > 3) continue;
            add({ConnectionsMoment::kBeforeStep, epoch, 10 * epoch, stage}, seed);
            add({ConnectionsMoment::kAfterStep, epoch, 10 * epoch, stage + 1}, seed);
        }
    }

    ConnectionsSource& edit() { return m_source; }
    ConnectionsSourcePtr source() const { return std::make_shared<ConnectionsSource>(m_source); }
    ConnectionsRecordPtr record(int moment) const { return m_records[static_cast<std::size_t>(moment)]; }
    // Answers a state at once, as a session does with what it has in memory. Must outlive it.
    void answer(ConnectionsState& state) const {
        QObject::connect(&state, &ConnectionsState::recordWanted, &state, [this, &state](int moment) {
            if (state.source()->folder != m_source.folder || moment >= std::ssize(m_records)) return;
            state.setRecord(moment, record(moment));
        });
    }

    // A model alone: no folder, one moment.
    void becomeModel() {
        m_source.folder.clear();
        m_source.moments.resize(1);
        m_source.models.resize(1);
    }
    // The second of two groups as the first, and back: what a run with other luck might have learned.
    void swapGroups() {
        for (ConnectionsRecordPtr& record : m_records) {
            auto swapped = std::make_shared<ConnectionsRecord>(*record);
            for (LayerConnections& layer : swapped->layers) {
                std::ranges::rotate(layer.mask, layer.mask.begin() + std::ssize(layer.mask) / 2);
                std::ranges::rotate(layer.importance, layer.importance.begin() + std::ssize(layer.importance) / 2);
            }
            record = swapped;
        }
    }

    // As a run's folder on the disk, which is then where it is.
    void write(const std::filesystem::path& folder) {
        std::filesystem::create_directories(folder);
        m_source.folder = folder;
        RunRecord run = testRecord({.epochs = static_cast<int>(m_source.epochs)});
        run.spec = m_source.spec;
        run.stepsPerEpoch = m_source.stepsPerEpoch;
        if (auto ok = writeRunRecord(folder, run); !ok) qFatal("%s", ok.error().text().c_str());
        for (const ConnectionsRecordPtr& record : m_records) {
            if (auto ok = appendConnections(folder, m_source.layers, *record); !ok)
                qFatal("%s", ok.error().text().c_str());
        }
    }

  private:
    // What is dropped stays dropped: each group goes through its inputs in an order of its own.
    void add(const ConnectionsKey& key, std::uint64_t seed) {
        auto record = std::make_shared<ConnectionsRecord>();
        record->key = key;
        for (std::size_t l = 0; l < m_source.layers.size(); ++l) {
            const ConnectionsLayer& layer = m_source.layers[l];
            const auto inputs = static_cast<std::size_t>(layer.inputs);
            LayerConnections connections;
            for (int group = 0; group < layer.groups; ++group) {
                std::vector<std::size_t> order(inputs);
                std::iota(order.begin(), order.end(), 0);
                Rng rng(seed, RandomStream::kTest, l, static_cast<std::uint64_t>(group));
                for (std::size_t i = inputs - 1; i > 0; --i) {
                    std::swap(order[i], order[rng.below(static_cast<std::uint32_t>(i) + 1)]);
                }
                std::vector<std::uint8_t> mask(inputs, 0);
                std::vector<float> importance(inputs, 0);
                for (std::size_t i = 0; i < inputs * static_cast<std::size_t>(4 - key.stage) / 4; ++i) {
                    mask[order[i]] = 1;
                    importance[order[i]] = 1 + static_cast<float>(rng.uniform());
                }
                connections.mask.insert(connections.mask.end(), mask.begin(), mask.end());
                connections.importance.insert(connections.importance.end(), importance.begin(), importance.end());
            }
            record->layers.push_back(std::move(connections));
        }
        m_records.push_back(record);
        m_source.moments.push_back(key);
        m_source.models.emplace_back();
    }

    ConnectionsSource m_source;
    std::vector<ConnectionsRecordPtr> m_records;
};

}  // namespace condenser::testing
