#include "connections/compare_bar.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QPushButton>
#include <QStylePainter>

#include "look/format.h"
#include "look/look.h"

namespace condenser {
namespace {

constexpr int kShortestName = 5, kShortestMoment = 8;  // characters of a combo that show at least

// Too long a name ends in dots.
class ElidedCombo : public QComboBox {
  protected:
    void paintEvent(QPaintEvent* /*event*/) override {
        QStylePainter painter(this);
        QStyleOptionComboBox option;
        initStyleOption(&option);
        painter.drawComplexControl(QStyle::CC_ComboBox, option);
        if (currentIndex() < 0) {
            option.palette.setBrush(QPalette::ButtonText, option.palette.brush(QPalette::PlaceholderText));
            option.currentText = placeholderText();
        }
        const QRect room = style()->subControlRect(QStyle::CC_ComboBox, &option, QStyle::SC_ComboBoxEditField, this);
        option.currentText = option.fontMetrics.elidedText(option.currentText, Qt::ElideRight, room.width());
        painter.drawControl(QStyle::CE_ComboBoxLabel, option);
    }
};

QComboBox* makeCombo(const char* name, const QString& spoken, int shortest) {
    auto* combo = new ElidedCombo;
    combo->setObjectName(QLatin1String(name));
    combo->setAccessibleName(spoken);
    combo->setToolTip(spoken);
    combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    combo->setMinimumContentsLength(shortest);
    combo->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    return combo;
}

QPushButton* makeButton(const char* name, const QString& text, const QString& spoken) {
    auto* button = new QPushButton(text);
    button->setObjectName(QLatin1String(name));
    button->setAccessibleName(spoken);
    button->setToolTip(spoken);
    return button;
}

}  // namespace

CompareBar::CompareBar(QWidget* parent)
    : QWidget(parent),
      m_runs(makeCombo("compareRun", tr("Run beside the first map"), kShortestName)),
      m_moments(makeCombo("compareMoment", tr("Moment beside the first map"), kShortestMoment)),
      m_back(makeButton("compareBack", QStringLiteral("‹"), tr("The moment before, in the second map"))),
      m_forward(makeButton("compareForward", QStringLiteral("›"), tr("The next moment, in the second map"))) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    row->addWidget(m_runs, 1);
    auto* other = makeButton("otherRun", QStringLiteral("…"), tr("Choose the folder of another run"));
    setLook(other, "role", "quiet");
    row->addWidget(other);
    for (QPushButton* step : {m_back, m_forward}) setLook(step, "role", "quiet");
    row->addWidget(m_back);
    row->addWidget(m_moments, 1);
    row->addWidget(m_forward);
    m_runs->setPlaceholderText(tr("choose a run"));

    connect(m_runs, &QComboBox::activated, this,
            [this](int index) { emit runChosen(toPath(m_runs->itemData(index).toString())); });
    connect(other, &QPushButton::clicked, this, &CompareBar::otherRunWanted);
    connect(m_moments, &QComboBox::activated, this, &CompareBar::momentChosen);
    connect(m_back, &QPushButton::clicked, this, [this] { emit momentChosen(m_moments->currentIndex() - 1); });
    connect(m_forward, &QPushButton::clicked, this, [this] { emit momentChosen(m_moments->currentIndex() + 1); });
    showSteps();
}

void CompareBar::setRuns(const Runs& runs, const std::filesystem::path& own) {
    const QString chosen = m_runs->currentData().toString();
    const bool some = m_runs->currentIndex() >= 0;
    m_runs->clear();
    if (!own.empty()) m_runs->addItem(tr("this run"), QString());
    for (const auto& [name, folder] : runs) {
        if (folder == own) continue;
        m_runs->addItem(name, toQString(folder));
        m_runs->setItemData(m_runs->count() - 1, name, Qt::ToolTipRole);
    }
    m_runs->setCurrentIndex(some ? m_runs->findData(chosen) : -1);
}

void CompareBar::setRun(const std::filesystem::path& folder) {
    m_runs->setCurrentIndex(m_runs->findData(toQString(folder)));
}

void CompareBar::setMoments(const QStringList& words) {
    const int moment = m_moments->currentIndex();
    m_moments->clear();
    m_moments->addItems(words);
    m_moments->setEnabled(!words.isEmpty());
    setMoment(moment < words.size() ? moment : -1);
}

void CompareBar::setMoment(int moment) {
    m_moments->setCurrentIndex(moment);
    showSteps();
}

void CompareBar::showSteps() {
    const int moment = m_moments->currentIndex();
    m_back->setEnabled(moment > 0);
    m_forward->setEnabled(moment >= 0 && moment + 1 < m_moments->count());
}

}  // namespace condenser
