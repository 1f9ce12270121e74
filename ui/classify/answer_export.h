// Answers taken out: as a table, as pictures sorted into folders, as a confusion matrix.
#pragma once

#include <QObject>
#include <QString>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <vector>

#include "classify/answer_filter.h"
#include "run/answer_table.h"
#include "run/sorted_copies.h"
#include "session/job_thread.h"

class QMenu;

namespace condenser {

// Files are written beside the window. What was shown when the menu was used is what is taken out, however long the
// dialog stays open. The condensed form's answers speak for the model.
class AnswerExport : public QObject {
    Q_OBJECT

  public:
    // All must outlive it. Dialogs stand over `owner`.
    AnswerExport(AnswerModel& model, AnswerFilter& filter, QWidget* owner);
    ~AnswerExport() override;

    // "Answers as CSV…" and "Copy pictures into class folders…", of what the filter shows in the order shown;
    // "Confusion matrix as CSV…", of all pictures whose class is known. While pictures are copied: "Stop copying".
    void addTo(QMenu& menu);
    // A row a picture, as `condenser-cli classify --csv` writes it.
    QString csv() const;
    bool busy() const { return m_copying; }  // pictures are being copied
    void cancel();

    // What the menu does once a place is chosen.
    void writeAnswers(const std::filesystem::path& file);
    void writeConfusion(const std::filesystem::path& file);
    void copyPictures(const std::filesystem::path& folder);  // does nothing while busy

  signals:
    void progress(qint64 done, qint64 total);  // of pictures copied; at most ten times a second
    void exported(const QString& words);       // "812 pictures were copied to …"
    void exportFailed(const Error& error);
    void busyChanged();

  private:
    std::vector<AnswerRow> rows() const;
    std::vector<SortedPicture> pictures() const;
    void write(const std::filesystem::path& file, const QString& words, std::function<std::string()> text);
    void writeRows(const std::filesystem::path& file, std::vector<AnswerRow> rows);
    void writeMatrix(const std::filesystem::path& file, std::vector<JudgedAnswer> judged,
                     std::vector<std::string> classes);
    void copy(const std::filesystem::path& folder, std::vector<SortedPicture> pictures);
    void copied(const std::filesystem::path& folder, const Result<SortedCopies>& copies);
    void askForCsv(const QString& title, const QString& name,
                   std::function<void(const std::filesystem::path& file)> chosen);
    void askForFolder();

    AnswerModel& m_answers;
    AnswerFilter& m_filter;
    QWidget* m_owner;
    bool m_copying = false;
    std::stop_source m_cancel;
    JobThread m_writer;
    JobThread m_copier;  // last: joined before anything that it uses goes
};

}  // namespace condenser
