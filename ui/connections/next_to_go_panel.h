// What the next condensing step would take now, and how close the call is.
#pragma once

#include <array>
#include <vector>

#include "connections/detail_panel.h"

class QLabel;
class QPushButton;

namespace condenser {

class DetailTable;
class SmallHistogram;

// Of the layer in hand; at the whole network, of all layers.
class NextToGoPanel : public DetailPanel {
    Q_OBJECT

  public:
    explicit NextToGoPanel(ConnectionsState& state, QWidget* parent = nullptr);
    void setTheme(const Theme& theme) override;

  protected:
    void refresh() override;

  private:
    static constexpr std::size_t kMostWays = 3;

    struct Candidate {
        int layer = 0, group = 0, channel = 0;
        double margin = 0;
    };

    void collect();
    void showRows();
    void showWays();
    QString sentence() const;

    QLabel* m_where;
    SmallHistogram* m_histogram;
    QPushButton* m_mark;
    DetailTable* m_table;
    // Once all steps are done: to the moments before the last few.
    std::array<QPushButton*, kMostWays> m_ways{};
    std::array<int, kMostWays> m_moments{};
    std::vector<Candidate> m_going;
};

}  // namespace condenser
