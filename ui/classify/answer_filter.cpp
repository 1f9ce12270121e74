#include "classify/answer_filter.h"

#include <QCollator>
#include <algorithm>
#include <numeric>
#include <utility>

namespace condenser {
namespace {

constexpr int kUnsorted = -1;

// Calls act(first, last) for each stretch of neighbours in `rising`, from the last one to the first, so that what is
// inserted or removed moves nothing that is still to come.
template <class Act>
void forStretches(const std::vector<int>& rising, const Act& act) {
    for (std::size_t end = rising.size(); end > 0;) {
        std::size_t begin = end - 1;
        while (begin > 0 && rising[begin - 1] == rising[begin] - 1) --begin;
        act(rising[begin], rising[end - 1]);
        end = begin;
    }
}

// "picture 000000000010" of "picture 10", so that "picture 2" comes before it in every locale (the collator's own
// numeric mode is left out where the locale is C).
QString paddedNumbers(const QString& text) {
    constexpr qsizetype kDigits = 12;
    QString padded;
    for (qsizetype i = 0; i < text.size();) {
        qsizetype end = i;
        while (end < text.size() && text[end].isDigit()) ++end;
        if (end > i) {
            padded += text.mid(i, end - i).rightJustified(kDigits, u'0');
            i = end;
        } else {
            padded += text[i++];
        }
    }
    return padded;
}

// Numbers that rise as the texts do, equal ones for equal texts.
std::vector<double> ranksOf(const std::vector<QString>& texts) {
    QCollator collator;
    collator.setCaseSensitivity(Qt::CaseInsensitive);
    std::vector<QCollatorSortKey> keys;
    keys.reserve(texts.size());
    for (const QString& text : texts) keys.push_back(collator.sortKey(paddedNumbers(text)));
    std::vector<std::size_t> order(texts.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return keys[a].compare(keys[b]) < 0; });
    std::vector<double> ranks(texts.size());
    double rank = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (i > 0 && keys[order[i - 1]].compare(keys[order[i]]) < 0) ++rank;
        ranks[order[i]] = rank;
    }
    return ranks;
}

}  // namespace

bool AnswerFilter::Cell::holds(const AnsweredPicture& picture) const {
    if (!picture.answered() || picture.truth != truth) return false;
    const FormAnswer* form = picture.form(judged);
    return form != nullptr && (answer < 0 || form->best().index == answer);
}

AnswerFilter::AnswerFilter(AnswerModel& model, QObject* parent) : QAbstractProxyModel(parent), m_answers(model) {
    setSourceModel(&model);
    connect(&model, &AnswerModel::dataChanged, this, &AnswerFilter::sourceChanged);
    connect(&model, &AnswerModel::rowsInserted, this,
            [this](const QModelIndex& /*parent*/, int first, int last) { sourceInserted(first, last); });
    connect(&model, &AnswerModel::rowsAboutToBeRemoved, this,
            [this](const QModelIndex& /*parent*/, int first, int last) { sourceToBeRemoved(first, last); });
    connect(&model, &AnswerModel::rowsRemoved, this,
            [this](const QModelIndex& /*parent*/, int first, int last) { sourceRemoved(first, last); });
    refilter();
}

void AnswerFilter::setShow(Show show) {
    if (show == m_show) return;
    beginResetModel();
    if (show == Show::kLeastSure) {
        m_column = AnswerModel::kMargin;
        m_order = Qt::AscendingOrder;
    } else if (m_show == Show::kLeastSure && m_column == AnswerModel::kMargin && m_order == Qt::AscendingOrder) {
        m_column = kUnsorted;
    }
    m_show = show;
    refilter();
    endResetModel();
    emit filterChanged();
}

void AnswerFilter::setCell(const std::optional<Cell>& cell) {
    if (cell == m_cell) return;
    beginResetModel();
    m_cell = cell;
    refilter();
    endResetModel();
    emit filterChanged();
}

