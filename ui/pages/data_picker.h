// Which pictures to train on: the built-in ones or the user's, what is in them, and one of each class to look at.
#pragma once

#include <QTimer>
#include <QWidget>
#include <optional>
#include <string>

#include "session/data_preview.h"

class QComboBox;
class QLabel;
class QPushButton;

namespace condenser {

class DataCheckRow;
class DataDownload;
class ThumbnailStrip;

class DataPicker : public QWidget {
    Q_OBJECT

  public:
    explicit DataPicker(QWidget* parent = nullptr);

    // As --data.
    std::string data() const;
    void setData(const std::string& data);
    // A folder, a CSV list or an archive; what it is, its name or its content says (data_guess.h).
    void setPath(const QString& path);
    void setReadOnly(bool on);

    // Nothing while the data are being looked into, and where it cannot be used.
    const std::optional<DataSummary>& summary() const { return m_summary; }
    // Why it cannot be used; empty if it can, or is still being looked into.
    QString problem() const { return m_problem; }

  public slots:
    void chooseFolder();
    void chooseFile();

  signals:
    void changed();
    void trainingWanted();  // as it is, without the pictures that cannot be read

  private:
    int add(const QString& name);  // KIND:PATH; its place in the box
    void choose(int index);
    void select();
    void showScanning(qint64 found);
    void showStopped();
    void showSummary(const DataSummary& summary);
    void showProblem(const Error& error);

    DataPreview m_preview;
    std::optional<DataSummary> m_summary;
    QString m_problem;
    bool m_looking = false;
    QTimer m_patience;
    QComboBox* m_box;
    QPushButton* m_open;
    DataDownload* m_download;
    QPushButton* m_cancel;  // of looking into the data; then, to look again
    QLabel* m_counts;
    QLabel* m_warning;
    ThumbnailStrip* m_pictures;
    DataCheckRow* m_check;
};

}  // namespace condenser
