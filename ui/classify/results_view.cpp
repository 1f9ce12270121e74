#include "classify/results_view.h"

namespace condenser {

ResultsView::ResultsView(AnswerModel& /*model*/, AnswerFilter& /*filter*/, QWidget* parent) : QWidget(parent) {}

void ResultsView::setTheme(const Theme& /*theme*/) {}

std::optional<Exhibit> ResultsView::exhibit() const {
    return std::nullopt;
}

}  // namespace condenser