const AnsweredPicture& AnswerFilter::at(const QModelIndex& index) const {
    return m_answers.at(m_rows[static_cast<std::size_t>(index.row())]);
}

bool AnswerFilter::accepts(int sourceRow) const {
    const AnsweredPicture& picture = m_answers.at(sourceRow);
    if (m_cell && !m_cell->holds(picture)) return false;
    switch (m_show) {
        case Show::kAll:
            return true;
        case Show::kDisagreements:
            return picture.disagree();
        case Show::kLeastSure:
            return picture.answered();
        case Show::kWrong:
            return picture.wrong();
        case Show::kUnreadable:
            return picture.state == AnsweredPicture::State::kFailed;
    }
    return true;
}

void AnswerFilter::refilter() {
    m_rows.clear();
    for (int row = 0; row < m_answers.rowCount(); ++row) {
        if (accepts(row)) m_rows.push_back(row);
    }
    m_rows = sorted(std::move(m_rows));
    m_inOrder = true;
    findPlaces();
}

void AnswerFilter::findPlaces() {
    m_places.assign(static_cast<std::size_t>(m_answers.rowCount()), -1);
    for (std::size_t i = 0; i < m_rows.size(); ++i) m_places[static_cast<std::size_t>(m_rows[i])] = static_cast<int>(i);
}

// ---- order ----------------------------------------------------------------------------------------------------------

std::vector<int> AnswerFilter::sorted(std::vector<int> rows) const {
    std::sort(rows.begin(), rows.end());
    if (m_column == kUnsorted) return rows;
    struct Keyed {
        int row;
        double key;
    };
    std::vector<Keyed> known;
    std::vector<int> unknown;
    std::vector<QString> texts;
    for (const int row : rows) {
        const QVariant value = m_answers.index(row, m_column).data(AnswerModel::kSortRole);
        if (!value.isValid()) {
            unknown.push_back(row);
            continue;
        }
        const bool isText = value.userType() == QMetaType::QString;
        known.push_back({row, isText ? 0 : value.toDouble()});
        if (isText) texts.push_back(value.toString());
    }
    if (!texts.empty()) {
        const std::vector<double> ranks = ranksOf(texts);
        for (std::size_t i = 0; i < known.size(); ++i) known[i].key = ranks[i];
    }
    const bool falling = m_order == Qt::DescendingOrder;
    std::stable_sort(known.begin(), known.end(),
                     [&](const Keyed& a, const Keyed& b) { return falling ? a.key > b.key : a.key < b.key; });
    rows.clear();
    for (const Keyed& entry : known) rows.push_back(entry.row);
    rows.insert(rows.end(), unknown.begin(), unknown.end());
    return rows;
}

void AnswerFilter::sort(int column, Qt::SortOrder order) {
    m_column = column < 0 || column >= AnswerModel::kColumns ? kUnsorted : column;
    m_order = order;
    emit layoutAboutToBeChanged({}, VerticalSortHint);
    const QModelIndexList before = persistentIndexList();
    std::vector<int> kept;
    for (const QModelIndex& index : before) kept.push_back(m_rows[static_cast<std::size_t>(index.row())]);
    m_rows = sorted(std::move(m_rows));
    m_inOrder = true;
    findPlaces();
    QModelIndexList after;
    for (qsizetype i = 0; i < before.size(); ++i) {
        const int row = m_places[static_cast<std::size_t>(kept[static_cast<std::size_t>(i)])];
        after << createIndex(row, before[i].column());
    }
    changePersistentIndexList(before, after);
    emit layoutChanged({}, VerticalSortHint);
}

// ---- what answers change --------------------------------------------------------------------------------------------

