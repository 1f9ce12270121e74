// How long what was drawn may stay while something newer is being read: stepping quickly from one moment to the next
// must not flicker, and what does not come must be said to be missing.
#pragma once

#include <QTimer>

namespace condenser {

class Patience : public QObject {
    Q_OBJECT

  public:
    static constexpr int kMs = 300;

    explicit Patience(QObject* parent = nullptr);

    void setWaiting(bool on);
    // It has been waited for long enough.
    bool isOver() const { return m_over; }

  signals:
    void over();

  private:
    QTimer m_timer;
    bool m_over = false;
};

}  // namespace condenser
