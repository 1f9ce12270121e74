#include "pages/schedule_form.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QRegularExpressionValidator>
#include <QSpinBox>
#include <QVBoxLayout>
#include <algorithm>
#include <initializer_list>

#include "look/look.h"
#include "models/run_words.h"
#include "pages/form_row.h"

namespace condenser {
namespace {

constexpr int kMostEpochs = 100'000, kLargestBatch = 4096;
constexpr double kSmallestRate = 1e-6, kLargestMomentum = 0.999, kMostHeldBack = 90;

QString augmentationWords(Augmentation augmentation) {
    switch (augmentation) {
        case Augmentation::kAuto:
            return ScheduleForm::tr("automatic");
        case Augmentation::kNone:
            return ScheduleForm::tr("none");
        case Augmentation::kPadCrop:
            return ScheduleForm::tr("moved and mirrored");
        case Augmentation::kRandomResizedCrop:
            return ScheduleForm::tr("parts of any size");
    }
    return {};
}

QSpinBox* wholeNumber(int low, int high) {
    auto* box = new QSpinBox;
    box->setRange(low, high);
    return box;
}

// Shows as many digits as the number has: "0.1", not "0.100000".
class PlainDoubleBox : public QDoubleSpinBox {
  public:
    PlainDoubleBox(double low, double high, double step) {
        setDecimals(12);
        setRange(low, high);
        setSingleStep(step);
    }
    QString textFromValue(double value) const override { return locale().toString(value, 'g', 10); }
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
      m_seed(new QLineEdit),
      m_more(new QPushButton),
      m_fields(new QWidget),
      m_momentum(new PlainDoubleBox(0, kLargestMomentum, 0.01)),
      m_weightDecay(new PlainDoubleBox(0, 1, 1e-4)),
      m_validation(new PlainDoubleBox(0, kMostHeldBack, 5)),
      m_augmentation(new QComboBox),
      m_condensing(new QComboBox),
      m_problem(new QLabel) {
    // A number of up to 64 bits: a run that is started again has the very seed of the first.
    m_seed->setValidator(new QRegularExpressionValidator(QRegularExpression(QStringLiteral("\\d{1,20}")), m_seed));
    m_validation->setSuffix(tr(" %"));
    m_validation->setSpecialValueText(tr("none"));
    for (const Augmentation each :
         {Augmentation::kAuto, Augmentation::kNone, Augmentation::kPadCrop, Augmentation::kRandomResizedCrop}) {
        m_augmentation->addItem(augmentationWords(each), static_cast<int>(each));
    }
    for (const Condensing each : {Condensing::kGradual, Condensing::kOnce, Condensing::kFixed, Condensing::kRandom})
        m_condensing->addItem(condensingWords(each), static_cast<int>(each));
    for (QComboBox* box : {m_augmentation, m_condensing}) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(8);
    }

    auto* top = makeFormGrid();
    addFormRow(top, tr("Epochs"), m_epochs, QStringLiteral("epochsField"),
               tr("How often every training picture is seen. Condensing takes place in the first half."));
    addFormRow(top, tr("Batch"), m_batch, QStringLiteral("batchField"), tr("Pictures in a training step"));
    addFormRow(top, tr("Learning rate"), m_learningRate, QStringLiteral("rateField"),
               tr("At the start; it falls to zero along a cosine"));
    addFormRow(top, tr("Group lasso"), m_lasso, QStringLiteral("lassoField"),
               tr("How strongly connections are pressed towards zero before they are removed; 0: not at all"));
    addFormRow(top, tr("Seed"), m_seed, QStringLiteral("seedField"),
               tr("The same seed and settings give the same network, bit for bit"));
    m_more->setObjectName(QStringLiteral("moreScheduleButton"));
    m_more->setAccessibleName(tr("More settings of the training"));
    setLook(m_more, "role", "link");
    m_more->setCheckable(true);
    top->addWidget(m_more, top->rowCount(), 1, Qt::AlignLeft);

