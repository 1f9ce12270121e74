#include "classify/answer_export.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <chrono>
#include <memory>
#include <utility>

#include "base/atomic_file.h"
#include "classify/answer_words.h"
#include "look/format.h"
#include "look/save_dialog.h"
#include "plots/exhibit_menu.h"
#include "session/guarded.h"

namespace condenser {
namespace {

constexpr auto kBetweenReports = std::chrono::milliseconds(100);

AnswerRow rowOf(const AnsweredPicture& picture) {
    const std::string file = picture.path.empty() ? picture.name.toStdString() : picture.path.string();
    if (picture.answered()) return answerRow(file, picture.said, trueClassOf(picture).toStdString());
    AnswerRow row;
    row.file = file;
    row.problem = picture.problem.toStdString();
    return row;
}

QAction* add(QMenu& menu, const QString& text, const char* objectName) {
    QAction* action = menu.addAction(text);
    action->setObjectName(QString::fromLatin1(objectName));
    return action;
}

}  // namespace

AnswerExport::AnswerExport(AnswerModel& model, AnswerFilter& filter, QWidget* owner)
    : QObject(owner), m_answers(model), m_filter(filter), m_owner(owner) {}

AnswerExport::~AnswerExport() {
    m_cancel.request_stop();
}

void AnswerExport::addTo(QMenu& menu) {
    QAction* answers = add(menu, tr("Answers as CSV…"), "exportAnswers");
    QAction* matrix = add(menu, tr("Confusion matrix as CSV…"), "exportConfusionCsv");
    QAction* copies = add(menu, tr("Copy pictures into class folders…"), "copyPictures");
    QAction* stop = add(menu, tr("Stop copying"), "stopCopying");
    connect(answers, &QAction::triggered, this, &AnswerExport::exportAnswers);
    connect(matrix, &QAction::triggered, this, &AnswerExport::exportConfusion);
    connect(copies, &QAction::triggered, this, &AnswerExport::askForFolder);
    connect(stop, &QAction::triggered, this, &AnswerExport::cancel);
    const auto update = [=, this] {
        answers->setEnabled(m_filter.rowCount() > 0);
        matrix->setEnabled(m_answers.counts().judged > 0);
        copies->setEnabled(!m_copying && m_answers.counts().answered > 0 && m_filter.rowCount() > 0);
        stop->setVisible(m_copying);
    };
    connect(&menu, &QMenu::aboutToShow, this, update);
    update();
}

// ---- what is taken out ----------------------------------------------------------------------------------------------

std::vector<AnswerRow> AnswerExport::rows() const {
    std::vector<AnswerRow> rows;
    rows.reserve(static_cast<std::size_t>(m_filter.rowCount()));
    for (int row = 0; row < m_filter.rowCount(); ++row) rows.push_back(rowOf(m_filter.at(m_filter.index(row, 0))));
    return rows;
}

std::vector<SortedPicture> AnswerExport::pictures() const {
    std::vector<SortedPicture> pictures;
    for (int row = 0; row < m_filter.rowCount(); ++row) {
        const AnsweredPicture& picture = m_filter.at(m_filter.index(row, 0));
        if (!picture.answered()) continue;
        const std::string name = picture.path.empty() ? picture.name.toStdString() : picture.path.filename().string();
        pictures.push_back({picture.path, picture.picture, name, picture.best().name});
    }
    return pictures;
}

// ---- tables ---------------------------------------------------------------------------------------------------------

void AnswerExport::exportAnswers() {
    const auto shown = std::make_shared<const std::vector<AnswerRow>>(rows());
    askForCsv(tr("Export the answers"), tr("answers"),
              tr("%1 saved in %2").arg(formatPlural(std::ssize(*shown), tr("answer"), tr("answers"))),
              [shown] { return answerTable(*shown); });
}

void AnswerExport::exportConfusion() {
    const AnsweredPicture* any = m_answers.anyAnswered();
    if (any == nullptr) return;
    askForCsv(tr("Export the confusion matrix"), tr("confusion-matrix"), tr("Confusion matrix saved in %1"),
              [judged = m_answers.judged(m_answers.speaking()), model = any->modelFile] {
                  return confusionCsv(statisticsOf(judged, static_cast<int>(model->classes.size())), model->classes);
              });
}

void AnswerExport::askForCsv(const QString& title, const QString& name, const QString& words,
                             std::function<std::string()> text) {
    askWhereToSave(
        m_owner, {title, ExhibitMenu::folder(), name, {tr("Table of numbers (*.csv)")}},
        [this, words, text = std::move(text)](const QString& file) {
            ExhibitMenu::setFolder(QFileInfo(file).path());
            m_writer.post([this, path = toPath(file), words = words.arg(file), text](const std::stop_token& /*stop*/) {
                const auto written =
                    guarded("cannot export", path.string(), [&] { return writeFileAtomically(path, text()); });
                QMetaObject::invokeMethod(
                    this,
                    [this, words, written] { written ? emit exported(words) : emit exportFailed(written.error()); },
                    Qt::QueuedConnection);
            });
        });
}

// ---- pictures -------------------------------------------------------------------------------------------------------

void AnswerExport::askForFolder() {
    auto* dialog = new QFileDialog(m_owner, tr("Copy pictures into class folders below"), ExhibitMenu::folder());
    dialog->setObjectName(QStringLiteral("copyPicturesDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    dialog->setLabelText(QFileDialog::Accept, tr("Copy here"));
    connect(dialog, &QFileDialog::fileSelected, this, [this, shown = pictures()](const QString& folder) {
        ExhibitMenu::setFolder(folder);
        copy(toPath(folder), shown);
    });
    dialog->open();
}

void AnswerExport::copy(const std::filesystem::path& folder, std::vector<SortedPicture> pictures) {
    if (m_copying) return;
    m_copying = true;
    m_cancel = std::stop_source();
    emit busyChanged();
    emit progress(0, std::ssize(pictures));
    m_copier.post([this, folder, pictures = std::move(pictures), cancel = m_cancel](const std::stop_token& stop) {
        auto cancelled = cancel;
        const std::stop_callback both(stop, [&] { cancelled.request_stop(); });
        using Clock = std::chrono::steady_clock;
        auto told = Clock::now();
        const auto copies = guarded("cannot copy the pictures", folder.string(), [&] {
            return copySorted(pictures, folder, cancelled.get_token(), [&](std::int64_t done, std::int64_t total) {
                if (done < total && Clock::now() - told < kBetweenReports) return;
                told = Clock::now();
                QMetaObject::invokeMethod(
                    this, [this, done, total] { emit progress(done, total); }, Qt::QueuedConnection);
            });
        });
        QMetaObject::invokeMethod(
            this, [this, folder, copies] { copied(folder, copies); }, Qt::QueuedConnection);
    });
}

void AnswerExport::copied(const std::filesystem::path& folder, const Result<SortedCopies>& copies) {
    m_copying = false;
    emit busyChanged();
    if (!copies) {
        if (copies.error().code != ErrorCode::kCancelled) {
            emit exportFailed(copies.error());
        } else {
            emit exported(tr("Copying to %1: %2").arg(toQString(folder), QString::fromStdString(copies.error().why)));
        }
        return;
    }
    QString words = copies->copied == 1
                        ? tr("1 picture was copied to %1.").arg(toQString(folder))
                        : tr("%1 pictures were copied to %2.").arg(formatCount(copies->copied), toQString(folder));
    if (!copies->failed.empty()) {
        words += u' ' + tr("%1 could not be read, the first of them: %2")
                            .arg(formatCount(std::ssize(copies->failed)), errorWords(copies->failed.front()));
    }
    emit exported(words);
}

void AnswerExport::cancel() {
    m_cancel.request_stop();
}

}  // namespace condenser
