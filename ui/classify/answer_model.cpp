#include "classify/answer_model.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "classify/answer_words.h"
#include "look/format.h"

namespace condenser {
namespace {

const QString kUnknown = QStringLiteral("—");

QString bestName(const AnsweredPicture& picture) {
    return QString::fromStdString(picture.best().name);
}

Variant variantOf(int column) {
    return column == AnswerModel::kDenseMs ? Variant::kDense : Variant::kCondensed;
}

// Of numbers on the right, heads as well.
int alignmentOf(int column) {
    const bool isNumber = column == AnswerModel::kConfidence || column == AnswerModel::kMargin ||
                          column == AnswerModel::kDenseMs || column == AnswerModel::kCondensedMs;
    return static_cast<int>((isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
}

void takeInto(AnsweredPicture& picture, const Answer& answer) {
    if (!answer.result) {
        const Error& error = answer.result.error();
        picture.state = AnsweredPicture::State::kFailed;
        picture.problem = errorDetail(error);
        if (picture.problem.isEmpty()) picture.problem = errorTitle(error);
        return;
    }
    picture.state = AnsweredPicture::State::kAnswered;
    picture.seen = answer.seen;
    picture.said = *answer.result;
    for (FormAnswer& form : picture.said.forms) form.logits = {};  // of 1000 classes, in thousands of rows
    picture.model = answer.model.name;
    if (!answer.model.detail.isEmpty()) picture.model += QStringLiteral(" · ") + answer.model.detail;
    picture.modelFile = answer.model.file;
    picture.outstandingSteps = answer.outstandingSteps;
    picture.noDense = answer.denseProblem ? errorWords(*answer.denseProblem) : QString();
    picture.truth = classOfFolder(picture.path.string(), answer.model.file->classes);
    picture.problem.clear();
}

}  // namespace

const FormAnswer* AnsweredPicture::form(Variant variant) const {
    for (const FormAnswer& form : said.forms) {
        if (form.variant == variant) return &form;
    }
    return nullptr;
}

int AnswerModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int AnswerModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kColumns;
}

QVariant AnswerModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole) return alignmentOf(section);
    static const QStringList heads{tr("Picture"), tr("Answer"),      tr("Confidence"), tr("Margin"),
                                   tr("Agree"),   tr("True\nclass"), tr("Dense\nms"),  tr("Cond.\nms")};
    static const QStringList whole{tr("Picture"),
                                   tr("Answer of the form that speaks for the model"),
                                   tr("Confidence: probability of the answer"),
                                   tr("Margin: lead of the answer over the second"),
                                   tr("Agree: whether both forms give the same answer"),
                                   tr("True class, which the folder names"),
                                   tr("Milliseconds of the dense network alone"),
                                   tr("Milliseconds of the condensed network alone")};
    if (role == Qt::AccessibleTextRole || role == Qt::ToolTipRole) return whole.value(section);
    return role == Qt::DisplayRole ? heads.value(section) : QVariant();
}

QVariant AnswerModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const AnsweredPicture& picture = at(index.row());
    const int column = index.column();
    switch (role) {
        case Qt::DisplayRole:
            return textOf(picture, column);
        case Qt::AccessibleTextRole: {
            const QString text = textOf(picture, column).toString();
            return text == kUnknown ? tr("not known") : text;
        }
        case Qt::ToolTipRole:
            if (picture.state == AnsweredPicture::State::kFailed) return picture.problem;
            if ((column == kAgreement || column == kDenseMs) && picture.answered() && !picture.noDense.isEmpty())
                return withoutDenseForm(picture);
            return column == kPicture && !picture.path.empty() ? QVariant(toQString(picture.path)) : QVariant();
        case Qt::TextAlignmentRole:
            return alignmentOf(column);
        case kSortRole:
            return sortKeyOf(picture, column);
        default:
            return {};
    }
}

QVariant AnswerModel::textOf(const AnsweredPicture& picture, int column) const {
    const bool answered = picture.answered();
    if (column == kPicture) {
        if (answered)
            return tr("%1: %2, %3").arg(picture.name, bestName(picture), formatShare(picture.best().probability));
        if (picture.state == AnsweredPicture::State::kWaiting) return tr("%1: waiting").arg(picture.name);
        return tr("%1: %2").arg(picture.name, picture.problem);
    }
    if (!answered) return kUnknown;
    switch (column) {
        case kAnswer:
            return bestName(picture);
        case kConfidence:
            return formatShare(picture.best().probability);
        case kMargin:
            return formatShare(picture.answer().margin());
        case kAgreement:
            if (!picture.bothForms()) return kUnknown;
            return picture.disagree() ? tr("no, %1").arg(otherAnswer(picture)) : tr("yes");
        case kTruth:
            return picture.truth < 0 ? kUnknown : trueClassOf(picture);
        case kDenseMs:
        case kCondensedMs: {
            const FormAnswer* form = picture.form(variantOf(column));
            return form == nullptr ? kUnknown : millisecondsOf(*form);
        }
        default:
            return {};
    }
}

QVariant AnswerModel::sortKeyOf(const AnsweredPicture& picture, int column) const {
    if (column == kPicture) return picture.name;
    if (!picture.answered()) return {};
    switch (column) {
        case kAnswer:
            return bestName(picture);
        case kConfidence:
            return picture.best().probability;
        case kMargin:
            return picture.answer().margin();
        case kAgreement:
            return picture.bothForms() ? QVariant(picture.disagree() ? 0 : 1) : QVariant();
        case kTruth:
            return picture.truth < 0 ? QVariant() : trueClassOf(picture);
        case kDenseMs:
        case kCondensedMs: {
            const FormAnswer* form = picture.form(variantOf(column));
            return form == nullptr ? QVariant() : QVariant(form->milliseconds);
        }
        default:
            return {};
    }
}

