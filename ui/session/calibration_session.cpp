#include "session/calibration_session.h"

#include <QSettings>
#include <QStringList>
#include <exception>
#include <utility>

#include "look/format.h"
#include "ops/simd_target.h"
#include "session/engine_use.h"

namespace condenser {
namespace {

constexpr int kPatienceMs = 1500;  // after the window is there: it has pictures to look at first
const QString kGroup = QStringLiteral("calibration");
const QString kMachine = QStringLiteral("machine"), kInference = QStringLiteral("inference"),
              kTraining = QStringLiteral("training"), kErrors = QStringLiteral("errors");

Result<Calibration> measureHere(const std::stop_token& stop) {
    lowerThreadPriority();
    const auto share = shareOfEngine(stop);
    if (!share) return fail(ErrorCode::kCancelled, "stopped", {}, "measuring was asked to end");
    ThreadPool pool(availableCores(), ThreadPriority::kLow);
    CalibrationOptions options;
    options.stop = stop;
    return calibrate(pool, options);
}

template <class Numbers>
QStringList toTexts(const Numbers& numbers) {
    QStringList texts;
    for (const double number : numbers) texts << QString::number(number, 'g', 17);
    return texts;
}

// False where it is not that many numbers.
template <class Numbers>
bool fromTexts(const QStringList& texts, Numbers& numbers) {
    if (texts.size() != static_cast<qsizetype>(numbers.size())) return false;
    bool all = true;
    for (qsizetype i = 0; i < texts.size(); ++i) {
        bool sound = false;
        numbers[static_cast<std::size_t>(i)] = texts[i].toDouble(&sound);
        all = all && sound;
    }
    return all;
}

}  // namespace

CalibrationSession::Meter CalibrationSession::thisMachine() {
    return {QStringLiteral("%1, %2, %3 threads, Condenser %4")
                .arg(QString::fromLatin1(cpuName()), QString::fromStdString(activeSimdTarget()))
                .arg(availableCores())
                .arg(QStringLiteral(CONDENSER_VERSION)),
            measureHere};
}

CalibrationSession::CalibrationSession(QSettings& settings, Meter meter, QObject* parent)
    : QObject(parent), m_settings(settings), m_meter(std::move(meter)), m_rates(stored()) {
    m_patience.setSingleShot(true);
    m_patience.setInterval(kPatienceMs);
    connect(&m_patience, &QTimer::timeout, this, &CalibrationSession::begin);
}

CalibrationSession::~CalibrationSession() = default;

void CalibrationSession::ensure() {
    if (m_rates || m_wanted) return;
    m_wanted = true;
    m_patience.start();
}

void CalibrationSession::measureAgain() {
    m_wanted = true;
    begin();
}

void CalibrationSession::holdBack(bool on) {
    if (on == m_heldBack) return;
    m_heldBack = on;
    if (on) {
        m_patience.stop();
        m_worker.request_stop();
        m_measuring = false;
        ++m_generation;
    } else if (m_wanted) {
        m_patience.start();
    }
    emit changed();
}

void CalibrationSession::begin() {
    if (!m_wanted || m_heldBack || m_measuring) return;
    m_patience.stop();
    m_measuring = true;
    m_problem.clear();
    const quint64 generation = ++m_generation;
    m_worker = std::jthread([this, generation](const std::stop_token& stop) {
        Result<Calibration> result = [&]() -> Result<Calibration> {
            try {
                return m_meter.measure(stop);
            } catch (const std::exception& problem) {  // the memory
                return fail(ErrorCode::kTooLarge, "cannot measure this machine", {}, problem.what());
            }
        }();
        if (stop.stop_requested()) return;
        QMetaObject::invokeMethod(
            this, [this, generation, result = std::move(result)] { end(generation, result); }, Qt::QueuedConnection);
    });
    emit changed();
}

void CalibrationSession::end(quint64 generation, const Result<Calibration>& result) {
    if (generation != m_generation) return;
    m_measuring = false;
    m_wanted = false;
    if (result && isUsable(result->rates)) {
        m_rates = result->rates;
        store(*m_rates);
    } else {
        m_problem = result ? tr("The clock of this machine gives no times.") : errorTitle(result.error());
    }
    emit changed();
}

// What is stored is no more trusted than any input.
std::optional<CostRates> CalibrationSession::stored() const {
    const auto value = [this](const QString& key) { return m_settings.value(kGroup + u'/' + key); };
    if (value(kMachine).toString() != m_meter.machine) return std::nullopt;
    CostRates rates;
    std::array<double, 2> errors{};
    if (!fromTexts(value(kInference).toStringList(), rates.inference) ||
        !fromTexts(value(kTraining).toStringList(), rates.training) ||
        !fromTexts(value(kErrors).toStringList(), errors)) {
        return std::nullopt;
    }
    rates.latencyError = errors[0];
    rates.trainingError = errors[1];
    return isUsable(rates) ? std::optional(rates) : std::nullopt;
}

void CalibrationSession::store(const CostRates& rates) {
    m_settings.beginGroup(kGroup);
    m_settings.setValue(kMachine, m_meter.machine);
    m_settings.setValue(kInference, toTexts(rates.inference));
    m_settings.setValue(kTraining, toTexts(rates.training));
    m_settings.setValue(kErrors, toTexts(std::array{rates.latencyError, rates.trainingError}));
    m_settings.endGroup();
}

}  // namespace condenser
