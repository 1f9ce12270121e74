// Whether the pictures of a data set are sound: how the check goes, what it found in a sentence or two, and the list.
#pragma once

#include <QWidget>

#include "session/data_preview.h"

class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace condenser {

class DataCheckRow : public QWidget {
    Q_OBJECT

  public:
    // Follows `preview`, which must outlive it.
    explicit DataCheckRow(DataPreview& preview, QWidget* parent = nullptr);

    // Nothing is known: other data are being looked into.
    void clear();
    // While a run is active nothing is checked beside it.
    void setReadOnly(bool on);

  signals:
    void trainingWanted();  // without what cannot be read

  private:
    void offer(const DataSummary& summary);
    void showProgress(qint64 done, qint64 total);
    void showReport(const DatasetReport& report);
    void showFailure(const Error& error);
    void showUnchecked();
    void offerCancel();
    void say(const QString& text, const char* tone);
    void act();
    void showList(bool on);

    DataPreview& m_preview;
    std::string m_data;
    bool m_checking = false, m_readOnly = false;
    QLabel* m_text;
    QPushButton* m_action;  // checks, or cancels
    QPushButton* m_show;
    QPushButton* m_train;  // where some can be read, and some not
    QPlainTextEdit* m_list;
};

}  // namespace condenser
