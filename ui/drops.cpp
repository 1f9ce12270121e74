#include "drops.h"

#include <QDragEnterEvent>
#include <QDropEvent>
#include <QMimeData>
#include <utility>

#include "look/format.h"
#include "pages/notices.h"
#include "session/inference_session.h"
#include "session/training_session.h"
#include "veil.h"

namespace condenser {
namespace {

const QString kRefusal = QStringLiteral("openNotice");
const QString kLooking = QStringLiteral("lookingNotice");
const QString kChoice = QStringLiteral("choiceNotice");

std::vector<std::filesystem::path> pathsOf(const QList<QUrl>& urls) {
    std::vector<std::filesystem::path> paths;
    for (const QUrl& url : urls) {
        if (url.isLocalFile()) paths.push_back(toPath(url.toLocalFile()));
    }
    return paths;
}

QString quoted(const std::filesystem::path& path) {
    return Drops::tr("“%1”").arg(toQString(path.filename()));
}

}  // namespace

Drops::Drops(NoticeArea& notices, const TrainingSession& training, InferenceSession& inference, QWidget* window)
    : QObject(window),
      m_notices(notices),
      m_training(training),
      m_inference(inference),
      m_veil(new Veil(QStringLiteral("dropOverlay"), Veil::Kind::kSeeThrough, window)) {
    window->setAcceptDrops(true);
    window->installEventFilter(this);
    connect(&m_planner, &DropPlanner::planned, this, &Drops::planned);
    connect(&m_planner, &DropPlanner::looking, this, &Drops::showLooking);
}

bool Drops::eventFilter(QObject* watched, QEvent* event) {
    switch (event->type()) {
        case QEvent::DragEnter:
            enter(static_cast<QDragEnterEvent&>(*event));
            return true;
        case QEvent::DragLeave:
            leave();
            return true;
        case QEvent::Drop:
            drop(static_cast<QDropEvent&>(*event));
            return true;
        default:
            return QObject::eventFilter(watched, event);
    }
}

// ---- while it hovers ------------------------------------------------------------------------------------------------

void Drops::enter(QDragEnterEvent& event) {
    if (!event.mimeData()->hasUrls()) return event.ignore();
    event.acceptProposedAction();
    m_phase = Phase::kHovering;
    m_paths = pathsOf(event.mimeData()->urls());
    m_plan = m_planner.plan([paths = m_paths](const LookingIn& looking) { return planDrop(paths, looking); });
    showHover();
}

void Drops::leave() {
    if (m_phase == Phase::kHovering) m_planner.cancel();
    m_phase = Phase::kNothing;
    m_plan.reset();
    m_veil->hide();
}

void Drops::showHover() {
    if (!m_plan) return m_veil->showWords(tr("Looking into what it is…"), true);
    const DropPlan plan = refine(*m_plan);
    QString words = plan.words;
    if (plan.kind == DropPlan::Kind::kPictures) m_inference.getReady();
    if (plan.kind == DropPlan::Kind::kPictures && m_inference.model().file == nullptr)
        words += tr("\nThere is no model yet: they are answered as soon as there is one");
    m_veil->showWords(words, plan.kind != DropPlan::Kind::kNothing);
}

void Drops::drop(QDropEvent& event) {
    m_veil->hide();
    event.acceptProposedAction();
    const auto paths = pathsOf(event.mimeData()->urls());
    const bool known = m_phase == Phase::kHovering && paths == m_paths;
    m_phase = Phase::kCarryingOut;
    if (known && m_plan) {
        carryOut(*std::exchange(m_plan, std::nullopt));
    } else if (!known || !m_planner.busy()) {
        open(paths);
    }
}

// ---- when it has come -----------------------------------------------------------------------------------------------

void Drops::open(const QList<QUrl>& urls) {
    open(pathsOf(urls));
}

void Drops::open(const std::vector<std::filesystem::path>& paths) {
    m_phase = Phase::kCarryingOut;
    if (const auto plan = m_planner.plan([paths](const LookingIn& looking) { return planDrop(paths, looking); }))
        carryOut(*plan);
}

void Drops::planned(const DropPlan& plan) {
    if (m_phase == Phase::kCarryingOut) return carryOut(plan);
    m_plan = plan;
    showHover();
}

void Drops::showLooking(qint64 entries) {
    const QString words = tr("Looking into what it is… %1 so far").arg(formatPlural(entries, tr("file"), tr("files")));
    if (m_phase == Phase::kHovering) return m_veil->showWords(words, true);
    if (m_phase != Phase::kCarryingOut || !m_planner.busy()) return;
    m_notices.show(kLooking, {.title = words, .actions = {{tr("Cancel"), [this] {
                                                               m_planner.cancel();
                                                               m_phase = Phase::kNothing;
                                                               m_notices.remove(kLooking);
                                                           }}}});
}

DropPlan Drops::refine(DropPlan plan) const {
    if (plan.kind != DropPlan::Kind::kData || !m_training.active()) return plan;
    DropPlan refused{DropPlan::Kind::kNothing, {}, tr("A run is training: stop it before you choose other data")};
    refused.other = plan.other;
    return refused;
}

void Drops::carryOut(const DropPlan& wanted) {
    m_phase = Phase::kNothing;
    for (const QString& key : {kLooking, kChoice, kRefusal}) m_notices.remove(key);
    const DropPlan plan = refine(wanted);
    switch (plan.kind) {
        case DropPlan::Kind::kPictures:
            emit picturesWanted(plan.files);
            break;
        case DropPlan::Kind::kData:
            emit dataWanted(plan.files.front());
            break;
        case DropPlan::Kind::kModel:
            emit modelWanted(plan.files.front());
            break;
        case DropPlan::Kind::kRun:
            emit runWanted(plan.files.front());
            break;
        case DropPlan::Kind::kExperiment:
            emit experimentWanted(plan.folder, plan.files);
            break;
        case DropPlan::Kind::kNothing:
            refuse(plan.words, plan.detail);
            break;
    }
    offerOther(plan);
}

void Drops::offerOther(const DropPlan& plan) {
    if (plan.done.isEmpty() && !plan.other) return;
    Notice notice{.title = plan.done};
    if (plan.kind == DropPlan::Kind::kNothing) {  // refused, and the reason stays
        notice.kind = Notice::Kind::kError;
        notice.title = plan.words;
        m_notices.remove(kRefusal);
    }
    if (plan.other) notice.actions.push_back({plan.other->words, [this, plan] { takeOther(plan); }});
    m_notices.show(kChoice, notice);
}

// And the way back from it.
void Drops::takeOther(const DropPlan& plan) {
    const DropPlan::Other other = *plan.other;
    if (other.kind == DropPlan::Kind::kData) {
        DropPlan data{DropPlan::Kind::kData, {other.place}, {}};
        data.done = tr("%1 is used as data to train on.").arg(quoted(other.place));
        data.other = DropPlan::Other{DropPlan::Kind::kPictures, plan.files.front().parent_path(),
                                     tr("Classify these pictures instead")};
        return carryOut(data);
    }
    m_phase = Phase::kCarryingOut;
    const auto found = m_planner.plan([place = other.place](const LookingIn& looking) {
        DropPlan pictures = planPicturesBelow(place, looking);
        if (pictures.kind == DropPlan::Kind::kNothing) return pictures;
        pictures.done = Drops::tr("The pictures in %1 are classified.").arg(quoted(place));
        pictures.other = DropPlan::Other{DropPlan::Kind::kData, place, Drops::tr("Use as data to train on instead")};
        return pictures;
    });
    if (found) carryOut(*found);
}

void Drops::refuse(const QString& title, const QString& detail) {
    m_notices.show(kRefusal, {.kind = Notice::Kind::kError, .title = title, .detail = detail});
}

}  // namespace condenser
