// The row above a plot: a swatch, a name and the latest value of each curve.
#pragma once

#include <QWidget>
#include <vector>

#include "plots/series_style.h"

namespace condenser {

// Aligned to the right. What does not fit is left out, the last entry first; or, where names can be shortened, stands
// in several rows, elided.
class Legend : public QWidget {
    Q_OBJECT

  public:
    explicit Legend(QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    void setElided(bool on) { m_elided = on; }
    // Adds an entry and returns its number; without text it takes no room.
    int add(const SeriesStyle& style);
    // `brief`: shown where the text has no room.
    void setText(int entry, const QString& text, const QString& brief = {});
    void clear();
    QString text() const;  // all entries, for a screen reader

    void paint(QPainter& painter, const QRect& area) const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    struct Entry {
        SeriesStyle style;
        QString text, brief;
    };
    std::vector<const Entry*> shown() const;  // those with a text
    int widestSwatch() const;
    bool inOneRow(int room) const;
    int rowsIn(int room) const;  // where names can be shortened
    int widthOf(const Entry& entry, const QString& text) const;
    void paintRow(QPainter& painter, const QRect& area) const;
    void paintRows(QPainter& painter, const QRect& area) const;
    void paintEntry(QPainter& painter, const Entry& entry, const QString& text, const QRect& area, int swatch) const;
    void paintSwatch(QPainter& painter, const SeriesStyle& style, const QRectF& area) const;

    std::vector<Entry> m_entries;
    bool m_elided = false;
    Theme m_theme;
};

}  // namespace condenser
