// A plot whose values stand at places one apart, from 0: bars, or points at ticks. They are read place by place.
#pragma once

#include <QStringList>

#include "plots/plot_card.h"

namespace condenser {

class PlacePlot : public PlotCard {
    Q_OBJECT

  protected:
    using PlotCard::PlotCard;

    // What is at the places has changed: all is made anew. A zoomed view stays where it is if they are `called` the
    // same.
    void showPlaces(std::size_t count, const QStringList& called);
    // First and behind the last of those in view.
    std::pair<std::size_t, std::size_t> placesInView() const;

    virtual void fill() = 0;      // the canvas, its axes included
    virtual void describe() = 0;  // to a screen reader
    virtual QString wordsAt(std::size_t place) const = 0;

    void pointAt(double x) override;
    std::optional<double> nextPlace(std::optional<double> x, int direction) const override;
    void placeOverlays() override;

  private:
    std::size_t m_count = 0;
    QStringList m_called;
    int m_laidOutFor = 0;  // pixels: the names of places were broken for this width
};

}  // namespace condenser
