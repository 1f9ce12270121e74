// A second map beside the first: another moment or another run, and what the two have in common.
#pragma once

#include <optional>

#include "connections/compare_bar.h"
#include "connections/connections_session.h"
#include "connections/overlap_words.h"
#include "connections/panel.h"

class QLabel;
class QPushButton;

namespace condenser {

class ElidedLabel;
class MapPane;
class OverlapBar;

// The second map has a state of its own, whose place, arrangement and trace are those of the first, and back: to trace
// here is to trace there. Of matched groups it shows the other run's. It reads nothing while it is hidden.
class ComparePane : public ConnectionsPanel {
    Q_OBJECT

  public:
    explicit ComparePane(ConnectionsState& state, QWidget* parent = nullptr);
    void setTheme(const Theme& theme) override;

    // To choose from.
    void setRuns(const CompareBar::Runs& runs);
    // Empty: the run of the first map.
    void compareWith(const std::filesystem::path& folder);

    ConnectionsState& other() { return m_other; }

  signals:
    void runWanted();  // that is not in the list: compareWith() follows if one was chosen

  protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

  private:
    bool ofThisRun() const { return m_chosen.empty(); }
    bool comparable() const;
    bool matching() const;
    // For each group of the first map that of the second which it is held against.
    std::vector<int> orderOf(int layer) const;
    // Group `group` of the first map as the second one numbers it, or back.
    int counterpart(int layer, int group, bool back) const;

    void open();
    void take(const ConnectionsSourcePtr& source);
    void chooseMoment();
    void keepStep();
    void showMoments();
    void follow();  // the first map's place, arrangement, marks and trace
    void lead();    // the second one's
    Trace translated(const Trace& trace, bool back) const;
    MapPlace translated(const MapPlace& place, bool back) const;
    void compareNow();
    // Where nothing is traced: what both keep, all else dimmed.
    void lightShared();
    void say(const QString& why);

    ConnectionsState m_other;
    ConnectionsSession m_session;
    CompareBar::Runs m_runs;
    std::filesystem::path m_chosen, m_opened;  // m_chosen empty: this run
    bool m_choosesMoment = false, m_mirrors = false;
    QString m_failure;
    ChanceOfMatch m_chance;

    CompareBar* m_bar;
    QLabel* m_words;
    ElidedLabel* m_matching;
    OverlapBar* m_overlap;
    QPushButton *m_shared, *m_inStep, *m_match;
    MapPane* m_map;
};

}  // namespace condenser
