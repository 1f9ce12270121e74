// The index layer as a table, and to how many groups each channel is copied.
#pragma once

#include <vector>

#include "connections/detail_panel.h"

class QLabel;
class QPushButton;

namespace condenser {

class DetailTable;
struct DetailRows;
class SmallHistogram;

// Of the layer in hand. Positions are group-major, as the condensed network gathers them (paper, section 3.3).
class IndexPanel : public DetailPanel {
    Q_OBJECT

  public:
    explicit IndexPanel(ConnectionsState& state, QWidget* parent = nullptr);
    void setTheme(const Theme& theme) override;

  protected:
    void refresh() override;

  private:
    void showRows();
    DetailRows positions();
    DetailRows features();  // most copied first
    void showCopies();
    QString sentence() const;

    QLabel* m_where;
    SmallHistogram* m_histogram;
    QPushButton* m_positions;
    QWidget* m_lists;
    DetailTable* m_table;
    int m_layer = -1;                          // -1: none is in hand
    std::vector<std::pair<int, int>> m_index;  // for each position: group, channel
    std::vector<std::vector<int>> m_copies;    // for each channel the groups that read it
    std::vector<int> m_listed;                 // the channel of each row
};

}  // namespace condenser
