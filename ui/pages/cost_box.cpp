#include "pages/cost_box.h"

#include <QFrame>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <algorithm>
#include <cmath>
#include <limits>

#include "base/thread_pool.h"
#include "bench/training_memory.h"
#include "data/pixel_store.h"
#include "look/format.h"
#include "look/look.h"
#include "network/summary.h"
#include "session/calibration_session.h"

namespace condenser {
namespace {

const QString kNothing = QStringLiteral("–");
constexpr double kBusyError = 0.4;  // more than the method itself is ever off by: something else took its time
const QChar kSpace(0x202f);         // narrow, no break

QLabel* figure(const char* tone, const QString& objectName, const QString& name) {
    auto* label = new QLabel(kNothing);
    setLook(label, "tone", tone);
    setLook(label, "strong");
    label->setObjectName(objectName);
    label->setAccessibleName(name);
    label->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    return label;
}

QLabel* heading(const QString& text, const char* tone) {
    auto* label = new QLabel(text);
    setLook(label, "tone", tone);
    setLook(label, "scale", "small");
    label->setAlignment(Qt::AlignRight);
    return label;
}

QLabel* line(const QString& objectName, const char* tone) {
    auto* label = new QLabel;
    label->setObjectName(objectName);
    setLook(label, "tone", tone);
    setLook(label, "scale", "small");
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    return label;
}

QFrame* ruler() {
    auto* line = new QFrame;
    setLook(line, "line");
    return line;
}

// To two figures, since no more of them are known: "0.22", "2.3", "4", "23", "230".
QString twoFigures(double value) {
    if (value <= 0) return QStringLiteral("0");
    const double unit = std::pow(10.0, std::floor(std::log10(value)) - 1);
    const double rounded = std::round(value / unit) * unit;
    QString text = QString::number(rounded, 'f', rounded < 0.995 ? 2 : rounded < 9.95 ? 1 : 0);
    if (text.endsWith(QStringLiteral(".0"))) text.chop(2);
    return text;
}

QString roughLatency(double seconds) {
    const double ms = seconds * 1e3;
    if (ms < 0.1) return QStringLiteral("≈ %1%2µs").arg(twoFigures(ms * 1e3)).arg(kSpace);
    return ms < 1000 ? QStringLiteral("≈ %1%2ms").arg(twoFigures(ms)).arg(kSpace)
                     : QStringLiteral("≈ %1%2s").arg(twoFigures(seconds)).arg(kSpace);
}

// "about 40 s", "about 2.5 min", "about 3 h", "about 12 days".
QString roughDuration(double seconds) {
    if (seconds < 90) return CostBox::tr("about %1 s").arg(twoFigures(std::max(1.0, seconds)));
    if (seconds < 90 * 60) return CostBox::tr("about %1 min").arg(twoFigures(seconds / 60));
    if (seconds < 72 * 3600) return CostBox::tr("about %1 h").arg(twoFigures(seconds / 3600));
    return CostBox::tr("about %1 days").arg(twoFigures(seconds / 86400));
}

QString roughBytes(std::int64_t bytes) {
    const double megabytes = static_cast<double>(bytes) / 1e6;
    return megabytes < 1000 ? CostBox::tr("about %1 MB").arg(twoFigures(megabytes))
                            : CostBox::tr("about %1 GB").arg(twoFigures(megabytes / 1e3));
}

QString percent(double share) {
    return QStringLiteral("±%1%2%1%").arg(kSpace).arg(std::lround(share * 100));
}

}  // namespace

CostBox::CostBox(CalibrationSession& calibration, QWidget* parent)
    : QWidget(parent),
      m_calibration(calibration),
      m_pictureLimit(static_cast<std::int64_t>(
          std::min<std::uint64_t>(memoryForPictures(), std::numeric_limits<std::int64_t>::max()))),
      m_denseMacs(figure("dense", QStringLiteral("denseMacs"), tr("Multiply-adds, dense"))),
      m_condensedMacs(figure("condensed", QStringLiteral("condensedMacs"), tr("Multiply-adds, condensed"))),
      m_denseParams(figure("dense", QStringLiteral("denseParams"), tr("Parameters, dense"))),
      m_condensedParams(figure("condensed", QStringLiteral("condensedParams"), tr("Parameters, condensed"))),
      m_denseLatency(figure("dense", QStringLiteral("denseLatency"), tr("Latency here, dense"))),
      m_condensedLatency(figure("condensed", QStringLiteral("condensedLatency"), tr("Latency here, condensed"))),
      m_latencyError(line(QStringLiteral("costLatencyError"), "muted")),
      m_training(line(QStringLiteral("costTraining"), "plain")),
      m_memory(line(QStringLiteral("costMemory"), "plain")),
      m_source(line(QStringLiteral("costSource"), "muted")),
      m_again(new QPushButton(tr("Measure again"))) {
    auto* title = new QLabel(tr("What this will cost"));
    setLook(title, "strong");
    title->setObjectName(QStringLiteral("costTitle"));
    m_latencyError->setAlignment(Qt::AlignRight);
    auto* latency = new QLabel(tr("Latency here"));
    latency->setToolTip(tr("The time of an answer for one picture, on all cores of this machine"));
    m_again->setObjectName(QStringLiteral("costMeasureButton"));
    m_again->setAccessibleName(tr("Measure this machine's speed again"));
    m_again->setToolTip(tr("Takes two seconds. Do it when nothing else keeps the machine busy."));
    setLook(m_again, "role", "link");

    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(16);
    grid->setVerticalSpacing(4);
    grid->setColumnStretch(0, 1);
    int row = 0;
    grid->addWidget(title, row++, 0, 1, 3);  // a row of its own: beside the figures it would be wider than the form
    grid->addWidget(heading(tr("dense"), "dense"), row, 1);
    grid->addWidget(heading(tr("condensed"), "condensed"), row++, 2);
    const auto addRow = [&](QLabel* name, QLabel* dense, QLabel* condensed) {
        grid->addWidget(ruler(), row++, 0, 1, 3);
        grid->addWidget(name, row, 0);
        grid->addWidget(dense, row, 1);
        grid->addWidget(condensed, row++, 2);
    };
    addRow(new QLabel(tr("Multiply-adds")), m_denseMacs, m_condensedMacs);
    addRow(new QLabel(tr("Parameters")), m_denseParams, m_condensedParams);
    addRow(latency, m_denseLatency, m_condensedLatency);
    grid->addWidget(m_latencyError, row++, 0, 1, 3);
    grid->addWidget(ruler(), row++, 0, 1, 3);
    for (QLabel* label : {m_training, m_memory}) grid->addWidget(label, row++, 0, 1, 3);
    auto* source = new QHBoxLayout;
    source->setSpacing(8);
    source->addWidget(m_source, 1);
    source->addWidget(m_again, 0, Qt::AlignTop);
    grid->addLayout(source, row, 0, 1, 3);

    connect(&calibration, &CalibrationSession::changed, this, &CostBox::showTimes);
    connect(m_again, &QPushButton::clicked, &calibration, &CalibrationSession::measureAgain);
    showCost(std::nullopt, std::nullopt);
}

void CostBox::showCost(const std::optional<NetworkSpec>& spec, const std::optional<TrainingAmount>& amount) {
    m_spec = spec;
    m_amount = amount;
    if (spec) {
        showCounts(*spec);
    } else {
        for (QLabel* label : {m_denseMacs, m_condensedMacs, m_denseParams, m_condensedParams}) {
            label->setText(kNothing);
            label->setToolTip({});
        }
    }
    showTimes();
}

void CostBox::showCounts(const NetworkSpec& spec) {
    const NetworkSummary dense = summarize(spec, CountingMode::kDense);
    const NetworkSummary learned = summarize(spec, CountingMode::kLearned);
    const NetworkSummary condensed = summarize(spec, CountingMode::kCondensed);
    const auto show = [](QLabel* label, std::int64_t count, const QString& tip) {
        label->setText(formatAmount(static_cast<double>(count)));
        label->setToolTip(tip);
    };
    const QString reference =
        tr("The public reference counts %1 before conversion: learned convolutions at 1/C, and ReLU, pooling and "
           "biases as well.")
            .arg(formatCount(learned.refFlops));
    const QString once = tr("For one picture: %1. %2");
    show(m_denseMacs, dense.macs, once.arg(formatCount(dense.macs), reference));
    show(m_condensedMacs, condensed.macs, once.arg(formatCount(condensed.macs), reference));
    show(m_denseParams, dense.params, formatCount(dense.params));
    show(m_condensedParams, condensed.params, formatCount(condensed.params));
}

void CostBox::showTimes() {
    const auto& rates = m_calibration.rates();
    m_latencyError->setVisible(m_spec && rates);
    if (rates) m_latencyError->setText(tr("for one picture, both %1").arg(percent(rates->latencyError)));
    for (const auto& [label, variant] :
         {std::pair{m_denseLatency, Variant::kDense}, std::pair{m_condensedLatency, Variant::kCondensed}}) {
        label->setText(m_spec && rates ? roughLatency(latencySeconds(*rates, *m_spec, variant)) : kNothing);
    }
    const bool known = m_spec && m_amount;
    m_training->setVisible(known);
    m_memory->setVisible(known);
    if (known) {
        m_training->setText(
            rates ? tr("Training: %1 here (%2)")
                        .arg(roughDuration(trainingSeconds(*rates, *m_spec, *m_amount)), percent(rates->trainingError))
                  : tr("Training: not known before this machine is measured"));
        const TrainingMemory memory = trainingMemory(
            *m_spec, m_amount->batch, m_amount->trainImages + m_amount->testImages, m_pictureLimit, availableCores());
        m_memory->setText(tr("Memory: %1").arg(roughBytes(memory.total())));
        m_memory->setToolTip(tr("Maps of a batch with their gradients: %1. Weights, gradients and momentum: %2. "
                                "Pictures: %3. A copy that answers: %4.")
                                 .arg(roughBytes(memory.maps), roughBytes(memory.weights), roughBytes(memory.pictures),
                                      roughBytes(memory.answers)));
    }

    QString source;
    if (!m_spec) {
        source = tr("No figure: the network cannot be built.");
    } else if (m_calibration.measuring()) {
        source = tr("Measuring this machine for two seconds…");
    } else if (!m_calibration.problem().isEmpty()) {
        source = m_calibration.problem();
    } else if (rates && std::max(rates->latencyError, rates->trainingError) > kBusyError) {
        source = tr("The machine was busy: measure again later.");
    } else if (rates) {
        source = tr("Times as measured here.");
    } else if (m_calibration.heldBack()) {
        source = tr("This machine is measured when no run trains.");
    } else {
        source = tr("This machine is going to be measured for two seconds.");
    }
    m_source->setText(source);
    m_again->setEnabled(!m_calibration.measuring() && !m_calibration.heldBack());
}

}  // namespace condenser
