#include "classify/results_view.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <memory>
#include <numeric>

#include "classify/confusion_view.h"
#include "connections/detail_table.h"
#include "look/format.h"
#include "look/look.h"
#include "plots/reliability_plot.h"

namespace condenser {
namespace {

constexpr int kRefreshMs = 500;
constexpr int kLowestMatrix = 344;  // pixels, where there is no room for all: ten classes without scrolling
constexpr int kSideBySide = 660;    // pixels of width; below, the parts stand one above the other

QPushButton* formChip(const QString& name, const char* objectName, const QString& tip) {
    auto* chip = new QPushButton(name);
    chip->setObjectName(QString::fromLatin1(objectName));
    chip->setAccessibleName(tip);
    chip->setToolTip(tip);
    chip->setCheckable(true);
    setLook(chip, "role", "segment");
    return chip;
}

}  // namespace

ResultsView::ResultsView(AnswerModel& model, AnswerFilter& filter, QWidget* parent)
    : QWidget(parent),
      m_answers(model),
      m_filter(filter),
      m_headline(new QLabel),
      m_switch(new QWidget),
      m_condensed(formChip(tr("Condensed"), "judgeCondensed", tr("Judge the answers of the condensed form"))),
      m_dense(formChip(tr("Dense"), "judgeDense", tr("Judge the answers of the dense form"))),
      m_stack(new QStackedWidget),
      m_empty(new QLabel),
      m_scroll(new QScrollArea),
      m_parts(new QSplitter(Qt::Horizontal)),
      m_side(new QSplitter(Qt::Vertical)),
      m_matrix(new ConfusionView),
      m_classes(new DetailTable(QStringLiteral("classAccuracy"), tr("Accuracy of each class"))),
      m_reliability(new ReliabilityPlot) {
    setObjectName(QStringLiteral("resultsView"));
    m_headline->setObjectName(QStringLiteral("resultsHeadline"));
    m_headline->setTextFormat(Qt::PlainText);
    m_headline->setWordWrap(true);
    auto* group = new QButtonGroup(this);
    auto* chips = new QHBoxLayout(m_switch);
    chips->setContentsMargins(0, 0, 0, 0);
    chips->setSpacing(4);
    for (QPushButton* chip : {m_condensed, m_dense}) {
        group->addButton(chip);
        chips->addWidget(chip);
    }
    auto* header = new QHBoxLayout;
    header->setSpacing(8);
    header->addWidget(m_headline, 1);
    header->addWidget(m_switch, 0, Qt::AlignTop);

    m_empty->setObjectName(QStringLiteral("resultsEmpty"));
    m_empty->setTextFormat(Qt::PlainText);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_empty->setMargin(24);
    setLook(m_empty, "tone", "muted");

    auto* classes = new QFrame;
    setLook(classes, "card");
    auto* classesTitle = new QLabel(tr("Accuracy of each class"));
    setLook(classesTitle, "strong");
    auto* classesLayout = new QVBoxLayout(classes);
    classesLayout->setContentsMargins(12, 8, 12, 8);
    classesLayout->setSpacing(4);
    classesLayout->addWidget(classesTitle);
    classesLayout->addWidget(m_classes, 1);
    m_reliability->setObjectName(QStringLiteral("reliability"));
    m_reliability->setMinimumHeight(180);

    m_side->setObjectName(QStringLiteral("resultsSide"));
    m_side->addWidget(classes);
    m_side->addWidget(m_reliability);
    m_parts->addWidget(m_matrix);
    m_parts->addWidget(m_side);
    for (QSplitter* splitter : {m_parts, m_side}) {
        splitter->setChildrenCollapsible(false);
        splitter->setHandleWidth(12);
    }
    m_parts->setStretchFactor(0, 3);
    m_parts->setStretchFactor(1, 2);
    m_side->setStretchFactor(0, 1);
    m_side->setStretchFactor(1, 1);
    m_side->setSizes({1000, 1000});  // halves
    m_stack->addWidget(m_empty);
    m_parts->setObjectName(QStringLiteral("scrolled"));
    m_scroll->setObjectName(QStringLiteral("resultsScroll"));
    m_scroll->setWidget(m_parts);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_stack->addWidget(m_scroll);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addLayout(header);
    layout->addWidget(m_stack, 1);

    m_timer.setSingleShot(true);
    m_timer.setInterval(kRefreshMs);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        if (m_dirty && isVisible()) refresh();
    });
    connect(&model, &QAbstractItemModel::dataChanged, this, &ResultsView::changed);
    connect(&model, &QAbstractItemModel::rowsInserted, this, &ResultsView::changed);
    connect(&model, &QAbstractItemModel::rowsRemoved, this, &ResultsView::changed);
    connect(&filter, &AnswerFilter::filterChanged, this, &ResultsView::showChosen);
    connect(m_condensed, &QPushButton::clicked, this, [this] { setForm(Variant::kCondensed); });
    connect(m_dense, &QPushButton::clicked, this, [this] { setForm(Variant::kDense); });
    connect(m_matrix, &ConfusionView::chosen, this, &ResultsView::choose);
    connect(m_matrix, &ConfusionView::cleared, this, [this] { m_filter.setCell({}); });
    connect(m_matrix, &ConfusionView::exported, this, &ResultsView::exported);
    connect(m_matrix, &ConfusionView::exportFailed, this, &ResultsView::exportFailed);
    connect(m_reliability, &PlotCard::exported, this, &ResultsView::exported);
    connect(m_reliability, &PlotCard::exportFailed, this, &ResultsView::exportFailed);
    connect(m_classes, &DetailTable::followed, this, [this](int row) {
        choose({static_cast<int>(m_classes->rows().rows().key(row)), -1, form()});
    });
    refresh();
}

