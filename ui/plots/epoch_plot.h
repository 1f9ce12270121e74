// A card with curves over the epochs of a run: axes, condensing steps, zooming, reading. What the curves are is the
// business of the classes made from it.
#pragma once

#include <QFrame>
#include <QLabel>
#include <QTimer>
#include <QVector>
#include <optional>
#include <utility>
#include <vector>

#include "look/theme.h"
#include "plots/legend.h"
#include "run/training_run.h"

class QCPGraph;
class QCPItemLine;
class QCPItemText;
class QCustomPlot;
class QHBoxLayout;

namespace condenser {

// Repaints at most twice a second for new data, and not while hidden; at once for what the user does. Reading values
// paints no curve again. x is in epochs, a real number.
class EpochPlot : public QFrame {
    Q_OBJECT

  public:
    ~EpochPlot() override;

    virtual void setTheme(const Theme& theme);

    // The run that is shown, or will be: its length and its condensing steps, drawn before they happen.
    void setPlan(double epochs, const std::vector<CondensingStep>& steps);
    void setStepsCondensed(int count);
    virtual void clearData();

    // Following: the whole run is shown. Else the plot stays where the user put it.
    void setFollowing(bool on);
    void showEpochs(double lower, double upper);
    std::pair<double, double> shownEpochs() const;

    // A line across the plot with the values there.
    void showCursor(double epoch);
    void hideCursor();

    void setHint(const QString& hint);        // in the middle of an empty plot
    void setCaption(const QString& caption);  // below the plot
    QString title() const { return m_title; }
    QHBoxLayout* header() { return m_header; }

    // Of a curve, in the order of their making.
    int pointCount(int series) const;
    double lastValue(int series) const;
    // Marks drawn, done or to come.
    int markCount() const { return static_cast<int>(m_marks.size()); }
    QString readout() const { return m_readout->text(); }

  signals:
    void epochsChosen(double lower, double upper);  // by the user
    void followingWanted();                         // likewise: a double click
    void cursorMoved(double epoch);
    void cursorLeft();

  protected:
    using Format = QString (*)(double);

    EpochPlot(const QString& title, Format format, QWidget* parent);

    int addSeries(const SeriesStyle& style);
    // x must rise from call to call.
    void append(int series, const QVector<double>& x, const QVector<double>& y);
    void replace(int series, const QVector<double>& x, const QVector<double>& y);
    void setFollowedValues(double lower, double upper);  // the y axis while following
    void requestReplot();
    double epochs() const { return m_epochs; }
    Legend& legend() { return *m_legend; }

    bool eventFilter(QObject* watched, QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;

  private:
    struct Series {
        QCPGraph* graph;
        SeriesStyle style;
    };
    struct Mark {
        CondensingStep step;
        QString removed;  // "1/4"
        QCPItemLine* line;
        QCPItemText* label;
    };

    void connectMouse();
    void userMoved();
    void clampRanges();
    void applyFollowedRanges();
    void paintSeries();
    void placeHint();
    QFont smallFont() const;
    void labelMarks();
    QCPGraph& graph(int series) const;
    std::optional<double> valueAt(const Series& series, double epoch) const;
    const Mark* markAt(double epoch) const;
    void replotNow();

    QString m_title;
    Format m_format;
    Theme m_theme;
    QHBoxLayout* m_header = nullptr;
    QLabel* m_titleLabel = nullptr;
    Legend* m_legend = nullptr;
    QLabel* m_caption = nullptr;
    QLabel* m_hint = nullptr;
    QLabel* m_readout = nullptr;
    QFrame* m_cursor = nullptr;
    QCustomPlot* m_plot = nullptr;
    std::vector<Series> m_series;
    std::vector<Mark> m_marks;
    int m_stepsCondensed = 0;
    double m_epochs = 1;
    double m_lower = 0, m_upper = 1;  // of the y axis while following
    bool m_following = true;
    bool m_settingRanges = false;
    bool m_dirty = false;
    QTimer m_replotTimer;
};

}  // namespace condenser
