// A card with a plot: title, legend, curves, reading by mouse and keys, and all of it as a picture or as numbers. What
// the curves are, and what x is, is the business of the classes made from it.
#pragma once

#include <QFrame>
#include <QLabel>
#include <QPointF>
#include <optional>

#include "look/exhibit.h"
#include "look/theme.h"
#include "plots/legend.h"
#include "plots/number_table.h"
#include "plots/plot_cursors.h"

class QHBoxLayout;
class QPicture;
class QPushButton;

namespace condenser {

class ExhibitMenu;
class PlotCanvas;

// x is in coordinates of the axis throughout.
class PlotCard : public QFrame {
    Q_OBJECT

  public:
    ~PlotCard() override;

    virtual void setTheme(const Theme& theme);
    const Theme& theme() const { return m_theme; }

    QString title() const { return m_title; }
    QHBoxLayout* header() { return m_header; }
    void setHint(const QString& hint);        // in the middle of an empty plot
    void setCaption(const QString& caption);  // below the plot, where there is room for it
    QString caption() const { return m_caption->text(); }

    // What is read under the pointer, and at the pinned cursors.
    QString readout() const { return m_cursors.crossText(); }
    QString pinReadout() const { return m_cursors.noteText(); }
    void hideCursor();

    // As it is seen now: later changes do not show in it.
    virtual Exhibit exhibit() const;
    virtual NumberTable numbers() const = 0;  // of the visible part

  signals:
    void exported(const QString& file);
    void exportFailed(const Error& error);

  protected:
    // `name`: of files, without a suffix.
    PlotCard(const QString& title, const QString& name, QWidget* parent);

    PlotCanvas& canvas() const { return *m_canvas; }
    Legend& legend() const { return *m_legend; }
    PlotCursors& cursors() { return m_cursors; }
    QFont smallFont() const;
    void showCross(double x, const QString& text);
    void setRoomAbove(int lines) { m_roomAbove = lines; }
    void setEmpty(bool empty);  // then the hint is shown
    void setTitle(const QString& title);
    void setLegendBelow(bool below);  // in a row of its own, where it has more room
    void setTextsLow(bool low) { m_cursors.setTextsLow(low); }

    // What the user did.
    virtual void pointAt(double x) = 0;
    virtual void pointNowhere() { hideCursor(); }
    virtual void wantWhole();
    virtual void viewChosen() {}
    virtual void clickedAt(const QPointF& /*at*/, Qt::KeyboardModifiers /*modifiers*/) {}
    virtual void clickTakenBack() {}  // it was the first half of a double click
    // A key on its way from x to `to` stops here if there is something to be told.
    virtual std::optional<double> stopBetween(double /*x*/, double /*to*/) const { return {}; }
    // Where an arrow key goes from x (nothing: nothing is read yet), to the right or to the left (1, -1), in a plot
    // whose values stand at places; else some pixels on.
    virtual std::optional<double> nextPlace(std::optional<double> /*x*/, int /*direction*/) const { return {}; }
    virtual void placeOverlays();  // the axes have their places

    std::optional<double> cursorX() const { return m_cursorX; }

    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    void moveCursor(double pixels);
    QPicture picture() const;

    QString m_title, m_name;
    Theme m_theme;
    QHBoxLayout* m_header;
    QHBoxLayout* m_legendRow;
    QLabel* m_titleLabel;
    Legend* m_legend;
    QPushButton* m_export;
    PlotCanvas* m_canvas;
    QLabel* m_caption;
    QLabel* m_hint;
    PlotCursors m_cursors;
    ExhibitMenu* m_menu;
    std::optional<double> m_cursorX;
    int m_roomAbove = 0;
    bool m_empty = true;
};

}  // namespace condenser
