// How learned group convolutions come to be: which filters of which group read which features, at every moment of a
// run.
#pragma once

#include <functional>

#include "connections/connections_session.h"
#include "connections/connections_state.h"
#include "connections/feature_map_session.h"
#include "look/theme.h"
#include "pages/page.h"

class QSettings;
class QSplitter;
class QStackedWidget;

namespace condenser {

class AnimationExport;
class ComparePane;
class ConnectionsHeadline;
class DetailsCard;
class EmptyConnections;
class FeatureMapPanel;
class LayerList;
class MapPane;
class NoticeArea;
class Scrubber;

// What it is told to show while it is hidden, it reads when it is shown: a page that nobody looks at costs nothing.
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
    // The record of the run that it lies in, if that has one; else the model alone. A model without a file of its own
    // is a snapshot of the run in training, which is shown already.
    void showModel(const CurrentModel& model);

    // What its parts share.
    ConnectionsState& state() { return m_state; }
    // The run that is shown; empty: none.
    std::filesystem::path run() const { return m_run; }
    // A moment of that run, from the Train page's crosshair.
    void showEpoch(double epoch);
    // Beside the run that is shown; after compareRunWanted.
    void compareWith(const std::filesystem::path& folder);
    // For feature maps.
    void setPicture(const MapPicture& picture);

  signals:
    void epochChosen(double epoch);  // by the scrubber: the Train page's crosshair follows
    void epochLeft();                // the newest moment is followed again
    void trainingWanted();
    void modelWanted();
    void compareRunWanted();  // one that is not in the store

  protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

  private:
    QWidget* makeContent();
    DetailsCard* makeDetails();
    void connectState();
    void openSoon(const std::function<void()>& open);
    void sourceOpened(const ConnectionsSourcePtr& source);
    void sourceFailed(const Error& error);
    void showWhatThereIs();
    void compare(bool on);
    void arrangeMaps();

    QSettings& m_settings;
    Theme m_theme;
    ConnectionsState m_state;
    ConnectionsSession m_session;
    std::filesystem::path m_run;
    bool m_training = false;         // m_run is being trained in this window
    bool m_waiting = false;          // for what is being opened, until its first record is here
    std::function<void()> m_toOpen;  // when the page is shown
    std::optional<double> m_toShow;  // likewise, an epoch
    bool m_fromTrain = false;        // the moment is being chosen by the Train page
    std::optional<Error> m_problem;  // why there is no source

    ConnectionsHeadline* m_headline;
    NoticeArea* m_notices;
    AnimationExport* m_animation;
    LayerList* m_layers;
    MapPane* m_map;
    ComparePane* m_compare;
    QWidget* m_compareCard;
    QSplitter* m_rows = nullptr;
    DetailsCard* m_details;
    FeatureMapPanel* m_featureMaps;
    Scrubber* m_scrubber;
    EmptyConnections* m_empty;
    QWidget* m_content;
    QStackedWidget* m_stack;
};

}  // namespace condenser
