#include "classify/answer_export.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <chrono>
#include <utility>

#include "base/atomic_file.h"
#include "look/format.h"
#include "look/save_dialog.h"
#include "plots/exhibit_menu.h"
#include "session/guarded.h"

namespace condenser {
namespace {

constexpr auto kBetweenReports = std::chrono::milliseconds(100);

std::string nameOf(const AnsweredPicture& picture) {
    return picture.path.empty() ? picture.name.toStdString() : picture.path.string();
}

AnswerRow rowOf(const AnsweredPicture& picture) {
    AnswerRow row;
    row.file = nameOf(picture);
    row.problem = picture.problem.toStdString();
    if (!picture.answered()) return row;
    row.answer = {picture.best().name, picture.best().probability};
    row.margin = picture.margin();
    row.dense = {picture.dense.front().name, picture.dense.front().probability};
    row.agree = picture.agree();
    row.denseMs = picture.denseMs;
    row.condensedMs = picture.condensedMs;
    if (picture.truth >= 0 && picture.modelFile != nullptr)
        row.truth = picture.modelFile->classes.at(static_cast<std::size_t>(picture.truth));
    return row;
}

// Of whoever answered: names of the classes by their numbers.
std::vector<std::string> classesOf(const AnswerModel& answers) {
    for (int row = 0; row < answers.rowCount(); ++row) {
        const AnsweredPicture& picture = answers.at(row);
        if (picture.answered() && picture.modelFile != nullptr) return picture.modelFile->classes;
    }
    return {};
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
    connect(answers, &QAction::triggered, this, [this] {
        askForCsv(tr("Export the answers"), tr("answers"),
                  [this, rows = rows()](const std::filesystem::path& file) { writeRows(file, rows); });
    });
    connect(matrix, &QAction::triggered, this, [this] {
        askForCsv(tr("Export the confusion matrix"), tr("confusion-matrix"),
                  [this, judged = m_answers.judged(Variant::kCondensed), classes = classesOf(m_answers)](
                      const std::filesystem::path& file) { writeMatrix(file, judged, classes); });
    });
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

QString AnswerExport::csv() const {
    return QString::fromStdString(answerTable(rows()));
}

// ---- tables ---------------------------------------------------------------------------------------------------------

void AnswerExport::askForCsv(const QString& title, const QString& name,
                             std::function<void(const std::filesystem::path& file)> chosen) {
    askWhereToSave(m_owner, {title, ExhibitMenu::folder(), name, {tr("Table of numbers (*.csv)")}},
                   [chosen = std::move(chosen)](const QString& file) {
                       ExhibitMenu::setFolder(QFileInfo(file).path());
                       chosen(toPath(file));
                   });
}

void AnswerExport::writeAnswers(const std::filesystem::path& file) {
    writeRows(file, rows());
}

void AnswerExport::writeConfusion(const std::filesystem::path& file) {
    writeMatrix(file, m_answers.judged(Variant::kCondensed), classesOf(m_answers));
}

void AnswerExport::writeRows(const std::filesystem::path& file, std::vector<AnswerRow> rows) {
    const QString words = tr("%1 saved in %2").arg(formatPlural(std::ssize(rows), tr("answer"), tr("answers")));
    write(file, words.arg(toQString(file)), [rows = std::move(rows)] { return answerTable(rows); });
}

void AnswerExport::writeMatrix(const std::filesystem::path& file, std::vector<JudgedAnswer> judged,
                               std::vector<std::string> classes) {
    write(file, tr("Confusion matrix saved in %1").arg(toQString(file)),
          [judged = std::move(judged), classes = std::move(classes)] {
              return confusionCsv(statisticsOf(judged, static_cast<int>(classes.size())), classes);
          });
}

void AnswerExport::write(const std::filesystem::path& file, const QString& words, std::function<std::string()> text) {
    m_writer.post([this, file, words, text = std::move(text)](const std::stop_token& /*stop*/) {
        const auto written = guarded("cannot export", file.string(), [&] { return writeFileAtomically(file, text()); });
        QMetaObject::invokeMethod(
            this,
            [this, words, written] {
                if (written) {
                    emit exported(words);
                } else {
                    emit exportFailed(written.error());
                }
            },
            Qt::QueuedConnection);
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

void AnswerExport::copyPictures(const std::filesystem::path& folder) {
    copy(folder, pictures());
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
