#include "pages/run_details.h"

#include <QEvent>
#include <QHeaderView>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>

#include "look/elided_label.h"
#include "look/format.h"
#include "look/look.h"
#include "models/run_words.h"

namespace condenser {
namespace {

constexpr int kSaveMs = 1000;
constexpr int kNoteHeight = 52, kNarrowest = 264;  // pixels
constexpr int kLeastColumn = 84;
constexpr int kLongestNote = 10'000;

}  // namespace

RunDetails::RunDetails(QWidget* parent)
    : QFrame(parent),
      m_title(new ElidedLabel),
      m_words(new QLabel),
      m_note(new QPlainTextEdit),
      m_toggle(new QPushButton),
      m_settings(new QTableView) {
    setObjectName(QStringLiteral("runDetails"));
    setLook(this, "card");
    setMinimumWidth(kNarrowest);
    m_title->setObjectName(QStringLiteral("runDetailsTitle"));
    m_title->setTextFormat(Qt::PlainText);
    setLook(m_title, "strong");
    m_words->setObjectName(QStringLiteral("runDetailsWords"));
    m_words->setTextFormat(Qt::PlainText);
    m_words->setWordWrap(true);
    m_words->setTextInteractionFlags(Qt::TextSelectableByMouse);
    setLook(m_words, "tone", "muted");

    m_note->setObjectName(QStringLiteral("runNoteEditor"));
    m_note->setAccessibleName(tr("Note about the run"));
    m_note->setPlaceholderText(tr("Note: what is there to remember?"));
    m_note->setTabChangesFocus(true);
    m_note->setFixedHeight(kNoteHeight);
    m_note->setAcceptDrops(false);
    m_note->installEventFilter(this);

    m_toggle->setObjectName(QStringLiteral("runSettingsToggle"));
    m_toggle->setCheckable(true);
    m_toggle->setChecked(true);
    setLook(m_toggle, "role", "quiet");
    m_settings->setObjectName(QStringLiteral("runSettings"));
    m_settings->setAccessibleName(tr("Settings of the selected runs"));
    m_settings->setModel(&m_model);
    m_settings->setShowGrid(false);
    m_settings->setWordWrap(false);
    m_settings->setTabKeyNavigation(false);
    m_settings->setSelectionMode(QAbstractItemView::SingleSelection);
    m_settings->setCornerButtonEnabled(false);
    m_settings->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_settings->verticalHeader()->hide();
    m_settings->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_settings->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 6);
    m_settings->horizontalHeader()->setHighlightSections(false);
    m_settings->horizontalHeader()->setTextElideMode(Qt::ElideMiddle);
    m_settings->setTextElideMode(Qt::ElideMiddle);
    m_settings->horizontalHeader()->setStretchLastSection(true);
    const auto collapse = [this](bool open) {
        m_settings->setVisible(open);
        m_toggle->setText(open ? tr("▾ Settings") : tr("▸ Settings"));
        m_toggle->setAccessibleName(open ? tr("Hide the settings") : tr("Show the settings"));
    };
    connect(m_toggle, &QPushButton::toggled, this, collapse);
    collapse(true);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 8, 8, 8);
    layout->setSpacing(4);
    layout->addWidget(m_title);
    layout->addWidget(m_words);
    layout->addWidget(m_note);
    layout->addWidget(m_toggle, 0, Qt::AlignLeft);
    layout->addWidget(m_settings, 1);
    layout->addStretch(0);

    m_saveSoon.setSingleShot(true);
    m_saveSoon.setInterval(kSaveMs);
    connect(&m_saveSoon, &QTimer::timeout, this, &RunDetails::saveNote);
    connect(m_note, &QPlainTextEdit::textChanged, this, [this] {
        if (!m_folder.empty() && m_note->toPlainText() != m_saved) m_saveSoon.start();
    });
    show({});
}

RunDetails::~RunDetails() = default;

void RunDetails::show(const std::vector<RunSummary>& selected) {
    const bool one = selected.size() == 1;
    const std::filesystem::path folder = one ? selected.front().folder : std::filesystem::path();
    if (folder != m_folder) saveNote();
    m_model.setRuns(selected);
    m_settings->horizontalHeader()->setVisible(!one);
    fitColumns();
    m_note->setVisible(one);
    m_toggle->setVisible(one && selected.front().problem.empty());
    m_settings->setVisible(m_model.rowCount() > 0 && (!one || m_toggle->isChecked()));
    if (one) {
        const RunSummary& run = selected.front();
        m_title->setText(QString::fromStdString(run.name));
        QString words = runStateSentence(run);
        if (!run.noteProblem.empty()) words += u' ' + QString::fromStdString(run.noteProblem);
        m_words->setText(words);
        showNote(run);
    } else if (selected.empty()) {
        m_title->setText(tr("No run is selected"));
        m_words->setText(tr("Select one to see its settings and write a note, or several to see in what they differ."));
    } else {
        m_title->setText(tr("%1 runs selected").arg(selected.size()));
        m_words->setText(m_model.rowCount() > 0 ? tr("Settings that differ:")
                                                : tr("They have the same settings in everything."));
    }
    m_folder = folder;
}

// The names of the settings whole, the runs side by side as far as that goes.
void RunDetails::fitColumns() {
    m_settings->resizeColumnToContents(0);
    const int runs = m_model.columnCount() - 1;
    if (runs < 1) return;
    const int room = (m_settings->viewport()->width() - m_settings->columnWidth(0)) / runs;
    for (int i = 1; i <= runs; ++i) m_settings->setColumnWidth(i, std::max(room, kLeastColumn));
}

void RunDetails::resizeEvent(QResizeEvent* event) {
    QFrame::resizeEvent(event);
    fitColumns();
}

void RunDetails::showNote(const RunSummary& run) {
    const QString note = QString::fromStdString(run.note);
    // What is being written is not overwritten by what was read meanwhile.
    const bool editing = run.folder == m_folder && m_note->toPlainText() != m_saved;
    if (editing || (run.folder == m_folder && note == m_saved)) return;
    m_folder = run.folder;
    m_saved = note;
    m_note->setPlainText(note);
}

void RunDetails::saveNote() {
    m_saveSoon.stop();
    if (m_folder.empty()) return;
    const QString note = m_note->toPlainText().left(kLongestNote);
    if (note == m_saved) return;
    m_saved = note;
    emit noteChanged(m_folder, note);
}

void RunDetails::editNote() {
    m_note->setFocus(Qt::ShortcutFocusReason);
}

bool RunDetails::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_note && (event->type() == QEvent::FocusOut || event->type() == QEvent::Hide)) saveNote();
    return QFrame::eventFilter(watched, event);
}

}  // namespace condenser
