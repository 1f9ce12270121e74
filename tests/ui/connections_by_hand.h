// Records made by hand of a network small enough to count its connections.
#pragma once

#include <QAbstractItemView>
#include <memory>

#include "connection_fakes.h"
#include "network/network.h"

namespace condenser::testing {

// Of kFakeSpec. Channels: stem 0..7, 1.1 8..11, 1.2 12..15, 2.1 16..19, 2.2 20..23. Learned layers with 2 groups of 4
// filters each.
constexpr int kFakeFilters = 4;

inline std::shared_ptr<ConnectionsSource> sourceByHand() {
    return std::make_shared<ConnectionsSource>(*FakeRun("by hand").source());
}

// All connections live, with mean |w| 1.
inline std::shared_ptr<ConnectionsRecord> recordByHand(const ConnectionsSource& source, int moment = 0) {
    auto record = std::make_shared<ConnectionsRecord>();
    record->key = source.moments[static_cast<std::size_t>(moment)];
    for (const ConnectionsLayer& layer : source.layers) {
        const auto pairs = static_cast<std::size_t>(layer.groups * layer.inputs);
        record->layers.push_back(
            {std::vector<std::uint8_t>(pairs, 1), std::vector<float>(pairs, static_cast<float>(kFakeFilters))});
    }
    return record;
}

// Untrained, all connections live.
inline std::shared_ptr<const ModelFile> modelByHand(const ConnectionsSource& source) {
    Network network(source.spec, 7);
    auto model = std::make_shared<ModelFile>();
    model->spec = source.spec;
    model->tensors = network.state();
    return model;
}

inline void setWeight(ConnectionsRecord& record, int layer, int group, int channel, double meanWeight) {
    LayerConnections& connections = record.layers[static_cast<std::size_t>(layer)];
    const std::size_t inputs = connections.mask.size() / 2;
    const std::size_t place = static_cast<std::size_t>(group) * inputs + static_cast<std::size_t>(channel);
    connections.mask[place] = meanWeight > 0 ? 1 : 0;
    connections.importance[place] = static_cast<float>(meanWeight * kFakeFilters);
}

inline void drop(ConnectionsRecord& record, int layer, int group, int channel) {
    setWeight(record, layer, group, channel, 0);
}

// That group reads nothing but these.
inline void keepOnly(ConnectionsRecord& record, int layer, int group, const std::vector<std::pair<int, double>>& kept) {
    const auto inputs = static_cast<int>(record.layers[static_cast<std::size_t>(layer)].mask.size()) / 2;
    for (int channel = 0; channel < inputs; ++channel) drop(record, layer, group, channel);
    for (const auto& [channel, weight] : kept) setWeight(record, layer, group, channel, weight);
}

// The rows of a table as they are seen, cells parted by "|", no-break spaces as plain ones.
inline QStringList rowsOf(const QAbstractItemView& view) {
    QStringList rows;
    for (int row = 0; row < view.model()->rowCount(); ++row) {
        QStringList cells;
        for (int column = 0; column < view.model()->columnCount(); ++column)
            cells << view.model()->index(row, column).data().toString();
        rows << cells.join(u'|').replace(QChar(QChar::Nbsp), u' ');
    }
    return rows;
}

inline QString plain(QString text) {
    return text.replace(QChar(QChar::Nbsp), u' ').replace(QChar(0x202f), u' ');
}

inline void clickRow(QAbstractItemView& view, int row, Qt::KeyboardModifiers modifiers = {}) {
    const QRect cell = view.visualRect(view.model()->index(row, 0));
    QTest::mouseClick(view.viewport(), Qt::LeftButton, modifiers, cell.center());
}

}  // namespace condenser::testing
