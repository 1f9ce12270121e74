#include "classify/answer_filter.h"

namespace condenser {

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

bool AnswerFilter::filterAcceptsRow(int /*row*/, const QModelIndex& /*parent*/) const {
    return true;
}

}  // namespace condenser
