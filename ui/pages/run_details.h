// What is known of the selected runs beside their curves: of one its note and all settings, of several what differs.
#pragma once

#include <QFrame>
#include <QTimer>
#include <filesystem>
#include <vector>

#include "models/run_settings_model.h"

class QLabel;
class QPlainTextEdit;
class QPushButton;
class QTableView;

namespace condenser {

class RunDetails : public QFrame {
    Q_OBJECT

  public:
    explicit RunDetails(QWidget* parent = nullptr);
    ~RunDetails() override;

    void show(const std::vector<RunSummary>& selected);
    void editNote();

  signals:
    // A second after the last key, when the editor is left, or another run is shown.
    void noteChanged(const std::filesystem::path& folder, const QString& note);

  protected:
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void saveNote();
    void fitColumns();
    void showNote(const RunSummary& run);

    QLabel* m_title;
    QLabel* m_words;
    QPlainTextEdit* m_note;
    QPushButton* m_toggle;
    QTableView* m_settings;
    RunSettingsModel m_model;
    std::filesystem::path m_folder;  // whose note is edited; empty: nobody's
    QString m_saved;                 // its note as it was last read or saved
    QTimer m_saveSoon;
};

}  // namespace condenser