    auto* grid = makeFormGrid(m_fields);
    addFormRow(grid, tr("Momentum"), m_momentum, QStringLiteral("momentumField"),
               tr("The share of the last step's direction that a step keeps (Nesterov)"));
    addFormRow(grid, tr("Weight decay"), m_weightDecay, QStringLiteral("decayField"),
               tr("How strongly all weights are pulled towards zero, at each step"));
    addFormRow(grid, tr("Held back"), m_validation, QStringLiteral("validationField"),
               tr("The share of the training pictures that is kept to test with. None: the data's own test part is "
                  "used, or a tenth is held back where there is no such part."));
    addFormRow(grid, tr("Augmentation"), m_augmentation, QStringLiteral("augmentField"),
               tr("How training varies its pictures. Automatic: moved and mirrored up to 64 pixels, parts of any size "
                  "above."));
    addFormRow(
        grid, tr("Condensing"), m_condensing, QStringLiteral("condensingField"),
        tr("How connections go. Step by step: the weakest, in the first half. At once: half of the training keeps "
           "all, then the weakest go in one step, and the rate begins anew. The others are there to compare "
           "with: from the first step on each group reads a fixed range of features, or some drawn by the seed."));

    m_problem->setObjectName(QStringLiteral("scheduleProblem"));
    setLook(m_problem, "tone", "error");
    setLook(m_problem, "scale", "small");
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setWordWrap(true);
    m_problem->hide();

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addLayout(top);
    layout->addWidget(m_fields);
    layout->addWidget(m_problem);
    const auto fold = [this](bool open) {
        m_fields->setVisible(open);
        m_more->setText(open ? tr("Less ▾") : tr("More ▸"));
    };
    fold(false);
    connect(m_more, &QPushButton::toggled, this, fold);

    setSettings({});
    const auto edited = [this] {
        if (!m_filling) emit changed();
    };
    for (QSpinBox* box : {m_epochs, m_batch}) connect(box, &QSpinBox::valueChanged, this, edited);
    for (QDoubleSpinBox* box : {m_learningRate, m_lasso, m_momentum, m_weightDecay, m_validation})
        connect(box, &QDoubleSpinBox::valueChanged, this, edited);
    connect(m_seed, &QLineEdit::textChanged, this, edited);
    for (QComboBox* box : {m_augmentation, m_condensing}) connect(box, &QComboBox::currentIndexChanged, this, edited);
}

TrainSettings ScheduleForm::settings() const {
    TrainSettings settings = m_base;
    settings.epochs = m_epochs->value();
    settings.batch = m_batch->value();
    settings.learningRate = m_learningRate->value();
    settings.groupLassoLambda = m_lasso->value();
    bool fits = false;
    const qulonglong seed = m_seed->text().toULongLong(&fits);
    if (fits) settings.seed = seed;
    settings.momentum = m_momentum->value();
    settings.weightDecay = m_weightDecay->value();
    settings.validation = m_validation->value() / 100;
    settings.augmentation = static_cast<Augmentation>(m_augmentation->currentData().toInt());
    settings.condensing = static_cast<Condensing>(m_condensing->currentData().toInt());
    // The reference knows one way alone.
    if (settings.condensing != Condensing::kGradual) settings.referenceQuirks = false;
    return settings;
}

void ScheduleForm::setSettings(const TrainSettings& settings) {
    m_filling = true;
    m_base = settings;
    m_epochs->setValue(settings.epochs);
    m_batch->setValue(settings.batch);
    m_learningRate->setValue(settings.learningRate);
    m_lasso->setValue(settings.groupLassoLambda);
    m_seed->setText(QString::number(settings.seed));
    m_momentum->setValue(settings.momentum);
    m_weightDecay->setValue(settings.weightDecay);
    m_validation->setValue(settings.validation * 100);
    m_augmentation->setCurrentIndex(std::max(0, m_augmentation->findData(static_cast<int>(settings.augmentation))));
    m_condensing->setCurrentIndex(std::max(0, m_condensing->findData(static_cast<int>(settings.condensing))));
    // What is not as usual is to be seen.
    const TrainSettings usual;
    if (settings.momentum != usual.momentum || settings.weightDecay != usual.weightDecay ||
        settings.augmentation != usual.augmentation || settings.condensing != usual.condensing) {
        m_more->setChecked(true);
    }
    m_filling = false;
    emit changed();
}

void ScheduleForm::halveLearningRate() {
    m_learningRate->setValue(m_learningRate->value() / 2);
}

// Folding stays possible: who waits for a run may want to look.
void ScheduleForm::setReadOnly(bool on) {
    for (QWidget* field : std::initializer_list<QWidget*>{m_epochs, m_batch, m_learningRate, m_lasso, m_seed, m_fields})
        field->setDisabled(on);
}

void ScheduleForm::showProblem(const QString& problem) {
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
}

}  // namespace condenser
