#include "models/answer_model.h"

#include <algorithm>
#include <utility>

#include "look/format.h"
#include "session/data_preview.h"

namespace condenser {

int AnswerModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
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
    if (picture.top.empty()) return picture.name;
    return tr("%1: %2, %3")
        .arg(picture.name, QString::fromStdString(picture.top.front().name),
             formatShare(picture.top.front().probability));
}

void AnswerModel::add(std::vector<AnsweredPicture> pictures, std::size_t most) {
    if (pictures.empty()) return;
    pictures.resize(std::min(pictures.size(), most));
    beginInsertRows({}, 0, static_cast<int>(pictures.size()) - 1);
    std::vector<Row> rows;
    for (AnsweredPicture& picture : pictures) rows.push_back({m_nextId++, std::move(picture)});
    m_rows.insert(m_rows.begin(), std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end()));
    endInsertRows();
    if (m_rows.size() <= most) return;
    beginRemoveRows({}, static_cast<int>(most), static_cast<int>(m_rows.size()) - 1);
    m_rows.resize(most);
    endRemoveRows();
}

void AnswerModel::clear() {
    beginResetModel();
    m_rows.clear();
    endResetModel();
}

void AnswerModel::askAgain() {
    if (m_rows.empty()) return;
    for (Row& row : m_rows) row.picture.state = AnsweredPicture::State::kWaiting;
    emit dataChanged(index(0), index(rowCount() - 1));
}

void AnswerModel::take(const std::vector<Answer>& answers) {
    for (const Answer& answer : answers) {
        const auto found =
            std::find_if(m_rows.begin(), m_rows.end(), [&](const Row& row) { return row.id == answer.id; });
        if (found == m_rows.end()) continue;
        AnsweredPicture& picture = found->picture;
        if (answer.result) {
            const Prediction& prediction = *answer.result;
            picture.state = AnsweredPicture::State::kAnswered;
            picture.seen = toImage(prediction.seen);
            picture.top = prediction.top;
            picture.width = prediction.width;
            picture.height = prediction.height;
            picture.milliseconds = prediction.milliseconds;
            picture.model = answer.model.name;
            if (!answer.model.detail.isEmpty()) picture.model += QStringLiteral(" · ") + answer.model.detail;
            picture.variant = answer.model.file->variant;
            picture.problem.clear();
        } else {
            const Error& error = answer.result.error();
            picture.state = AnsweredPicture::State::kFailed;
            picture.problem = errorDetail(error);
            if (picture.problem.isEmpty()) picture.problem = errorTitle(error);
        }
        const QModelIndex changed = index(static_cast<int>(found - m_rows.begin()));
        emit dataChanged(changed, changed);
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

}  // namespace condenser
