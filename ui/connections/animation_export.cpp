#include "connections/animation_export.h"

#include <QDesktopServices>
#include <QFileInfo>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QUrl>
#include <QVBoxLayout>
#include <utility>

#include "look/format.h"
#include "look/look.h"
#include "look/save_dialog.h"
#include "plots/exhibit_menu.h"
#include "session/guarded.h"

namespace condenser {
namespace {

constexpr int kNarrowest = 120;   // pixels, of its words
constexpr int kFramesToKnow = 3;  // before anything is said about the time that is left

QLabel* wrappedLabel(const char* objectName) {
    auto* label = new QLabel;
    label->setObjectName(QString::fromLatin1(objectName));
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setMinimumWidth(kNarrowest);
    return label;
}

// May be broken behind each folder.
QString foldedPath(const std::filesystem::path& path) {
    return toQString(path).replace(u'/', QStringLiteral("/\u200b"));
}

}  // namespace

AnimationExport::AnimationExport(ConnectionsState& state, QWidget* parent)
    : ConnectionsPanel(state, parent),
      m_theme(darkTheme()),
      m_row(new QFrame),
      m_title(wrappedLabel("animationTitle")),
      m_detail(wrappedLabel("animationDetail")),
      m_bar(new QProgressBar),
      m_open(new QPushButton(tr("Open folder"))),
      m_close(new QPushButton(tr("Close"))) {
    setObjectName(QStringLiteral("animationExport"));
    m_row->setObjectName(QStringLiteral("animationRow"));
    setLook(m_title, "strong");
    setLook(m_detail, "tone", "muted");
    m_bar->setObjectName(QStringLiteral("animationBar"));
    m_bar->setAccessibleName(tr("Progress of the animation"));
    m_bar->setTextVisible(false);
    m_open->setObjectName(QStringLiteral("animationOpen"));
    m_open->setAccessibleName(m_open->text());
    m_close->setObjectName(QStringLiteral("animationClose"));

    auto* words = new QVBoxLayout;
    words->setSpacing(4);
    words->addWidget(m_title);
    words->addWidget(m_bar);
    words->addWidget(m_detail);
    auto* row = new QHBoxLayout(m_row);
    row->setContentsMargins(12, 8, 8, 8);
    row->setSpacing(8);
    row->addLayout(words, 1);
    row->addWidget(m_open, 0, Qt::AlignVCenter);
    row->addWidget(m_close, 0, Qt::AlignVCenter);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_row);
    hide();

    connect(m_open, &QPushButton::clicked, this,
            [this] { QDesktopServices::openUrl(QUrl::fromLocalFile(toQString(m_folder))); });
    connect(m_close, &QPushButton::clicked, this, &AnimationExport::cancel);
}

AnimationExport::~AnimationExport() {
    m_cancel.request_stop();
}

void AnimationExport::setTheme(const Theme& theme) {
    m_theme = theme;
}

void AnimationExport::ask(const QString& name, const Frame& frame) {
    const AnimationPlan plan = planOf(frame);
    if (plan.moments.empty()) return;
    askWhereToSave(this,
                   {tr("Export the animation"),
                    ExhibitMenu::folder(),
                    name,
                    {tr("Animation (*.gif)"), tr("Numbered pictures, in a folder of this name (*.png)")}},
                   [this, plan](const QString& file) {
                       ExhibitMenu::setFolder(QFileInfo(file).path());
                       AnimationPlan chosen = plan;
                       chosen.file = toPath(file);
                       start(chosen);
                   });
}

void AnimationExport::write(const std::filesystem::path& file, const Frame& frame) {
    AnimationPlan plan = planOf(frame);
    if (plan.moments.empty()) return;
    plan.file = file;
    start(plan);
}

