// Below the headline: calls as they come, layers, figures, and what there is to compare with. Each of the four places
// has a second thing to show.
#pragma once

#include <QPoint>
#include <QWidget>
#include <array>
#include <vector>

#include "compare/compare_session.h"
#include "look/exhibit.h"
#include "look/theme.h"

class QPushButton;
class QSettings;

namespace condenser {

class LayerBarsPlot;
class PlotCard;
class SamplesPlot;
class ScalingPlot;
class SpeedupPlot;
class TableCard;
class WaterfallPlot;

class CompareParts : public QWidget {
    Q_OBJECT

  public:
    // `settings` keeps which parts are shown, and must outlive it.
    explicit CompareParts(QSettings& settings, QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    void show(const Comparison* comparison);  // null: nothing is measured
    using QWidget::show;
    void addSamples(int form, const std::vector<double>& ms);
    void showSweep(const BenchReport& report);
    void showNetworks(const BenchReport& report);
    // `shown`: the one that the page shows, if it is one of them.
    void setKept(const std::vector<StoredComparison>& kept, qint64 shown);
    void showHistory(const std::string& model);  // of the speed-up, from what is kept
    // What can be measured now, and what removed; `why` not.
    void setPossible(bool sweep, bool networks, bool removal, const QString& why);

    struct Part {
        QRect place;
        Exhibit exhibit;
    };
    std::vector<Part> exhibits() const;  // of what is seen, each within its place

  signals:
    void sweepWanted();
    void networksWanted();
    void resultChosen(qint64 id);
    void removalWanted(qint64 id);
    void exported(const QString& file);
    void exportFailed(const Error& error);

  protected:
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;  // Delete, in the list of results

  private:
    void addSwitches();
    void showScaling();
    void choose(const char* key, bool second);
    void showChosen();
    void chooseResults();
    void captionResults();
    std::vector<const StoredComparison*> selected() const;

    QSettings& m_settings;
    SamplesPlot* m_samples;
    SpeedupPlot* m_speedups;
    LayerBarsPlot* m_layers;
    WaterfallPlot* m_waterfall;
    ScalingPlot* m_scaling;
    TableCard *m_numbers, *m_networks, *m_results;
    std::array<PlotCard*, 5> m_plots;
    std::array<TableCard*, 3> m_tables;
    struct Place {
        QWidget *first, *second;  // in turn
        const char* key;          // of the settings: the second one is shown
    };
    std::array<Place, 4> m_places;  // two rows of two
    QPushButton *m_scalingBy, *m_sweep, *m_measureNetworks, *m_remove;
    BenchReport m_sweepReport;
    std::vector<StoredComparison> m_kept;
    bool m_selecting = false;  // the list itself changes what is selected
};

}  // namespace condenser
