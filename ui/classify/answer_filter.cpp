#include "classify/answer_filter.h"

namespace condenser {

bool AnswerFilter::Cell::holds(const AnsweredPicture& picture) const {
    if (!picture.answered() || picture.truth != truth) return false;
    const auto& answers = judged == Variant::kDense ? picture.dense : picture.condensed;
    return answer < 0 || answers.front().index == answer;
}

AnswerFilter::AnswerFilter(AnswerModel& model, QObject* parent) : QSortFilterProxyModel(parent), m_answers(model) {
    setSourceModel(&model);
}

void AnswerFilter::setShow(Show show) {
    m_show = show;
    invalidateFilter();
    emit filterChanged();
}

void AnswerFilter::setCell(const std::optional<Cell>& cell) {
    m_cell = cell;
    invalidateFilter();
    emit filterChanged();
}

const AnsweredPicture& AnswerFilter::at(const QModelIndex& index) const {
    return m_answers.at(mapToSource(index).row());
}

bool AnswerFilter::filterAcceptsRow(int row, const QModelIndex& /*parent*/) const {
    return !m_cell || m_cell->holds(m_answers.at(row));
}

}  // namespace condenser