void AnswerFilter::show(std::vector<int> sourceRows) {
    if (sourceRows.empty()) return;
    if (m_column != kUnsorted) {
        m_inOrder = false;
        const int first = rowCount();
        beginInsertRows({}, first, first + static_cast<int>(sourceRows.size()) - 1);
        m_rows.insert(m_rows.end(), sourceRows.begin(), sourceRows.end());
        findPlaces();
        endInsertRows();
        return;
    }
    // Stretches between which nothing is shown, from the last one to the first.
    for (std::size_t end = sourceRows.size(); end > 0;) {
        const auto place = std::upper_bound(m_rows.begin(), m_rows.end(), sourceRows[end - 1]);
        std::size_t begin = end - 1;
        while (begin > 0 && (place == m_rows.begin() || sourceRows[begin - 1] > *(place - 1))) --begin;
        const int first = static_cast<int>(place - m_rows.begin());
        beginInsertRows({}, first, first + static_cast<int>(end - begin) - 1);
        m_rows.insert(place, sourceRows.begin() + static_cast<std::ptrdiff_t>(begin),
                      sourceRows.begin() + static_cast<std::ptrdiff_t>(end));
        findPlaces();
        endInsertRows();
        end = begin;
    }
}

void AnswerFilter::hide(std::vector<int> rows) {
    std::sort(rows.begin(), rows.end());
    forStretches(rows, [this](int first, int last) {
        beginRemoveRows({}, first, last);
        m_rows.erase(m_rows.begin() + first, m_rows.begin() + last + 1);
        findPlaces();
        endRemoveRows();
    });
}

void AnswerFilter::sourceChanged(const QModelIndex& first, const QModelIndex& last) {
    std::vector<int> changed, fits, fitsNoMore;
    for (int row = first.row(); row <= last.row(); ++row) {
        const int place = m_places[static_cast<std::size_t>(row)];
        const bool fit = accepts(row);
        if (fit && place < 0) fits.push_back(row);
        if (fit && place >= 0) changed.push_back(place);
        if (!fit && place >= 0) fitsNoMore.push_back(place);
    }
    if (m_column != kUnsorted && !changed.empty()) m_inOrder = false;
    std::sort(changed.begin(), changed.end());
    forStretches(changed,
                 [&](int from, int to) { emit dataChanged(index(from, first.column()), index(to, last.column())); });
    hide(std::move(fitsNoMore));
    show(std::move(fits));
}

void AnswerFilter::sourceInserted(int first, int last) {
    const int count = last - first + 1;
    for (int& row : m_rows) row += row >= first ? count : 0;
    findPlaces();
    std::vector<int> fits;
    for (int row = first; row <= last; ++row) {
        if (accepts(row)) fits.push_back(row);
    }
    show(std::move(fits));
}

void AnswerFilter::sourceToBeRemoved(int first, int last) {
    std::vector<int> rows;
    for (int row = first; row <= last; ++row) {
        if (const int place = m_places[static_cast<std::size_t>(row)]; place >= 0) rows.push_back(place);
    }
    hide(std::move(rows));
}

void AnswerFilter::sourceRemoved(int first, int last) {
    const int count = last - first + 1;
    for (int& row : m_rows) row -= row > last ? count : 0;
    findPlaces();
}

// ---- as a model -----------------------------------------------------------------------------------------------------

int AnswerFilter::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int AnswerFilter::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : AnswerModel::kColumns;
}

QModelIndex AnswerFilter::index(int row, int column, const QModelIndex& parent) const {
    return hasIndex(row, column, parent) ? createIndex(row, column) : QModelIndex();
}

QModelIndex AnswerFilter::sibling(int row, int column, const QModelIndex& /*of*/) const {
    return index(row, column);
}

QVariant AnswerFilter::headerData(int section, Qt::Orientation orientation, int role) const {
    return m_answers.headerData(section, orientation, role);
}

QModelIndex AnswerFilter::mapToSource(const QModelIndex& index) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    return m_answers.index(m_rows[static_cast<std::size_t>(index.row())], index.column());
}

QModelIndex AnswerFilter::mapFromSource(const QModelIndex& index) const {
    if (!index.isValid() || index.row() >= static_cast<int>(m_places.size())) return {};
    const int place = m_places[static_cast<std::size_t>(index.row())];
    return place < 0 ? QModelIndex() : createIndex(place, index.column());
}

}  // namespace condenser
