#include "pages/chart_bar.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QMenu>
#include <QPushButton>
#include <algorithm>

#include "look/look.h"
#include "plots/exhibit_menu.h"
#include "plots/smoothing.h"

namespace condenser {
namespace {

constexpr double kSmoothingStep = 0.1;
const QString kX = QStringLiteral("x"), kSmoothing = QStringLiteral("smoothing"), kLogX = QStringLiteral("logX"),
              kLogLoss = QStringLiteral("logLoss"), kRate = QStringLiteral("rate");

}  // namespace

QVariantMap ChartSettings::toMap() const {
    return {{kX, static_cast<int>(x)}, {kSmoothing, smoothing}, {kLogX, logX}, {kLogLoss, logLoss}, {kRate, rate}};
}

ChartSettings ChartSettings::fromMap(const QVariantMap& map) {
    ChartSettings settings;
    const int unit = map.value(kX).toInt();
    if (unit >= 0 && unit <= static_cast<int>(XUnit::kTime)) settings.x = static_cast<XUnit>(unit);
    const double smoothing = map.value(kSmoothing).toDouble();
    if (smoothing >= 0 && smoothing <= kMostSmoothing) settings.smoothing = smoothing;
    settings.logX = map.value(kLogX).toBool();
    settings.logLoss = map.value(kLogLoss).toBool();
    settings.rate = map.value(kRate).toBool();
    return settings;
}

ChartBar::ChartBar(ExhibitMenu& menu, QWidget* parent)
    : QWidget(parent), m_x(new QComboBox), m_smoothing(new QDoubleSpinBox) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);

    m_x->setObjectName(QStringLiteral("chartX"));
    m_x->setAccessibleName(tr("What the x axis of the plots measures"));
    m_x->setToolTip(tr("What the x axis of all plots measures"));
    m_x->addItem(tr("by epoch"), static_cast<int>(XUnit::kEpoch));
    m_x->addItem(tr("by step"), static_cast<int>(XUnit::kStep));
    m_x->addItem(tr("by time"), static_cast<int>(XUnit::kTime));
    row->addWidget(m_x);

    m_smoothing->setObjectName(QStringLiteral("smoothing"));
    m_smoothing->setAccessibleName(tr("Smoothing of the curves of single steps"));
    m_smoothing->setToolTip(
        tr("Smooths the curves of single steps, which stay visible behind: the weight of what was before. Never across "
           "a condensing step."));
    m_smoothing->setRange(0, kMostSmoothing);
    m_smoothing->setSingleStep(kSmoothingStep);
    m_smoothing->setPrefix(tr("smooth "));
    m_smoothing->setSpecialValueText(tr("not smoothed"));
    row->addWidget(m_smoothing);

    m_logX = addChip(*row, "logX", tr("log x"),
                     tr("Logarithmic x axis, which begins with the first step: zero has no "
                        "place on it"));
    m_logLoss = addChip(*row, "logLoss", tr("log loss"), tr("Logarithmic axis of the loss"));
    row->addStretch(1);
    m_follow = addChip(*row, "followChip", {}, {});
    m_follow->setCheckable(false);

    auto* save = addChip(*row, "exportCharts", tr("Export"),
                         tr("Take all plots out as one picture (PNG, SVG, PDF) or their numbers as a table (CSV)"));
    save->setCheckable(false);
    save->setAccessibleName(tr("Export all plots"));
    auto* entries = new QMenu(save);
    menu.addTo(*entries);
    save->setMenu(entries);

    const auto changed = [this] {
        if (!m_setting) emit settingsChanged();
    };
    connect(m_x, &QComboBox::currentIndexChanged, this, changed);
    connect(m_smoothing, &QDoubleSpinBox::valueChanged, this, changed);
    connect(m_logX, &QPushButton::toggled, this, changed);
    connect(m_logLoss, &QPushButton::toggled, this, changed);
    connect(m_follow, &QPushButton::clicked, this, &ChartBar::followWanted);
    setFollowing(true);
}

QPushButton* ChartBar::addChip(QHBoxLayout& row, const char* name, const QString& text, const QString& tip) {
    auto* chip = new QPushButton(text);
    chip->setObjectName(QLatin1String(name));
    chip->setAccessibleName(tip);
    chip->setToolTip(tip);
    chip->setCheckable(true);
    setLook(chip, "role", "chip");
    row.addWidget(chip);
    return chip;
}

ChartSettings ChartBar::settings() const {
    return {.x = static_cast<XUnit>(m_x->currentData().toInt()),
            .smoothing = m_smoothing->value(),
            .logX = m_logX->isChecked(),
            .logLoss = m_logLoss->isChecked()};
}

void ChartBar::setSettings(const ChartSettings& settings) {
    m_setting = true;
    m_x->setCurrentIndex(m_x->findData(static_cast<int>(settings.x)));
    m_smoothing->setValue(settings.smoothing);
    m_logX->setChecked(settings.logX);
    m_logLoss->setChecked(settings.logLoss);
    m_setting = false;
}

void ChartBar::setFollowing(bool on) {
    m_follow->setText(on ? tr("following") : tr("follow again"));
    m_follow->setEnabled(!on);
    m_follow->setAccessibleName(on ? tr("The plots show the whole run") : tr("Show the whole run again"));
    m_follow->setToolTip(on ? tr("The plots show the whole run and grow with it. Turn the wheel to zoom, drag to move.")
                            : tr("The plots stay where you put them. Show the whole run again (or double-click one)"));
}

}  // namespace condenser
