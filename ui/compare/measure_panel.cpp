#include "compare/measure_panel.h"

#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QVBoxLayout>
#include <algorithm>

#include "base/thread_pool.h"
#include "look/look.h"
#include "ops/simd_target.h"
#include "pages/form_row.h"

namespace condenser {
namespace {

constexpr int kMostBatch = 256, kWidth = 240;  // pixels
const QString kBatchKey = QStringLiteral("compare/batch");
const QString kThreadsKey = QStringLiteral("compare/threads");
const QString kIsaKey = QStringLiteral("compare/isa");

}  // namespace

MeasurePanel::MeasurePanel(QSettings& settings, QWidget* parent)
    : QWidget(parent),
      m_settings(settings),
      m_batch(new QSpinBox),
      m_threads(new QSpinBox),
      m_isa(new QComboBox),
      m_measure(new QPushButton),
      m_cancel(new QPushButton(tr("Cancel"))),
      m_export(new QPushButton(tr("Export"))) {
    setFixedWidth(kWidth);
    auto* grid = makeFormGrid();
    grid->setVerticalSpacing(4);
    grid->setColumnMinimumWidth(0, 0);
    m_batch->setRange(1, kMostBatch);
    m_threads->setRange(1, availableCores());
    addFormRow(grid, tr("Batch"), m_batch, QStringLiteral("compareBatch"), tr("Pictures of one call"));
    addFormRow(grid, tr("Threads"), m_threads, QStringLiteral("compareThreads"),
               tr("Threads that work on a call, in both forms"));
    addFormRow(grid, tr("Instruction set"), m_isa, QStringLiteral("compareIsa"),
               tr("The machine's best, or a lower one, as a smaller machine would have it"));
    const std::vector<std::string> targets = simdTargets();
    for (const std::string& target : targets) {
        const QString name = QString::fromStdString(target);
        if (target == targets.front()) {
            m_isa->addItem(tr("%1 (best)").arg(name), QString());
        } else {
            m_isa->addItem(name, name);
        }
    }
    m_batch->setValue(settings.value(kBatchKey, 1).toInt());
    m_threads->setValue(settings.value(kThreadsKey, 1).toInt());
    m_isa->setCurrentIndex(std::max(0, m_isa->findData(settings.value(kIsaKey).toString())));

    setLook(m_measure, "role", "primary");
    m_measure->setObjectName(QStringLiteral("measureButton"));
    m_cancel->setObjectName(QStringLiteral("cancelMeasuring"));
    m_cancel->setAccessibleName(tr("Cancel the measurement"));
    m_export->setObjectName(QStringLiteral("exportComparison"));
    m_export->setAccessibleName(tr("Export the comparison"));
    m_export->setToolTip(tr("Every sample as JSON, tables as CSV or Markdown, or the page as a picture"));
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addWidget(m_measure, 1);
    buttons->addWidget(m_cancel, 1);
    buttons->addWidget(m_export);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addLayout(grid);
    column->addLayout(buttons);
    column->addStretch(1);

    connect(m_batch, &QSpinBox::valueChanged, this, [this](int batch) { m_settings.setValue(kBatchKey, batch); });
    connect(m_threads, &QSpinBox::valueChanged, this,
            [this](int threads) { m_settings.setValue(kThreadsKey, threads); });
    connect(m_isa, &QComboBox::currentIndexChanged, this,
            [this] { m_settings.setValue(kIsaKey, m_isa->currentData().toString()); });
    connect(m_measure, &QPushButton::clicked, this, &MeasurePanel::measureWanted);
    connect(m_cancel, &QPushButton::clicked, this, &MeasurePanel::cancelWanted);
    setState(State::kCannot);
}

int MeasurePanel::batch() const {
    return m_batch->value();
}

int MeasurePanel::threads() const {
    return m_threads->value();
}

std::string MeasurePanel::isa() const {
    return m_isa->currentData().toString().toStdString();
}

void MeasurePanel::setState(State state, const QString& why) {
    const bool measuring = state == State::kMeasuring;
    const bool hadFocus = m_measure->hasFocus() || m_cancel->hasFocus();
    for (QWidget* field : std::initializer_list<QWidget*>{m_batch, m_threads, m_isa}) {
        field->setEnabled(!measuring);
    }
    m_measure->setText(state == State::kAgain ? tr("Measure again") : tr("Measure"));
    m_measure->setAccessibleName(m_measure->text());
    m_measure->setToolTip(why.isEmpty() ? tr("Times both forms in turn (F5)") : why);
    m_measure->setEnabled(state == State::kReady || state == State::kAgain);
    // The keyboard stays where it was, on whichever of the two is there.
    QPushButton* shown = measuring ? m_cancel : m_measure;
    shown->show();
    if (hadFocus) shown->setFocus();
    (measuring ? m_measure : m_cancel)->hide();
}

}  // namespace condenser