void ResultsView::setTheme(const Theme& theme) {
    m_matrix->setTheme(theme);
    m_classes->setTheme(theme);
    m_reliability->setTheme(theme);
}

void ResultsView::setForm(Variant form) {
    m_wanted = form;
    refresh();
}

Variant ResultsView::form() const {
    const AnsweredPicture* any = m_answers.anyAnswered();
    const bool chosen = m_wanted && (any == nullptr || any->form(*m_wanted) != nullptr);
    return chosen ? *m_wanted : m_answers.speaking();
}

void ResultsView::changed() {
    m_dirty = true;
    if (isVisible() && !m_timer.isActive()) refresh();
}

void ResultsView::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (m_dirty) refresh();
}

void ResultsView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    const bool narrow = width() < kSideBySide;
    const Qt::Orientation along = narrow ? Qt::Vertical : Qt::Horizontal;
    if (m_parts->orientation() == along) return;
    m_parts->setOrientation(along);
    m_side->setOrientation(narrow ? Qt::Horizontal : Qt::Vertical);
    m_matrix->setMinimumHeight(narrow ? kLowestMatrix : 0);
    m_parts->setSizes({3000, 2000});
    m_side->setSizes({1000, 1000});
}

void ResultsView::refresh() {
    m_dirty = false;
    m_timer.start();
    const AnsweredPicture* answered = m_answers.anyAnswered();
    const Variant form = this->form();
    (form == Variant::kDense ? m_dense : m_condensed)->setChecked(true);
    Confusion confusion;
    confusion.judged = form;
    if (answered != nullptr) {
        confusion.classes = answered->modelFile->classes;
        confusion.source = answered->model;
    }
    confusion.statistics = statisticsOf(m_answers.judged(form), static_cast<int>(confusion.classes.size()));
    const AnswerStatistics& statistics = confusion.statistics;
    const bool some = statistics.judged > 0;
    m_switch->setVisible(some && answered->bothForms());
    m_headline->setVisible(some);
    m_stack->setCurrentWidget(some ? static_cast<QWidget*>(m_scroll) : m_empty);
    if (!some) {
        QString example;
        if (!confusion.classes.empty()) {
            QStringList names;
            for (std::size_t i = 0; i < std::min<std::size_t>(3, confusion.classes.size()); ++i)
                names << QString::fromStdString(confusion.classes[i]);
            example = u'\n' + tr("This model's classes: %1%2.")
                                  .arg(names.join(QStringLiteral(", ")),
                                       confusion.classes.size() > 3 ? QStringLiteral(", …") : QString());
        }
        m_empty->setText(tr("How right the answers are shows here as soon as the true class of some picture is known.\n"
                            "Put pictures into folders named like the classes, and drop the folder that holds them.") +
                         example);
    } else {
        const QString right = form == Variant::kDense ? tr("Dense: %1 of %2 right") : tr("Condensed: %1 of %2 right");
        QString headline = right.arg(formatShare(statistics.accuracy()),
                                     formatPlural(statistics.judged, tr("picture"), tr("pictures")));
        if (const int unknown = statistics.answered - statistics.judged; unknown > 0) {
            headline += QStringLiteral(" · ") +
                        tr("of %1 no folder names the class").arg(formatPlural(unknown, tr("picture"), tr("pictures")));
        }
        if (answered->outstandingSteps > 0) {
            headline += QStringLiteral(" · ") +
                        tr("condensing steps are still to come, so the two forms are different functions");
        }
        m_headline->setText(headline);
        m_reliability->show(statistics.reliability, statistics.calibrationError, form);
    }
    m_matrix->show(std::move(confusion));
    fillClasses();
    showChosen();
}

