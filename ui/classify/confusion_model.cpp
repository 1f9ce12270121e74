#include "classify/confusion_model.h"

#include "look/format.h"

namespace condenser {
namespace {

constexpr std::size_t kAllShown = 20;  // so many classes are shown even where nothing is of them

std::vector<int> shownOf(const Confusion& confusion) {
    const AnswerStatistics& statistics = confusion.statistics;
    const std::size_t count = confusion.classes.size();
    std::vector<bool> occurs(count, count <= kAllShown);
    for (std::size_t truth = 0; truth < count; ++truth) {
        if (statistics.classPictures[truth] == 0) continue;
        occurs[truth] = true;
        for (std::size_t answer = 0; answer < count; ++answer) {
            if (statistics.confusion[truth][answer] > 0) occurs[answer] = true;
        }
    }
    std::vector<int> shown;
    for (std::size_t i = 0; i < count; ++i) {
        if (occurs[i]) shown.push_back(static_cast<int>(i));
    }
    return shown;
}

}  // namespace

void ConfusionModel::show(Confusion confusion) {
    std::vector<int> shown = shownOf(confusion);
    const bool same = shown == m_shown && confusion.classes == m_confusion.classes;
    if (!same) beginResetModel();
    m_confusion = std::move(confusion);
    m_shown = std::move(shown);
    if (!same) return endResetModel();
    if (!m_shown.empty()) emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

int ConfusionModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_shown.size());
}

int ConfusionModel::columnCount(const QModelIndex& parent) const {
    return rowCount(parent);
}

QString ConfusionModel::nameOf(int section) const {
    return QString::fromStdString(m_confusion.classes[static_cast<std::size_t>(classOf(section))]);
}

AnswerFilter::Cell ConfusionModel::cellOf(const QModelIndex& index) const {
    return {classOf(index.row()), classOf(index.column()), m_confusion.judged};
}

QVariant ConfusionModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const auto truth = static_cast<std::size_t>(classOf(index.row())),
               answer = static_cast<std::size_t>(classOf(index.column()));
    const AnswerStatistics& statistics = m_confusion.statistics;
    const int count = statistics.confusion[truth][answer], all = statistics.classPictures[truth];
    switch (role) {
        case Qt::DisplayRole:  // what is not there is left empty: the others are then seen at once
            return count == 0 ? QString() : formatCount(count);
        case Qt::AccessibleTextRole:
            return sentence(index);
        case Qt::TextAlignmentRole:
            return QVariant::fromValue(Qt::Alignment(Qt::AlignCenter));
        case kCountRole:
            return count;
        case kShareRole:
            return all == 0 ? 0.0 : static_cast<double>(count) / all;
        case kRightRole:
            return truth == answer;
        default:
            return {};
    }
}

QVariant ConfusionModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (section < 0 || section >= rowCount()) return {};
    switch (role) {
        case Qt::DisplayRole:
            return nameOf(section);
        case Qt::ToolTipRole:
        case Qt::AccessibleTextRole:
            return orientation == Qt::Vertical ? tr("True class %1").arg(nameOf(section))
                                               : tr("Answer %1").arg(nameOf(section));
        default:
            return {};
    }
}

QString ConfusionModel::sentence(const QModelIndex& index) const {
    if (!index.isValid()) return {};
    const QString truth = nameOf(index.row()), answer = nameOf(index.column());
    const int count = index.data(kCountRole).toInt();
    const int all = m_confusion.statistics.classPictures[static_cast<std::size_t>(classOf(index.row()))];
    if (all == 0) return tr("There is no picture of %1.").arg(truth);
    const QString of =
        all == 1 ? tr("the one picture of %1").arg(truth) : tr("%1 pictures of %2").arg(formatCount(all), truth);
    const QString how = count == 0 ? tr("None") : formatCount(count);
    // One of one, one of many, many of many.
    if (index.row() == index.column()) {
        return count == 1 || count == 0 ? tr("%1 of %2 was recognised.").arg(how, of)
                                        : tr("%1 of %2 were recognised.").arg(how, of);
    }
    return count == 1 || count == 0 ? tr("%1 of %2 was taken for %3.").arg(how, of, answer)
                                    : tr("%1 of %2 were taken for %3.").arg(how, of, answer);
}

}  // namespace condenser