AnimationPlan AnimationExport::planOf(const Frame& frame) {
    AnimationPlan plan;
    plan.source = state().source();
    plan.weights = state().place().level == MapLevel::kGroup;
    plan.frame = frame;
    plan.theme = m_theme;
    plan.font = font();
    const int count = plan.source != nullptr ? plan.source->count() : 0;
    for (int moment = 0; moment < count; ++moment) {
        if (!plan.weights || plan.source->keepsWeights(moment)) plan.moments.push_back(moment);
    }
    if (plan.moments.size() >= 2 && !plan.source->folder.empty()) return plan;
    plan.moments.clear();
    if (!m_active) {
        lay("info", tr("There is nothing to animate."),
            plan.weights && count >= 2
                ? tr("Single weights are kept at too few moments of this run. The layer's map exists for all of them: "
                     "go one level up.")
                : tr("An animation needs a run with more than one moment."));
    }
    return plan;
}

void AnimationExport::start(const AnimationPlan& plan) {
    m_cancel.request_stop();
    m_cancel = std::stop_source();
    m_active = true;
    m_frames = static_cast<int>(plan.moments.size());
    m_folder = plan.file.parent_path();
    m_left = m_frames < plan.source->count() ? tr("Weights are kept at %1 of %2 moments: the animation has those.")
                                                   .arg(m_frames)
                                                   .arg(plan.source->count())
                                             : QString();
    m_bar->setRange(0, m_frames);
    m_clock.start();
    progressed(0);
    m_close->setFocus();
    m_worker.post([this, plan, cancel = m_cancel](const std::stop_token& stop) {
        auto cancelled = cancel;
        const std::stop_callback both(stop, [&] { cancelled.request_stop(); });
        const auto mine = [this, cancelled](auto tell) {
            QMetaObject::invokeMethod(
                this,
                [this, cancelled, tell] {
                    if (m_cancel == cancelled && !cancelled.stop_requested()) tell();
                },
                Qt::QueuedConnection);
        };
        const auto written = guarded("cannot write the animation", plan.file.string(), [&] {
            return writeAnimation(plan, cancelled.get_token(),
                                  [&](int frames) { mine([this, frames] { progressed(frames); }); });
        });
        mine([this, written] { ended(written); });
    });
}

void AnimationExport::progressed(int frames) {
    QString detail;
    if (frames >= kFramesToKnow && frames < m_frames) {
        detail = formatTimeLeft(static_cast<double>(m_clock.elapsed()) / 1000 * (m_frames - frames) / frames);
    }
    if (!m_left.isEmpty()) detail = detail.isEmpty() ? m_left : detail + QStringLiteral(" · ") + m_left;
    m_bar->setValue(frames);
    lay("info", tr("Animation: frame %1 of %2").arg(formatCount(frames), formatCount(m_frames)), detail);
}

void AnimationExport::ended(const Result<std::filesystem::path>& written) {
    m_active = false;
    if (!written) return lay("error", errorTitle(written.error()), errorDetail(written.error()));
    if (std::filesystem::is_directory(*written)) m_folder = *written;
    QString detail =
        tr("%1, in %2.").arg(formatPlural(m_frames, tr("frame"), tr("frames")), foldedPath(written->parent_path()));
    if (!m_left.isEmpty()) detail += u' ' + m_left;
    lay("info", tr("Saved as %1").arg(toQString(written->filename())), detail);
    m_open->show();
}

void AnimationExport::cancel() {
    m_cancel.request_stop();
    m_active = false;
    hide();
}

void AnimationExport::lay(const char* notice, const QString& title, const QString& detail) {
    setLook(m_row, "notice", notice);
    m_row->setAccessibleName(title);
    m_row->setAccessibleDescription(detail);
    m_title->setText(title);
    m_detail->setText(detail);
    m_detail->setVisible(!detail.isEmpty());
    m_bar->setVisible(m_active);
    m_open->hide();
    m_close->setText(m_active ? tr("Cancel") : tr("Close"));
    m_close->setAccessibleName(m_close->text());
    show();
}

}  // namespace condenser
