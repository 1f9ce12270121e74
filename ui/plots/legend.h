// The row above a plot: a swatch, a name and the latest value of each curve.
#pragma once

#include <QWidget>
#include <vector>

#include "plots/series_style.h"

namespace condenser {

// Aligned to the right. What does not fit is left out, the last entry first, or, where names can be shortened, elided.
class Legend : public QWidget {
    Q_OBJECT

  public:
    explicit Legend(QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    void setElided(bool on) { m_elided = on; }
    // Adds an entry and returns its number; without text it takes no room.
    int add(const SeriesStyle& style);
    void setText(int entry, const QString& text);
    void clear();
    QString text() const;  // all entries, for a screen reader

    void paint(QPainter& painter, const QRect& area) const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    struct Entry {
        SeriesStyle style;
        QString text;
    };
    struct Placed {
        const Entry* entry;
        QString text;
    };
    std::vector<Placed> place(int room) const;
    int widthOf(const QString& text) const;
    void paintSwatch(QPainter& painter, const SeriesStyle& style, double left, double middle) const;

    std::vector<Entry> m_entries;
    bool m_elided = false;
    Theme m_theme;
};

}  // namespace condenser
