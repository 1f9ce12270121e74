// How learned group convolutions come to be: which filters of which group read which features, at every moment of a
// run.
#pragma once

#include "connections/connections_session.h"
#include "connections/connections_state.h"
#include "pages/page.h"

class QSettings;

namespace condenser {

class ConnectionsPage : public Page {
    Q_OBJECT

  public:
    // `settings` must outlive it.
    explicit ConnectionsPage(QSettings& settings, QWidget* parent = nullptr);
    ~ConnectionsPage() override;

    void setTheme(const Theme& theme) override;
    void mainAction() override;  // plays, or pauses
    QString helpPage() const override;
    std::optional<Exhibit> exhibit() const override;

    void showRun(const std::filesystem::path& folder, bool sample = false);
    // In training: followed as it goes.
    void showTraining(const RunStarted& run);
    void momentRecorded();  // the run in training has written something new
    void trainingEnded();
    // The record of the run that it lies in, if that has one; else the model alone.
    void showModel(const CurrentModel& model);

    // The run that is shown; empty: none.
    std::filesystem::path run() const;
    // A moment of that run, from the Train page's crosshair.
    void showEpoch(double epoch);
    // For feature maps.
    void setPicture(const std::shared_ptr<const Picture>& picture, const QString& name);

  signals:
    void epochChosen(double epoch);  // by the scrubber: the Train page's crosshair follows
    void trainingWanted();
    void modelWanted();

  private:
    ConnectionsState m_state;
    ConnectionsSession m_session;
};

}  // namespace condenser
