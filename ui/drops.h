// Files and folders that reach the window: what hovers over it, what is dropped, pasted, opened or given at the start.
#pragma once

#include <QList>
#include <QObject>
#include <QUrl>
#include <optional>
#include <vector>

#include "dropping.h"
#include "session/drop_planner.h"

class QDragEnterEvent;
class QDropEvent;

namespace condenser {

class InferenceSession;
class NoticeArea;
class TrainingSession;
class Veil;

// Says over the window what letting go will do, and afterwards offers the other thing that it could have meant.
class Drops : public QObject {
    Q_OBJECT

  public:
    // All must outlive it; `window` owns it.
    Drops(NoticeArea& notices, const TrainingSession& training, InferenceSession& inference, QWidget* window);

    void open(const std::vector<std::filesystem::path>& paths);
    void open(const QList<QUrl>& urls);
    // What cannot be done, or has failed, at the top of the window.
    void refuse(const QString& title, const QString& detail = {});

  signals:
    void picturesWanted(const std::vector<std::filesystem::path>& files);
    void dataWanted(const std::filesystem::path& place);
    void modelWanted(const std::filesystem::path& file);
    void runWanted(const std::filesystem::path& folder);
    void experimentWanted(const std::filesystem::path& folder, const std::vector<std::filesystem::path>& runs);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    enum class Phase { kNothing, kHovering, kCarryingOut };

    void enter(QDragEnterEvent& event);
    void leave();
    void drop(QDropEvent& event);
    void planned(const DropPlan& plan);
    void showLooking(qint64 entries);
    void showHover();
    DropPlan refine(DropPlan plan) const;
    void carryOut(const DropPlan& plan);
    void offerOther(const DropPlan& plan);
    void takeOther(const DropPlan& plan);

    NoticeArea& m_notices;
    const TrainingSession& m_training;
    InferenceSession& m_inference;
    DropPlanner m_planner;
    Veil* m_veil;
    Phase m_phase = Phase::kNothing;
    std::vector<std::filesystem::path> m_paths;  // of what hovers
    std::optional<DropPlan> m_plan;              // of it, once known
};

}  // namespace condenser
