// Where the window was and how it was divided, from one start of the program to the next.
#pragma once

#include <QObject>
#include <QTimer>

class QMainWindow;
class QSettings;

namespace condenser {

// Splitters take part if they have an object name. Nothing stored is trusted: what Qt cannot read is passed over.
class WindowState : public QObject {
    Q_OBJECT

  public:
    // `settings` must outlive it; `window` owns it, and has all of its pages.
    WindowState(QSettings& settings, QMainWindow* window);

    void restore(const QSize& firstSize);
    void save();

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    QSettings& m_settings;
    QMainWindow* m_window;
    QTimer m_later;  // after a change, so that a crash does not lose it
};

}  // namespace condenser