const AnsweredPicture* AnswerModel::anyAnswered() const {
    const auto found =
        std::find_if(m_rows.begin(), m_rows.end(), [](const Row& row) { return row.picture.modelFile != nullptr; });
    return found == m_rows.end() ? nullptr : &found->picture;
}

void AnswerModel::add(std::vector<AnsweredPicture> pictures, std::size_t most) {
    pictures.resize(std::min(pictures.size(), most - std::min(most, m_rows.size())));
    if (pictures.empty()) return;
    const int first = rowCount();
    beginInsertRows({}, first, first + static_cast<int>(pictures.size()) - 1);
    for (AnsweredPicture& picture : pictures) {
        count(picture, 1);
        m_rows.push_back({m_nextId++, std::move(picture)});
    }
    endInsertRows();
}

std::vector<AnswerModel::Row> AnswerModel::remove(std::vector<int> rows) {
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    std::vector<Row> removed;
    removed.reserve(rows.size());
    for (const int row : rows) {
        removed.push_back(m_rows[static_cast<std::size_t>(row)]);
        count(removed.back().picture, -1);
    }
    // From the end, a stretch of neighbours at a time, so that the numbers of those before stay right.
    for (std::size_t end = rows.size(); end > 0;) {
        std::size_t begin = end - 1;
        while (begin > 0 && rows[begin - 1] == rows[begin] - 1) --begin;
        beginRemoveRows({}, rows[begin], rows[end - 1]);
        m_rows.erase(m_rows.begin() + rows[begin], m_rows.begin() + rows[end - 1] + 1);
        endRemoveRows();
        end = begin;
    }
    return removed;
}

void AnswerModel::putBack(std::vector<Row> rows) {
    const auto before = [](const Row& row, qint64 id) { return row.id < id; };
    for (const Row& row : rows) count(row.picture, 1);
    // Likewise: neighbours are those between which nothing stands now.
    for (std::size_t begin = 0; begin < rows.size();) {
        const auto place = std::lower_bound(m_rows.begin(), m_rows.end(), rows[begin].id, before);
        std::size_t end = begin + 1;
        while (end < rows.size() && (place == m_rows.end() || rows[end].id < place->id)) ++end;
        const int first = static_cast<int>(place - m_rows.begin());
        beginInsertRows({}, first, first + static_cast<int>(end - begin) - 1);
        m_rows.insert(place, std::make_move_iterator(rows.begin() + static_cast<std::ptrdiff_t>(begin)),
                      std::make_move_iterator(rows.begin() + static_cast<std::ptrdiff_t>(end)));
        endInsertRows();
        begin = end;
    }
}

void AnswerModel::askAgain() {
    if (m_rows.empty()) return;
    for (Row& row : m_rows) row.picture.state = AnsweredPicture::State::kWaiting;
    m_counts = {};
    m_counts.waiting = rowCount();
    emit dataChanged(index(0, 0), index(rowCount() - 1, kColumns - 1));
}

void AnswerModel::take(const std::vector<Answer>& answers) {
    std::vector<int> changed;
    for (const Answer& answer : answers) {
        // Ids rise with the rows.
        const auto found = std::lower_bound(m_rows.begin(), m_rows.end(), answer.id,
                                            [](const Row& row, qint64 id) { return row.id < id; });
        if (found == m_rows.end() || found->id != answer.id) continue;
        count(found->picture, -1);
        takeInto(found->picture, answer);
        count(found->picture, 1);
        changed.push_back(static_cast<int>(found - m_rows.begin()));
    }
    std::sort(changed.begin(), changed.end());
    for (std::size_t begin = 0, end = 0; begin < changed.size(); begin = end) {
        for (end = begin + 1; end < changed.size() && changed[end] <= changed[end - 1] + 1;) ++end;
        emit dataChanged(index(changed[begin], 0), index(changed[end - 1], kColumns - 1));
    }
}

void AnswerModel::count(const AnsweredPicture& picture, int times) {
    m_counts.waiting += times * (picture.state == AnsweredPicture::State::kWaiting);
    m_counts.failed += times * (picture.state == AnsweredPicture::State::kFailed);
    if (!picture.answered()) return;
    m_counts.answered += times;
    m_counts.compared += times * picture.bothForms();
    m_counts.disagreeing += times * picture.disagree();
    m_counts.outstanding += times * (picture.outstandingSteps > 0);
    m_counts.judged += times * (picture.truth >= 0);
    m_counts.wrong += times * picture.wrong();
}

std::vector<PictureRequest> AnswerModel::waiting() const {
    std::vector<PictureRequest> requests;
    for (const Row& row : m_rows) {
        if (row.picture.state != AnsweredPicture::State::kWaiting) continue;
        requests.push_back({row.id, row.picture.path, row.picture.picture});
    }
    return requests;
}

Variant AnswerModel::speaking() const {
    const AnsweredPicture* any = anyAnswered();
    return any == nullptr ? Variant::kCondensed : any->answer().variant;
}

std::vector<JudgedAnswer> AnswerModel::judged(Variant variant) const {
    std::vector<JudgedAnswer> answers;
    const AnsweredPicture* any = anyAnswered();
    const ModelFile* last = nullptr;
    bool fits = false;
    for (const Row& row : m_rows) {
        if (row.picture.modelFile.get() != last) {
            last = row.picture.modelFile.get();
            fits = last != nullptr && last->classes == any->modelFile->classes;
        }
        if (!fits) continue;
        const FormAnswer* form = row.picture.answered() ? row.picture.form(variant) : nullptr;
        if (form != nullptr) answers.push_back({row.picture.truth, form->best().index, form->best().probability});
    }
    return answers;
}

}  // namespace condenser
