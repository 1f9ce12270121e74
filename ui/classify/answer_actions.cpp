#include "classify/answer_actions.h"

#include <QAbstractItemView>
#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QItemSelectionModel>
#include <algorithm>
#include <memory>
#include <numeric>

#include "classify/answer_filter.h"
#include "classify/answer_words.h"
#include "look/format.h"

namespace condenser {

AnswerActions::AnswerActions(AnswerModel& answers, const AnswerFilter& filter, const InferenceSession& session,
                             const QItemSelectionModel& selection, QObject* parent)
    : QObject(parent), m_answers(answers), m_filter(filter), m_session(session), m_selection(selection) {
    const auto add = [&](const QString& name, const QList<QKeySequence>& keys, const auto& act) {
        auto* action = new QAction(name, this);
        action->setShortcuts(keys);
        action->setShortcutContext(Qt::WidgetShortcut);
        connect(action, &QAction::triggered, this, act);
        connect(&selection, &QItemSelectionModel::selectionChanged, action,
                [this, action] { action->setEnabled(m_selection.hasSelection()); });
        m_actions << action;
    };
    add(tr("Copy answers as text"), {QKeySequence::Copy}, &AnswerActions::copy);
    add(tr("Take out of the list"), {QKeySequence::Delete}, [this] { takeOut(selectedRows()); });
    add(tr("To its answers"), {Qt::Key_Return, Qt::Key_Enter}, &AnswerActions::answerWanted);
}

void AnswerActions::addTo(QAbstractItemView& view) {
    view.addActions(m_actions);
    view.setContextMenuPolicy(Qt::ActionsContextMenu);
    connect(&view, &QAbstractItemView::doubleClicked, this, &AnswerActions::answerWanted);
}

void AnswerActions::takeOutAll() {
    std::vector<int> all(static_cast<std::size_t>(m_answers.rowCount()));
    std::iota(all.begin(), all.end(), 0);
    takeOut(all);
}

std::vector<int> AnswerActions::selectedRows() const {
    std::vector<int> rows;
    for (const QModelIndex& index : m_selection.selectedRows()) rows.push_back(index.row());
    std::sort(rows.begin(), rows.end());
    for (int& row : rows) row = m_filter.mapToSource(m_filter.index(row, 0)).row();
    return rows;
}

void AnswerActions::takeOut(const std::vector<int>& rows) {
    if (rows.empty()) return;
    const bool asked = m_session.busy();
    const auto kept = std::make_shared<std::vector<AnswerModel::Row>>(m_answers.remove(rows));
    const auto count = std::ssize(*kept);
    emit takenOut(count == 1 ? tr("“%1” was taken out of the list.").arg(kept->front().picture.name)
                             : tr("%1 were taken out of the list.").arg(formatPlural(count, {}, tr("pictures"))),
                  [this, kept, asked] {
                      m_answers.putBack(std::move(*kept));
                      emit broughtBack(asked);
                  });
}

void AnswerActions::copy() {
    QStringList lines;
    for (const int row : selectedRows()) {
        const AnsweredPicture& picture = m_answers.at(row);
        QStringList cells{picture.name};
        if (picture.answered()) {
            cells << QString::fromStdString(picture.best().name) << formatShare(picture.best().probability);
            if (picture.disagree()) cells << otherAnswer(picture);
            if (picture.truth >= 0) cells << tr("true: %1").arg(trueClassOf(picture));
        } else {
            cells << picture.problem;
        }
        lines << cells.join(u'\t');
    }
    if (!lines.isEmpty()) QGuiApplication::clipboard()->setText(lines.join(u'\n'));
}

}  // namespace condenser
