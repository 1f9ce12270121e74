// How fast this machine is: measured once, kept from one start of the program to the next.
#pragma once

#include <QObject>
#include <QTimer>
#include <functional>
#include <optional>
#include <stop_token>
#include <thread>

#include "bench/calibration.h"

class QSettings;

namespace condenser {

// Lives on the UI thread; the two seconds of measuring have a thread of their own, at low priority. Never measures
// while it is held back, which whoever trains does: a measurement under way is then given up, and made later.
class CalibrationSession : public QObject {
    Q_OBJECT

  public:
    // On the worker. `machine`: what the rates are true for, kept with them.
    struct Meter {
        QString machine;
        std::function<Result<Calibration>(std::stop_token)> measure;
    };
    // All of this machine's cores, its best instruction set.
    static Meter thisMachine();

    // `settings` must outlive it. Rates that were stored for another machine, or are damaged, are not used.
    explicit CalibrationSession(QSettings& settings, Meter meter = thisMachine(), QObject* parent = nullptr);
    ~CalibrationSession() override;

    // Nothing until something was measured, here or at an earlier start.
    const std::optional<CostRates>& rates() const { return m_rates; }
    bool measuring() const { return m_measuring; }
    bool heldBack() const { return m_heldBack; }
    // Why there are none; empty while there is hope.
    QString problem() const { return m_problem; }

    // Soon, once the window has nothing better to do, unless there are rates.
    void ensure();
    void measureAgain();
    void holdBack(bool on);

  signals:
    void changed();

  private:
    void begin();
    void end(quint64 generation, const Result<Calibration>& result);
    std::optional<CostRates> stored() const;
    void store(const CostRates& rates);

    QSettings& m_settings;
    const Meter m_meter;
    std::optional<CostRates> m_rates;
    QString m_problem;
    bool m_wanted = false, m_measuring = false, m_heldBack = false;
    quint64 m_generation = 0;  // of the latest measurement; older ones are not heard any more
    QTimer m_patience;
    std::jthread m_worker;  // last: joined before anything that it uses goes
};

}  // namespace condenser
