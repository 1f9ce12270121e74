#include "pages/branch_panel.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "look/elided_label.h"
#include "look/look.h"
#include "run/training_run.h"

namespace condenser {
namespace {

constexpr double kMostRate = 10, kMostLasso = 1;
constexpr int kDecimals = 7;

// As many decimals as the value needs, no more.
class ShortSpinBox : public QDoubleSpinBox {
  public:
    QString textFromValue(double value) const override { return QString::number(value, 'g', 6); }
    double valueFromText(const QString& text) const override { return text.toDouble(); }
    QValidator::State validate(QString& text, int& at) const override {
        QDoubleValidator validator(minimum(), maximum(), kDecimals);
        validator.setLocale(QLocale::c());
        return validator.validate(text, at);
    }
};

QDoubleSpinBox* number(double most, double step, const char* objectName, const QString& name) {
    auto* box = new ShortSpinBox;
    box->setDecimals(kDecimals);
    box->setRange(0, most);
    box->setSingleStep(step);
    box->setObjectName(QString::fromLatin1(objectName));
    box->setAccessibleName(name);
    box->setFixedWidth(92);
    return box;
}

QLabel* label(const QString& text, QWidget* buddy) {
    auto* made = new QLabel(text);
    setLook(made, "tone", "muted");
    made->setBuddy(buddy);
    return made;
}

}  // namespace

BranchPanel::BranchPanel(QWidget* parent)
    : QFrame(parent),
      m_title(new ElidedLabel),
      m_stage(new QComboBox),
      m_rate(number(kMostRate, 0.01, "branchRate", tr("Learning rate of the branch"))),
      m_lasso(number(kMostLasso, 1e-5, "branchLasso", tr("Group lasso of the branch"))),
      m_words(new QLabel),
      m_go(new QPushButton(tr("Branch and train"))) {
    setObjectName(QStringLiteral("branchPanel"));
    setLook(this, "notice", "info");
    m_title->setTextFormat(Qt::PlainText);
    setLook(m_title, "strong");
    m_stage->setObjectName(QStringLiteral("branchStage"));
    m_stage->setAccessibleName(tr("Where the branch begins"));
    m_stage->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_stage->setMinimumContentsLength(20);
    m_words->setObjectName(QStringLiteral("branchWords"));
    m_words->setTextFormat(Qt::PlainText);
    m_words->setWordWrap(true);
    setLook(m_words, "tone", "muted");
    setLook(m_words, "scale", "small");
    m_go->setObjectName(QStringLiteral("branchGo"));
    m_go->setAccessibleName(m_go->text());
    setLook(m_go, "role", "primary");
    auto* cancel = new QPushButton(tr("Cancel"));
    cancel->setObjectName(QStringLiteral("branchCancel"));
    cancel->setAccessibleName(tr("Do not branch"));

    auto* fields = new QHBoxLayout;
    fields->setSpacing(8);
    fields->addWidget(label(tr("from"), m_stage));
    fields->addWidget(m_stage, 1);
    fields->addWidget(label(tr("learning rate"), m_rate));
    fields->addWidget(m_rate);
    fields->addWidget(label(tr("group lasso"), m_lasso));
    fields->addWidget(m_lasso);
    fields->addWidget(m_go);
    fields->addWidget(cancel);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 8, 12, 8);
    layout->setSpacing(8);
    layout->addWidget(m_title);
    layout->addLayout(fields);
    layout->addWidget(m_words);

    connect(m_go, &QPushButton::clicked, this, [this] {
        hide();
        emit branchWanted(request());
    });
    connect(cancel, &QPushButton::clicked, this, &QWidget::hide);
    hide();
}

void BranchPanel::open(const RunSummary& run) {
    m_request = {};
    m_request.from = run.folder;
    m_record = run.record;
    m_title->setText(tr("A branch of %1").arg(QString::fromStdString(run.name)));
    m_stage->clear();
    const auto planned = planCondensing(run.record);
    for (const int stage : run.stages) {
        const auto step = std::find_if(planned.begin(), planned.end(),
                                       [&](const CondensingStep& each) { return each.stage == stage; });
        m_stage->addItem(step == planned.end() ? tr("before step %1").arg(stage)
                                               : tr("before step %1 (epoch %2)").arg(stage).arg(step->epoch, 0, 'g', 4),
                         stage);
    }
    if (run.resumable) m_stage->addItem(tr("latest checkpoint (epoch %1)").arg(run.epochs), 0);
    m_rate->setValue(run.record.settings.learningRate);
    m_lasso->setValue(run.record.settings.groupLassoLambda);
    showWords();
    show();
    m_stage->setFocus(Qt::OtherFocusReason);
}

void BranchPanel::showWords() {
    m_words->setText(
        tr("The new run begins just before a condensing step, or at the checkpoint, takes over the curves up to "
           "there, and trains the rest of the %1 epochs. The rate "
           "is the one at the schedule's start (there %2); the run you branch from stays as it is.")
            .arg(m_record.settings.epochs)
            .arg(m_record.settings.learningRate));
}

void BranchPanel::setObstacle(const QString& why) {
    m_go->setEnabled(why.isEmpty());
    m_go->setToolTip(why);
    m_go->setAccessibleDescription(why);
    if (why.isEmpty()) {
        showWords();
    } else {
        m_words->setText(why);
    }
}

BranchRequest BranchPanel::request() const {
    BranchRequest request = m_request;
    request.stage = m_stage->currentData().toInt();
    // What was left as it was is taken over to the last bit.
    if (m_rate->text() != m_rate->textFromValue(m_record.settings.learningRate)) request.learningRate = m_rate->value();
    if (m_lasso->text() != m_lasso->textFromValue(m_record.settings.groupLassoLambda)) {
        request.groupLassoLambda = m_lasso->value();
    }
    return request;
}

void BranchPanel::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) return hide();
    QFrame::keyPressEvent(event);
}

}  // namespace condenser