void ResultsView::fillClasses() {
    struct Row {
        int index, pictures, right, rank;
        QString name;
    };
    const Confusion& confusion = m_matrix->model().confusion();
    const auto rows = std::make_shared<std::vector<Row>>();
    QString widest;
    for (std::size_t i = 0; i < confusion.classes.size(); ++i) {
        if (confusion.statistics.classPictures[i] == 0) continue;
        rows->push_back({static_cast<int>(i), confusion.statistics.classPictures[i], confusion.statistics.classRight[i],
                         0, QString::fromStdString(confusion.classes[i])});
        if (rows->back().name.size() > widest.size()) widest = rows->back().name;
    }
    std::vector<std::size_t> byName(rows->size());
    std::iota(byName.begin(), byName.end(), std::size_t{0});
    std::stable_sort(byName.begin(), byName.end(), [&](std::size_t a, std::size_t b) {
        return QString::localeAwareCompare((*rows)[a].name, (*rows)[b].name) < 0;
    });
    for (std::size_t i = 0; i < byName.size(); ++i) (*rows)[byName[i]].rank = static_cast<int>(i);

    const auto at = [rows](int row) -> const Row& { return (*rows)[static_cast<std::size_t>(row)]; };
    const auto accuracy = [at](int row) { return static_cast<double>(at(row).right) / at(row).pictures; };
    DetailRows list;
    list.count = static_cast<int>(rows->size());
    list.key = [at](int row) { return std::int64_t{at(row).index}; };
    list.barInk = confusion.judged == Variant::kDense ? Ink::kDense : Ink::kCondensed;
    list.columns = {{.head = tr("Class"),
                     .tip = tr("True class"),
                     .widest = widest.left(20),
                     .text = [at](int row) { return at(row).name; },
                     .value = [at](int row) { return double(at(row).rank); }},
                    {.head = tr("Pictures"),
                     .tip = tr("Pictures of this class that are answered"),
                     .widest = formatCount(1000),
                     .number = true,
                     .text = [at](int row) { return formatCount(at(row).pictures); },
                     .value = [at](int row) { return double(at(row).pictures); }},
                    {.head = tr("Right"),
                     .tip = tr("Pictures of this class that were recognised"),
                     .widest = formatCount(1000),
                     .number = true,
                     .text = [at](int row) { return formatCount(at(row).right); },
                     .value = [at](int row) { return double(at(row).right); }},
                    {.head = tr("Accuracy"),
                     .tip = tr("Share of the pictures of this class that were recognised"),
                     .widest = formatShare(1) + QStringLiteral("   "),
                     .number = true,
                     .text = [accuracy](int row) { return formatShare(accuracy(row)); },
                     .value = accuracy,
                     .bar = accuracy}};
    m_classes->setRows(std::move(list));
}

void ResultsView::choose(const AnswerFilter::Cell& cell) {
    m_filter.setCell(cell);
    emit picturesWanted();
}

void ResultsView::showChosen() {
    m_matrix->setChosen(m_filter.cell());
}

std::optional<Exhibit> ResultsView::exhibit() const {
    if (m_stack->currentWidget() != m_scroll) return std::nullopt;
    if (m_reliability->hasFocus()) return m_reliability->exhibit();
    return m_matrix->exhibit();
}

}  // namespace condenser
