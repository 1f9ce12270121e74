#include "pages/schedule_form.h"

#include <QDoubleSpinBox>
#include <QSpinBox>
#include <algorithm>
#include <limits>

#include "pages/form_row.h"

namespace condenser {
namespace {

constexpr int kMostEpochs = 100'000, kLargestBatch = 4096;
constexpr double kSmallestRate = 1e-6;

QSpinBox* wholeNumber(int low, int high) {
    auto* box = new QSpinBox;
    box->setRange(low, high);
    return box;
}

// Shows as many digits as the number has: "0.1", not "0.100000".
class PlainDoubleBox : public QDoubleSpinBox {
  public:
    PlainDoubleBox(double low, double high, double step) {
        setDecimals(6);
        setRange(low, high);
        setSingleStep(step);
    }
    QString textFromValue(double value) const override { return locale().toString(value, 'g', 6); }
    QSize sizeHint() const override { return minimumSizeHint(); }
    QSize minimumSizeHint() const override { return QSpinBox().minimumSizeHint(); }
};

}  // namespace

ScheduleForm::ScheduleForm(QWidget* parent)
    : QWidget(parent),
      m_epochs(wholeNumber(1, kMostEpochs)),
      m_batch(wholeNumber(1, kLargestBatch)),
      m_learningRate(new PlainDoubleBox(kSmallestRate, 10, 0.01)),
      m_lasso(new PlainDoubleBox(0, 1, 1e-5)),
      m_seed(wholeNumber(0, std::numeric_limits<int>::max())) {
    auto* grid = makeFormGrid(this);
    addFormRow(grid, tr("Epochs"), m_epochs, QStringLiteral("epochsField"),
               tr("How often every training picture is seen. Condensing takes place in the first half."));
    addFormRow(grid, tr("Batch"), m_batch, QStringLiteral("batchField"), tr("Pictures in a training step"));
    addFormRow(grid, tr("Learning rate"), m_learningRate, QStringLiteral("rateField"),
               tr("At the start; it falls to zero along a cosine"));
    addFormRow(grid, tr("Group lasso"), m_lasso, QStringLiteral("lassoField"),
               tr("How strongly connections are pressed towards zero before they are removed; 0: not at all"));
    addFormRow(grid, tr("Seed"), m_seed, QStringLiteral("seedField"),
               tr("The same seed and settings give the same network, bit for bit"));
    setSettings({});
    for (QSpinBox* box : {m_epochs, m_batch, m_seed})
        connect(box, &QSpinBox::valueChanged, this, &ScheduleForm::changed);
    for (QDoubleSpinBox* box : {m_learningRate, m_lasso}) {
        connect(box, &QDoubleSpinBox::valueChanged, this, &ScheduleForm::changed);
    }
}

TrainSettings ScheduleForm::settings() const {
    TrainSettings settings;
    settings.epochs = m_epochs->value();
    settings.batch = m_batch->value();
    settings.learningRate = m_learningRate->value();
    settings.groupLassoLambda = m_lasso->value();
    settings.seed = static_cast<std::uint64_t>(m_seed->value());
    return settings;
}

void ScheduleForm::setSettings(const TrainSettings& settings) {
    m_epochs->setValue(settings.epochs);
    m_batch->setValue(settings.batch);
    m_learningRate->setValue(settings.learningRate);
    m_lasso->setValue(settings.groupLassoLambda);
    m_seed->setValue(static_cast<int>(
        std::min<std::uint64_t>(settings.seed, static_cast<std::uint64_t>(std::numeric_limits<int>::max()))));
}

void ScheduleForm::halveLearningRate() {
    m_learningRate->setValue(m_learningRate->value() / 2);
}

}  // namespace condenser
