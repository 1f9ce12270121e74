// The runs over each other: curves, or accuracy against what an answer costs.
#pragma once

#include <QWidget>
#include <filesystem>
#include <map>
#include <vector>

#include "look/exhibit.h"
#include "plots/overlay_plot.h"
#include "plots/scatter_plot.h"
#include "session/run_curves_session.h"

class QComboBox;
class QLabel;
class QPushButton;
class QSettings;
class QStackedWidget;

namespace condenser {

// The points of the second view. With `latency`, x is in milliseconds and runs that are not measured are left out; else
// x is in multiply-adds, and the stages of the drawn runs stand before them: the accuracy just before each condensing
// step. Pure.
std::vector<ScatterPoint> scatterPoints(const std::vector<RunSummary>& runs,
                                        const std::map<std::filesystem::path, int>& colours,
                                        const std::vector<RunCurve>& curves, bool latency);

class RunComparison : public QWidget {
    Q_OBJECT

  public:
    // `settings` must outlive it; it keeps what is chosen.
    explicit RunComparison(QSettings& settings, QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    // All runs, and those of them that are drawn, in the order of their selection. `selected` may be more.
    void show(const std::vector<RunSummary>& runs, const std::vector<std::filesystem::path>& drawn,
              const std::map<std::filesystem::path, int>& colours, std::size_t selected);
    // Of the view that is seen; nothing where there is nothing in it.
    std::optional<Exhibit> exhibit() const;

  signals:
    void runChosen(const std::filesystem::path& folder);  // by a click on its curve or point
    void exported(const QString& file);
    void exportFailed(const Error& error);

  private:
    void setView(bool scatter);
    void redraw();
    void drawCurves();
    void drawPoints();
    void showWords();

    QSettings& m_settings;
    QPushButton* m_curvesChip;
    QPushButton* m_pointsChip;
    QComboBox* m_x;
    QComboBox* m_y;
    QComboBox* m_cost;
    QLabel* m_words;
    QStackedWidget* m_views;
    OverlayPlot* m_overlay;
    ScatterPlot* m_scatter;

    std::vector<RunSummary> m_runs;
    std::vector<std::filesystem::path> m_drawn;
    std::map<std::filesystem::path, int> m_colours;
    std::size_t m_selected = 0;
    RunCurves m_curves;
    std::vector<std::filesystem::path> m_shownCurves;  // whose curve is whose in the overlay
    QString m_shown;                                   // what the overlay shows: the same again is not drawn again
    RunCurvesSession m_session;
};

}  // namespace condenser
