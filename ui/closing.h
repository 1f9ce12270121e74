// What happens between the wish to close the window and its end while a run is training: one question, then a word
// that it is being saved.
#pragma once

#include <QObject>

class QMainWindow;

namespace condenser {

class TrainingSession;
class Veil;

class Closing : public QObject {
    Q_OBJECT

  public:
    // `session` must outlive it; `window` owns it.
    Closing(TrainingSession& session, QMainWindow* window);

    // Asked by closeEvent: true if nothing stands in the way. Else it asks the user, or is already waiting for the
    // engine, and closes the window when all is on the disk.
    bool mayClose();

  private:
    void ask();
    void stopAndWait();
    void stateChanged();

    TrainingSession& m_session;
    QMainWindow* m_window;
    Veil* m_veil;
    bool m_saving = false;
};

}  // namespace condenser
