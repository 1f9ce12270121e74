// The map of the place in hand: breadcrumb, order, map, what is read off it, formula.
#pragma once

#include <QString>

#include "connections/panel.h"
#include "look/exhibit.h"

class QLabel;
class QPushButton;
class QStackedWidget;

namespace condenser {

class CellMap;
class ElidedLabel;
class ExhibitMenu;
class KeptWeightsHint;
struct CellPlace;

// The grid of a place at a moment. Null where there is none: at level 3 without `weights`, or where they do not fit.
CellGridPtr connectionsGrid(const ConnectionsSource& source, const ConnectionsRecord& record, const ModelFile* weights,
                            const MapPlace& place, bool nextToGo);

class MapPane : public ConnectionsPanel {
    Q_OBJECT

  public:
    explicit MapPane(ConnectionsState& state, QWidget* parent = nullptr);
    void setTheme(const Theme& theme) override;

    // For a second map beside the first: the map alone, with what is read off it.
    void setCompact(bool on);
    // As the button shows it; sends nothing.
    void setComparing(bool on);

    CellMap& map() const { return *m_map; }
    // Nothing where no map is seen.
    std::optional<Exhibit> exhibit() const;
    // Of what is drawn: "shapes-86 · layer 2.5 · epoch 12".
    const QString& title() const { return m_title; }

  signals:
    void compareWanted(bool on);
    void animationWanted();
    void exported(const QString& file);
    void exportFailed(const Error& error);

  protected:
    void keyPressEvent(QKeyEvent* event) override;

  private:
    QWidget* makeCrumbs();
    QWidget* makeControls();
    void connectMap();
    void connectState();
    void showPlace();
    void showGrid();
    void showTrace();
    void showArrangement(bool animated);
    void showNextToGo();
    void showReadout(const std::optional<CellPlace>& cell);
    void traceCell(const CellPlace& cell);
    void enter(const CellPlace& cell);
    void leave();
    int stepsLeft() const;
    QString titleNow() const;

    ExhibitMenu* m_exhibitMenu;
    QWidget* m_crumbs;
    QPushButton* m_toNetwork;
    QLabel* m_firstArrow;
    QPushButton* m_toLayer;
    QLabel* m_secondArrow;
    QLabel* m_here;
    QPushButton* m_export;
    QWidget* m_controls;
    QPushButton* m_bySource;
    QPushButton* m_byIndex;
    QPushButton* m_nextToGo;
    QPushButton* m_comparing;
    CellMap* m_map;
    KeptWeightsHint* m_hint;
    QStackedWidget* m_area;
    ElidedLabel* m_readout;
    QLabel* m_formula;
    bool m_compact = false;
    bool m_asksReaders = false;  // a click on a cell asks as the last trace did
    MapPlace m_shown;            // the place of the grid that is drawn
    QString m_title;
};

}  // namespace condenser
