// The rows of the list of layers: the whole network, then each learned layer, with what is left of it.
#pragma once

#include <QAbstractListModel>
#include <QImage>
#include <vector>

#include "connections/connections_state.h"
#include "look/theme.h"

namespace condenser {

// Pictures and shares are made when they are asked for, once for each record: only rows that are seen cost anything.
class LayerListModel : public QAbstractListModel {
    Q_OBJECT

  public:
    enum Role { kKeptRole = Qt::UserRole, kTracedRole };

    // `state` must outlive it.
    explicit LayerListModel(ConnectionsState& state, QObject* parent = nullptr);

    // Display: "all", "2.5"; kKeptRole: "50.0 %"; kTracedRole: whether the trace leads there.
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    // A pixel a cell: groups x inputs; of the whole network source layers x reading layers. Null before the first
    // record.
    const QImage& picture(int row) const;

    void setTheme(const Theme& theme);

  private:
    struct Row {
        bool known = false;
        QImage picture;
        QString kept;
    };
    const Row& at(int row) const;
    void takeSource();
    void forget();
    void findTraced();

    ConnectionsState& m_state;
    Theme m_theme = darkTheme();
    std::vector<ConnectionsLayer> m_layers;
    mutable std::vector<Row> m_rows;
    std::vector<std::uint8_t> m_traced;
};

}  // namespace condenser
