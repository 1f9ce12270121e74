// Answers taken out: as a table, as pictures sorted into folders, as a confusion matrix.
#pragma once

#include <QObject>
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
// dialog stays open.
class AnswerExport : public QObject {
    Q_OBJECT

  public:
    // All must outlive it. Dialogs stand over `owner`.
    AnswerExport(AnswerModel& model, AnswerFilter& filter, QWidget* owner);
    ~AnswerExport() override;

    // "Answers as CSV…" and "Copy pictures into class folders…", of what the filter shows in the order shown;
    // "Confusion matrix as CSV…", of all pictures whose class is known, by the form that speaks for the model. While
    // pictures are copied: "Stop copying".
    void addTo(QMenu& menu);
    bool busy() const { return m_copying; }  // pictures are being copied
    void cancel();

  signals:
    void progress(qint64 done, qint64 total);  // of pictures copied; at most ten times a second
    void exported(const QString& words);       // "812 pictures were copied to …"
    void exportFailed(const Error& error);
    void busyChanged();

  private:
    std::vector<AnswerRow> rows() const;
    std::vector<SortedPicture> pictures() const;
    void exportAnswers();
    void exportConfusion();
    // `words` have a place for the file's name.
    void askForCsv(const QString& title, const QString& name, const QString& words, std::function<std::string()> text);
    void askForFolder();
    void copy(const std::filesystem::path& folder, std::vector<SortedPicture> pictures);
    void copied(const std::filesystem::path& folder, const Result<SortedCopies>& copies);

    AnswerModel& m_answers;
    AnswerFilter& m_filter;
    QWidget* m_owner;
    bool m_copying = false;
    std::stop_source m_cancel;
    JobThread m_writer;
    JobThread m_copier;  // last: joined before anything that it uses goes
};

}  // namespace condenser
