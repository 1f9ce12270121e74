#include "compare/compare_page.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QSettings>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "base/thread_pool.h"
#include "compare/bench_document.h"
#include "compare/compare_export.h"
#include "compare/compare_parts.h"
#include "compare/compare_words.h"
#include "compare/headline.h"
#include "compare/measure_panel.h"
#include "compare/pause_and_measure.h"
#include "look/elided_label.h"
#include "look/format.h"
#include "look/look.h"
#include "look/titled_exhibit.h"
#include "pages/notices.h"
#include "plots/time_text.h"
#include "session/inference_session.h"
#include "session/training_session.h"

namespace condenser {
namespace {

using What = MeasureRequest::What;

constexpr int kMargin = 16, kGap = 12, kBarWidth = 160;  // pixels
constexpr int kBarSteps = 1000;
const QString kFailed = QStringLiteral("compareFailed");
const QString kNoted = QStringLiteral("compareNoted");

}  // namespace

ComparePage::ComparePage(QSettings& settings, InferenceSession& inference, TrainingSession& training,
                         CompareSession& session, QWidget* parent)
    : Page(parent),
      m_inference(inference),
      m_session(session),
      m_measuring(new PauseAndMeasure(training, session, this)),
      m_theme(darkTheme()),
      m_notices(new NoticeArea),
      m_headline(new CompareHeadline),
      m_panel(new MeasurePanel(settings)),
      m_notesLabel(new QLabel),
      m_back(new QPushButton),
      m_refusal(new QWidget),
      m_refusalWords(new QLabel),
      m_pause(new QPushButton(tr("Pause it and measure"))),
      m_status(new ElidedLabel),
      m_bar(new QProgressBar),
      m_parts(new CompareParts(settings)),
      m_export(new CompareExport(
          *m_notices, *this,
          [this] {
              return CompareExport::Contents{m_shown, m_sweepReport, m_networksReport};
          },
          [this] { return *exhibit(); })) {
    auto* menu = new QMenu(&m_panel->exportButton());
    menu->setObjectName(QStringLiteral("exportComparisonMenu"));
    m_export->addTo(*menu);
    m_panel->exportButton().setMenu(menu);
    layOut();
    connectSession();
    connect(m_headline, &CompareHeadline::trainingWanted, this, &ComparePage::trainingWanted);
    connect(m_headline, &CompareHeadline::modelWanted, this, &ComparePage::modelWanted);
    connect(m_headline, &CompareHeadline::lastWanted, this, [this] {
        if (const StoredComparison* last = lastKept()) m_session.read(m_wanted = last->id);
    });
    connect(m_panel, &MeasurePanel::measureWanted, this, [this] { measure(What::kForms); });
    connect(m_panel, &MeasurePanel::cancelWanted, this, &ComparePage::cancel);
    connect(m_parts, &CompareParts::sweepWanted, this, [this] { measure(What::kSweep); });
    connect(m_parts, &CompareParts::networksWanted, this, [this] { measure(What::kPaperNetworks); });
    connect(m_parts, &CompareParts::resultChosen, this, [this](qint64 id) { m_session.read(m_wanted = id); });
    connect(m_parts, &CompareParts::removalWanted, this, &ComparePage::removeResult);
    connect(m_parts, &CompareParts::exported, m_export, &CompareExport::sayDone);
    connect(m_parts, &CompareParts::exportFailed, m_export, &CompareExport::sayFailed);
    connect(m_back, &QPushButton::clicked, this, &ComparePage::showLatest);
    connect(m_pause, &QPushButton::clicked, this, [this] { m_measuring->pauseAndMeasure(requestFor(What::kForms)); });
    connect(m_measuring, &PauseAndMeasure::awaitsPauseChanged, this, &ComparePage::refreshState);
    connect(&inference, &InferenceSession::modelChanged, this, &ComparePage::refresh);
    connect(&training, &TrainingSession::stateChanged, this, &ComparePage::refreshState);
    refresh();
    m_session.list();
}

ComparePage::~ComparePage() = default;

// ---- how it looks ---------------------------------------------------------------------------------------------------

void ComparePage::layOut() {
    m_notices->setObjectName(QStringLiteral("compareNotices"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    layout->setSpacing(kGap);
    layout->addWidget(m_notices);
    layout->addWidget(makeHead());
    layout->addWidget(m_parts, 1);
}

QWidget* ComparePage::makeHead() {
    m_notesLabel->setObjectName(QStringLiteral("compareNotes"));
    m_refusalWords->setObjectName(QStringLiteral("compareRefusal"));
    for (QLabel* label : {m_notesLabel, m_refusalWords}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
    }
    setLook(m_notesLabel, "tone", "muted");
    setLook(m_notesLabel, "scale", "small");
    setLook(m_refusalWords, "tone", "warning");
    m_refusalWords->setText(tr("A run is training: a measurement beside it would say nothing."));
    m_pause->setObjectName(QStringLiteral("pauseAndMeasure"));
    m_pause->setAccessibleName(m_pause->text());
    m_pause->setToolTip(tr("The run stands still while both forms are timed, and goes on afterwards"));
    m_back->setObjectName(QStringLiteral("compareBackToLatest"));
    setLook(m_back, "role", "link");
    m_status->setObjectName(QStringLiteral("compareStatus"));
    m_status->setTextFormat(Qt::PlainText);
    m_status->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    setLook(m_status, "tone", "muted");
    setLook(m_status, "scale", "small");
    m_bar->setObjectName(QStringLiteral("compareBar"));
    m_bar->setAccessibleName(tr("Progress of the measurement"));
    m_bar->setRange(0, kBarSteps);
    m_bar->setTextVisible(false);
    m_bar->setFixedWidth(kBarWidth);

    auto* refusal = new QHBoxLayout(m_refusal);
    refusal->setContentsMargins(0, 0, 0, 0);
    refusal->setSpacing(8);
    refusal->addWidget(m_refusalWords, 1);
    refusal->addWidget(m_pause);
    auto* notes = new QHBoxLayout;
    notes->setSpacing(8);
    notes->addWidget(m_notesLabel, 1);
    notes->addWidget(m_back);
    auto* status = new QHBoxLayout;
    status->setSpacing(8);
    status->addWidget(m_status, 1);
    status->addWidget(m_bar, 0, Qt::AlignVCenter);

    auto* left = new QVBoxLayout;
    left->setSpacing(4);
    left->addWidget(m_headline, 1);
    left->addWidget(m_refusal);
    left->addLayout(notes);
    left->addLayout(status);
    auto* card = new QFrame;
    card->setObjectName(QStringLiteral("compareHead"));
    setLook(card, "card");
    card->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    auto* row = new QHBoxLayout(card);
    row->setContentsMargins(14, 12, 14, 10);
    row->setSpacing(16);
    row->addLayout(left, 1);
    row->addWidget(m_panel);
    return card;
}

void ComparePage::setTheme(const Theme& theme) {
    m_theme = theme;
    m_parts->setTheme(theme);
}

QString ComparePage::helpPage() const {
    return QStringLiteral("compare");
}

// ---- measuring ------------------------------------------------------------------------------------------------------

void ComparePage::connectSession() {
    connect(&m_session, &CompareSession::started, this, [this] {
        m_ended.clear();
        m_notices->remove(kFailed);
        if (measuring(What::kForms)) {
            m_measured = m_session.request().model.file;
            m_parts->show(nullptr);
            m_partsStale = true;
        }
        m_bar->setValue(0);
        m_status->setText(tr("Getting ready …"));
        refresh();
    });
    connect(&m_session, &CompareSession::progress, this, [this](const QString& words, double share) {
        m_status->setText(words);
        m_status->setToolTip(words);
        m_bar->setValue(static_cast<int>(share * kBarSteps));
    });
    connect(&m_session, &CompareSession::sampled, m_parts, &CompareParts::addSamples);
    connect(&m_session, &CompareSession::compared, this, &ComparePage::showFinished);
    connect(&m_session, &CompareSession::swept, this, [this](const BenchReportPtr& report) {
        m_sweepReport = report;
        m_parts->showSweep(*report);
    });
    connect(&m_session, &CompareSession::networksMeasured, this, [this](const BenchReportPtr& report) {
        m_networksReport = report;
        m_parts->showNetworks(*report);
    });
    connect(&m_session, &CompareSession::failed, this, [this](const Error& error) {
        if (m_session.busy()) m_ended = errorTitle(error);  // else it is what is kept
        m_notices->show(kFailed,
                        {.kind = Notice::Kind::kError, .title = errorTitle(error), .detail = errorDetail(error)});
        refreshState();
    });
    connect(&m_session, &CompareSession::ended, this, [this] {
        // What was there before shows again after a measurement that came to nothing.
        if (std::exchange(m_partsStale, false)) m_parts->show(m_shown.get());
        refresh();
    });
    connect(&m_session, &CompareSession::noticed, this,
            [this](const QString& sentence) { m_notices->show(kNoted, {.title = sentence}); });
    connect(&m_session, &CompareSession::listed, this, &ComparePage::showKept);
    connect(&m_session, &CompareSession::opened, this, &ComparePage::showStored);
}

MeasureRequest ComparePage::requestFor(What what) const {
    MeasureRequest request;
    request.what = what;
    request.model = m_inference.model();
    request.batch = m_panel->batch();
    request.threads = what == What::kSweep ? availableCores() : m_panel->threads();  // it goes up to there
    request.isa = m_panel->isa();
    return request;
}

bool ComparePage::measuring(What what) const {
    return m_session.busy() && m_session.request().what == what;
}

void ComparePage::measure(What what) {
    const bool model = what == What::kPaperNetworks || m_inference.model().file != nullptr;
    if (model) m_measuring->measure(requestFor(what));
}

void ComparePage::cancel() {
    m_ended = tr("Cancelled: nothing of it is kept.");
    m_measuring->cancel();
}

void ComparePage::mainAction() {
    if (m_session.busy() || m_measuring->awaitsPause()) return cancel();
    if (m_measuring->mustPause()) return m_pause->setFocus(Qt::ShortcutFocusReason);
    measure(What::kForms);
}

// ---- results --------------------------------------------------------------------------------------------------------

void ComparePage::showFinished(const ComparisonPtr& comparison) {
    m_ended.clear();
    m_partsStale = false;
    m_latest = m_shown = comparison;
    m_shownId = m_wanted = 0;
    m_parts->show(m_shown.get());
    refresh();
}

void ComparePage::showStored(qint64 id, const ComparisonPtr& comparison) {
    if (id != m_wanted || measuring(What::kForms)) return;
    m_wanted = 0;
    m_shown = comparison;
    m_shownId = id;
    m_ended.clear();
    m_parts->show(m_shown.get());
    refresh();
}

void ComparePage::showLatest() {
    m_shown = m_latest;
    m_shownId = m_wanted = 0;
    m_parts->show(m_shown.get());
    m_parts->setKept(m_kept, 0);
    const bool hadFocus = m_back->hasFocus();
    refresh();
    if (hadFocus) m_panel->nextInFocusChain()->setFocus();  // the button is gone
}

void ComparePage::showKept(const std::vector<StoredComparison>& kept) {
    m_kept = kept;
    m_parts->setKept(kept, m_shownId);
    refresh();
}

void ComparePage::removeResult(qint64 id) {
    // Only what is here can be brought back.
    if (id != m_shownId || m_shown == nullptr) return;
    const ComparisonPtr gone = m_shown;
    const QString words = tr("The result of %1, %2, was removed.")
                              .arg(QString::fromStdString(gone->name), formatMoment(gone->bench.measured));
    showLatest();
    m_session.remove(id);
    emit removed(words, [this, gone] { m_session.keep(gone); });
}

const StoredComparison* ComparePage::lastKept() const {
    const std::string name = m_inference.model().name.toStdString();
    const auto at =
        std::find_if(m_kept.begin(), m_kept.end(), [&](const StoredComparison& stored) { return stored.name == name; });
    return at == m_kept.end() ? nullptr : &*at;
}

// ---- what the head says ---------------------------------------------------------------------------------------------

void ComparePage::refresh() {
    m_parts->showHistory(m_shown != nullptr ? m_shown->name : m_inference.model().name.toStdString());
    refreshHeadline();
    refreshState();
}

void ComparePage::refreshHeadline() {
    const CurrentModel& model = m_inference.model();
    if (measuring(What::kForms)) {
        m_headline->showNone(tr("Measuring %1 …").arg(m_session.request().model.name),
                             tr("First the same pictures go through both forms; then dense and condensed take turns, "
                                "and each call is a point below; then each layer is timed."),
                             false);
    } else if (m_shown != nullptr) {
        m_headline->show(*m_shown);
    } else if (model.file == nullptr) {
        m_headline->showNone(
            tr("No model yet"),
            tr("Train one, or open a model file: then both of its forms are timed here, side by side."), true);
    } else {
        const StoredComparison* last = lastKept();
        m_headline->showNone(
            tr("How much faster is the condensed network here?"),
            tr("“Measure” times %1 in both of its forms, in turn, on this machine, and checks that they give the same "
               "answers. It takes about 10 s, longer for large networks.")
                .arg(model.sample ? tr("the sample “%1”").arg(model.name) : tr("“%1”").arg(model.name)),
            false,
            last == nullptr
                ? QString()
                : tr("Show the last result: %1, %2").arg(timesText(last->ratio), formatMoment(last->measured)));
    }
    const QString words = measuring(What::kForms) || m_shown == nullptr ? QString() : notes();
    m_notesLabel->setText(words);
    setLook(m_notesLabel, "tone", m_shown != nullptr && paceChanged(*m_shown) ? "warning" : "muted");
    m_notesLabel->setVisible(!words.isEmpty());
    m_back->setText(m_latest != nullptr ? tr("Back to the latest") : tr("Close it"));
    m_back->setAccessibleName(m_latest != nullptr ? tr("Back to the latest measurement")
                                                  : tr("Close the earlier result"));
    m_back->setVisible(m_shownId != 0 && !measuring(What::kForms));
}

QString ComparePage::notes() const {
    QStringList words = notesOf(*m_shown, m_shownId != 0);
    const QString name = QString::fromStdString(m_shown->name);
    if (m_shownId == 0 && m_measured != m_inference.model().file) {
        words << (m_inference.model().name == name
                      ? tr("Measured with an earlier state of %1.").arg(name)
                      : tr("This is %1; the current model is %2.").arg(name, m_inference.model().name));
    }
    return words.join(u' ');
}

void ComparePage::refreshState() {
    using State = MeasurePanel::State;
    const bool busy = m_session.busy(), training = m_measuring->mustPause(),
               model = m_inference.model().file != nullptr;
    const QString why = busy       ? tr("A measurement is under way.")
                        : training ? tr("A run is training.")
                        : model    ? QString()
                                   : tr("There is no model yet.");
    m_panel->setState(busy                 ? State::kMeasuring
                      : !model || training ? State::kCannot
                      : m_shown != nullptr ? State::kAgain
                                           : State::kReady,
                      why);
    m_parts->setPossible(model && !busy && !training, !busy && !training, m_shownId != 0 && !busy, why);
    m_refusal->setVisible(training && !busy && model);
    m_refusalWords->setText(m_measuring->awaitsPause()
                                ? tr("Waiting for the run to stand still …")
                                : tr("A run is training: a measurement beside it would say nothing."));
    m_pause->setEnabled(!m_measuring->awaitsPause());
    m_bar->setVisible(busy);
    if (!busy) {
        m_status->setText(!m_ended.isEmpty() ? m_ended : m_shown != nullptr ? circumstances(*m_shown) : QString());
        m_status->setToolTip(m_status->text());
    }
}

// ---- taking it out --------------------------------------------------------------------------------------------------

std::optional<Exhibit> ComparePage::exhibit() const {
    if (m_shown == nullptr) return std::nullopt;
    constexpr int kHead = 120;  // pixels
    const QString name = QString::fromStdString(m_shown->name);
    const QString words = QStringList{circumstances(*m_shown), formatMoment(m_shown->bench.measured), notes()}.join(
        QStringLiteral(" · "));
    const auto head = m_headline->picture(m_theme);
    const auto parts = m_parts->exhibits();
    const QSize body(m_parts->width(), m_parts->height() + kHead + kGap);
    return titledExhibit(
        {.theme = m_theme,
         .font = font(),
         .title = m_shown->sample ? tr("%1 (sample): dense and condensed").arg(name)
                                  : tr("%1: dense and condensed").arg(name),
         .words = words},
        QStringLiteral("comparison"), body,
        [head, parts](QPainter& painter, const QRectF& room) {
            head(painter, QRectF(room.topLeft(), QSizeF(room.width(), kHead)));
            for (const CompareParts::Part& part : parts) {
                painter.save();
                painter.translate(room.topLeft() + QPointF(part.place.topLeft()) + QPointF(0, kHead + kGap));
                painter.setClipRect(QRectF(QPointF(), QSizeF(part.place.size())));
                part.exhibit.paint(painter);
                painter.restore();
            }
        },
        [shown = m_shown] { return QString::fromStdString(benchCsv(shown->bench)); });
}

}  // namespace condenser
