// Names below an axis of places, in the middle of what is seen of each. For the .cpp files of this folder only.
#pragma once

#include <qcustomplot.h>

#include <utility>
#include <vector>

namespace condenser {

// From `from` to `to` on the axis. `brief` stands where one of the names has no room; empty: the name is broken into
// two lines and elided.
struct Place {
    double from = 0, to = 1;
    QString name, brief;
};

// Room is what the axis had when it was laid out last.
class PlaceTicker : public QCPAxisTicker {
  public:
    PlaceTicker(const QCPAxis& axis, std::vector<Place> places) : m_axis(axis), m_places(std::move(places)) {}

  protected:
    QVector<double> createTickVector(double tickStep, const QCPRange& range) override;
    QVector<double> createSubTickVector(int, const QVector<double>&) override { return {}; }
    QVector<QString> createLabelVector(const QVector<double>& ticks, const QLocale& locale, QChar formatChar,
                                       int precision) override;

  private:
    struct Seen {
        const Place* place;
        QCPRange range;
    };
    int roomOf(const Seen& seen) const;
    std::vector<QString> oneLineNames() const;
    std::vector<QString> brokenNames() const;

    const QCPAxis& m_axis;
    std::vector<Place> m_places;
    std::vector<Seen> m_seen;  // those of the latest ticks
};

// At most two lines, none wider than `room` pixels, broken at a space, a hyphen or a soft hyphen.
QString inTwoLines(const QString& text, const QFontMetrics& metrics, int room);
// Without soft hyphens.
QString withoutBreaks(QString text);

}  // namespace condenser
