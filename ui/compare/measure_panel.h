// How is to be measured, and the button that does it.
#pragma once

#include <QWidget>
#include <string>

class QComboBox;
class QPushButton;
class QSettings;
class QSpinBox;

namespace condenser {

// Its fields are kept in `settings`, which must outlive it.
class MeasurePanel : public QWidget {
    Q_OBJECT

  public:
    explicit MeasurePanel(QSettings& settings, QWidget* parent = nullptr);

    int batch() const;
    int threads() const;
    std::string isa() const;  // to be forced; empty: the machine's best

    enum class State { kCannot, kReady, kAgain, kMeasuring };
    void setState(State state, const QString& why = {});  // `why` not: on hovering the button
    QPushButton& exportButton() { return *m_export; }

  signals:
    void measureWanted();
    void cancelWanted();

  private:
    QSettings& m_settings;
    QSpinBox *m_batch, *m_threads;
    QComboBox* m_isa;
    QPushButton *m_measure, *m_cancel, *m_export;
};

}  // namespace condenser
