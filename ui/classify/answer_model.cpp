#include "classify/answer_model.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "look/format.h"

namespace condenser {

double AnsweredPicture::margin() const {
    return condensed.size() < 2 ? 1 : condensed[0].probability - condensed[1].probability;
}

int AnswerModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int AnswerModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kColumns;
}

QVariant AnswerModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
    static const QStringList heads{tr("Picture"), tr("Answer"),     tr("Confidence"), tr("Margin"),
                                   tr("Agree"),   tr("True class"), tr("Dense, ms"),  tr("Condensed, ms")};
    return heads.value(section);
}

QVariant AnswerModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    if (role != Qt::DisplayRole && role != Qt::AccessibleTextRole) return {};
    const AnsweredPicture& picture = at(index.row());
    switch (picture.state) {
        case AnsweredPicture::State::kWaiting:
            return tr("%1: waiting").arg(picture.name);
        case AnsweredPicture::State::kFailed:
            return tr("%1: %2").arg(picture.name, picture.problem);
        case AnsweredPicture::State::kAnswered:
            break;
    }
    if (!picture.answered()) return picture.name;
    return tr("%1: %2, %3")
        .arg(picture.name, QString::fromStdString(picture.best().name), formatShare(picture.best().probability));
}

void AnswerModel::add(std::vector<AnsweredPicture> pictures, std::size_t most) {
    pictures.resize(std::min(pictures.size(), most - std::min(most, m_rows.size())));
    if (pictures.empty()) return;
    const int first = rowCount();
    beginInsertRows({}, first, first + static_cast<int>(pictures.size()) - 1);
    for (AnsweredPicture& picture : pictures) m_rows.push_back({m_nextId++, std::move(picture)});
    count();
    endInsertRows();
}

void AnswerModel::clear() {
    beginResetModel();
    m_rows.clear();
    count();
    endResetModel();
}

std::vector<AnswerModel::Row> AnswerModel::remove(std::vector<int> rows) {
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    std::vector<Row> removed;
    removed.reserve(rows.size());
    for (const int row : rows) removed.push_back(m_rows[static_cast<std::size_t>(row)]);
    // From the end, a stretch of neighbours at a time, so that the numbers of those before stay right.
    for (std::size_t end = rows.size(); end > 0;) {
        std::size_t begin = end - 1;
        while (begin > 0 && rows[begin - 1] == rows[begin] - 1) --begin;
        beginRemoveRows({}, rows[begin], rows[end - 1]);
        m_rows.erase(m_rows.begin() + rows[begin], m_rows.begin() + rows[end - 1] + 1);
        count();
        endRemoveRows();
        end = begin;
    }
    return removed;
}

void AnswerModel::putBack(std::vector<Row> rows) {
    const auto before = [](const Row& row, qint64 id) { return row.id < id; };
    // Likewise: neighbours are those between which nothing stands now.
    for (std::size_t begin = 0; begin < rows.size();) {
        const auto place = std::lower_bound(m_rows.begin(), m_rows.end(), rows[begin].id, before);
        std::size_t end = begin + 1;
        while (end < rows.size() && (place == m_rows.end() || rows[end].id < place->id)) ++end;
        const int first = static_cast<int>(place - m_rows.begin());
        beginInsertRows({}, first, first + static_cast<int>(end - begin) - 1);
        m_rows.insert(place, std::make_move_iterator(rows.begin() + static_cast<std::ptrdiff_t>(begin)),
                      std::make_move_iterator(rows.begin() + static_cast<std::ptrdiff_t>(end)));
        count();
        endInsertRows();
        begin = end;
    }
}

void AnswerModel::askAgain() {
    if (m_rows.empty()) return;
    for (Row& row : m_rows) row.picture.state = AnsweredPicture::State::kWaiting;
    count();
    emit dataChanged(index(0, 0), index(rowCount() - 1, kColumns - 1));
}

void AnswerModel::take(const std::vector<Answer>& answers) {
    for (const Answer& answer : answers) {
        // Ids rise with the rows.
        const auto found = std::lower_bound(m_rows.begin(), m_rows.end(), answer.id,
                                            [](const Row& row, qint64 id) { return row.id < id; });
        if (found == m_rows.end() || found->id != answer.id) continue;
        AnsweredPicture& picture = found->picture;
        if (answer.result) {
            const Prediction& prediction = *answer.result;
            picture.state = AnsweredPicture::State::kAnswered;
            picture.seen = answer.seen;
            picture.dense = prediction.forms.front().top;
            picture.condensed = prediction.forms.back().top;
            picture.denseMs = prediction.forms.front().milliseconds;
            picture.condensedMs = prediction.forms.back().milliseconds;
            picture.width = prediction.width;
            picture.height = prediction.height;
            picture.model = answer.model.name;
            if (!answer.model.detail.isEmpty()) picture.model += QStringLiteral(" · ") + answer.model.detail;
            picture.modelFile = answer.model.file;
            picture.outstandingSteps = answer.outstandingSteps;
            picture.truth = classOfFolder(picture.path.string(), answer.model.file->classes);
            picture.problem.clear();
        } else {
            const Error& error = answer.result.error();
            picture.state = AnsweredPicture::State::kFailed;
            picture.problem = errorDetail(error);
            if (picture.problem.isEmpty()) picture.problem = errorTitle(error);
        }
        const int row = static_cast<int>(found - m_rows.begin());
        emit dataChanged(index(row, 0), index(row, kColumns - 1));
    }
    count();
}

void AnswerModel::count() {
    m_counts = {};
    for (const Row& row : m_rows) {
        const AnsweredPicture& picture = row.picture;
        m_counts.waiting += picture.state == AnsweredPicture::State::kWaiting;
        m_counts.failed += picture.state == AnsweredPicture::State::kFailed;
        if (!picture.answered()) continue;
        ++m_counts.answered;
        m_counts.disagreeing += !picture.agree();
        m_counts.judged += picture.truth >= 0;
        m_counts.wrong += picture.wrong();
    }
}

std::vector<PictureRequest> AnswerModel::waiting() const {
    std::vector<PictureRequest> requests;
    for (const Row& row : m_rows) {
        if (row.picture.state != AnsweredPicture::State::kWaiting) continue;
        requests.push_back({row.id, row.picture.path, row.picture.picture});
    }
    return requests;
}

std::vector<JudgedAnswer> AnswerModel::judged(Variant variant) const {
    std::vector<JudgedAnswer> answers;
    for (const Row& row : m_rows) {
        if (!row.picture.answered()) continue;
        const ClassProbability& best =
            variant == Variant::kDense ? row.picture.dense.front() : row.picture.condensed.front();
        answers.push_back({row.picture.truth, best.index, best.probability});
    }
    return answers;
}

}  // namespace condenser
