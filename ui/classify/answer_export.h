// Answers taken out: as a table, as pictures sorted into folders, as a confusion matrix.
#pragma once

#include <QObject>
#include <QString>

#include "classify/answer_filter.h"

class QMenu;

namespace condenser {

class AnswerExport : public QObject {
    Q_OBJECT

  public:
    // All must outlive it. Dialogs stand over `owner`.
    AnswerExport(AnswerModel& model, AnswerFilter& filter, QWidget* owner);
    ~AnswerExport() override;

    // "Answers as CSV…", "Pictures sorted into folders…", "Confusion matrix as CSV…"; of what the filter shows.
    void addTo(QMenu& menu);
    // A row a picture, all classes' probabilities that are known; the table's order.
    QString csv() const;
    bool busy() const;  // pictures are being copied
    void cancel();

  signals:
    void progress(qint64 done, qint64 total);  // of pictures copied
    void exported(const QString& words);       // "812 pictures were copied to …"
    void exportFailed(const Error& error);
    void busyChanged();
};

}  // namespace condenser
