// Which pictures to train on: the built-in ones or a folder, what is in them, and one of each class to look at.
#pragma once

#include <QWidget>
#include <optional>
#include <string>

#include "session/data_preview.h"

class QComboBox;
class QLabel;
class QPushButton;

namespace condenser {

class DataDownload;
class ThumbnailStrip;

class DataPicker : public QWidget {
    Q_OBJECT

  public:
    explicit DataPicker(QWidget* parent = nullptr);

    // As --data.
    std::string data() const;
    void setData(const std::string& data);
    void setFolder(const QString& folder);
    void setReadOnly(bool on);

    // Nothing while the folder is being looked into, and where it cannot be used.
    const std::optional<DataSummary>& summary() const { return m_summary; }
    // Why it cannot be used; empty if it can, or is still being looked into.
    QString problem() const { return m_problem; }

  public slots:
    void chooseFolder();

  signals:
    void changed();

  private:
    int indexOf(const QString& data, const QString& name);  // added if it is not there
    void choose(int index);
    void select();
    void showSummary(const DataSummary& summary);
    void showProblem(const Error& error);

    DataPreview m_preview;
    std::optional<DataSummary> m_summary;
    QString m_problem;
    QComboBox* m_box;
    QPushButton* m_open;
    DataDownload* m_download;
    QLabel* m_counts;
    QLabel* m_warning;
    ThumbnailStrip* m_pictures;
};

}  // namespace condenser
