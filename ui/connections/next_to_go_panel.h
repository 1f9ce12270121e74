// What the next condensing step would take now, and how close the call is.
#pragma once

#include <array>
#include <vector>

#include "connections/detail_panel.h"

class QLabel;
class QPushButton;

namespace condenser {

class DetailTable;
class ExhibitMenu;
class SmallHistogram;

// Of the layer in hand; at the whole network, of all layers.
class NextToGoPanel : public DetailPanel {
    Q_OBJECT

  public:
    // Below that, it may as well be another one.
    static constexpr double kCloseCall = 0.1;
    static constexpr std::size_t kMostWays = 3;

    explicit NextToGoPanel(ConnectionsState& state, QWidget* parent = nullptr);
    void setTheme(const Theme& theme) override;

  protected:
    void refresh() override;
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    struct Candidate {
        int layer = 0, group = 0, channel = 0;
        double margin = 0;
    };

    void collect();
    void showRows();
    void showWays();
    QString sentence() const;

    QLabel* m_where;
    QLabel* m_sentence;
    SmallHistogram* m_histogram;
    QPushButton* m_mark;
    DetailTable* m_table;
    // Once all steps are done: to the moments before the last few.
    std::array<QPushButton*, kMostWays> m_ways{};
    std::array<int, kMostWays> m_moments{};
    ExhibitMenu* m_menu;
    std::vector<Candidate> m_going;
};

}  // namespace condenser
