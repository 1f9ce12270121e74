// The index layer as a table, and to how many groups each channel is copied.
#pragma once

#include <vector>

#include "connections/detail_panel.h"

class QLabel;
class QPushButton;

namespace condenser {

class DetailTable;
class ExhibitMenu;
class SmallHistogram;

// Of the layer in hand. Positions are group-major, as the condensed network gathers them (paper, section 3.3).
class IndexPanel : public DetailPanel {
    Q_OBJECT

  public:
    explicit IndexPanel(ConnectionsState& state, QWidget* parent = nullptr);
    void setTheme(const Theme& theme) override;

  protected:
    void refresh() override;
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    void showRows();
    void showPositions();
    void showFeatures();
    void showCopies();
    QString sentence() const;

    QLabel* m_where;
    QLabel* m_sentence;
    SmallHistogram* m_histogram;
    QWidget* m_lists;
    QPushButton* m_positions;
    QPushButton* m_features;
    DetailTable* m_table;
    ExhibitMenu* m_menu;
    int m_layer = -1;                          // -1: none is in hand
    std::vector<std::pair<int, int>> m_index;  // for each position: group, channel
    std::vector<std::vector<int>> m_copies;    // for each channel the groups that read it
    std::vector<int> m_listed;                 // the channel of each row
};

}  // namespace condenser
