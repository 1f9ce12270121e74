#include "connections/connections_page.h"

#include <QSettings>
#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <utility>

#include "connections/animation_export.h"
#include "connections/compare_pane.h"
#include "connections/connections_headline.h"
#include "connections/details_card.h"
#include "connections/empty_connections.h"
#include "connections/feature_map_panel.h"
#include "connections/feature_use_panel.h"
#include "connections/filter_panel.h"
#include "connections/index_panel.h"
#include "connections/layer_list.h"
#include "connections/map_frames.h"
#include "connections/map_pane.h"
#include "connections/next_to_go_panel.h"
#include "connections/scrubber.h"
#include "connections/trace_panel.h"
#include "look/format.h"
#include "look/look.h"
#include "maps/cell_map.h"
#include "pages/notices.h"
#include "run/stored_run.h"

namespace condenser {
namespace {

constexpr int kGap = 12;
const QString kDetailsKey = QStringLiteral("connections/details");
const QString kReadNotice = QStringLiteral("connectionsReadNotice");
const QString kExportNotice = QStringLiteral("connectionsExportNotice");

QFrame* cardAround(QWidget* content, const char* name, int above = 12) {
    auto* card = new QFrame;
    card->setObjectName(QLatin1String(name));
    setLook(card, "card");
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(12, above, 12, above);
    column->addWidget(content);
    return card;
}

}  // namespace

ConnectionsPage::ConnectionsPage(QSettings& settings, QWidget* parent)
    : Page(parent),
      m_settings(settings),
      m_headline(new ConnectionsHeadline(m_state)),
      m_notices(new NoticeArea),
      m_animation(new AnimationExport(m_state)),
      m_layers(new LayerList(m_state)),
      m_map(new MapPane(m_state)),
      m_compare(new ComparePane(m_state)),
      m_compareCard(cardAround(m_compare, "compareCard")),
      m_details(makeDetails()),
      m_scrubber(new Scrubber(m_state)),
      m_empty(new EmptyConnections),
      m_content(makeContent()),
      m_stack(new QStackedWidget) {
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_content);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(kGap);
    column->addWidget(m_notices);
    column->addWidget(m_animation);
    column->addWidget(m_stack, 1);
    m_details->showPanel(m_settings.value(kDetailsKey).toString());
    connect(m_details, &DetailsCard::chosen, this,
            [this](const QString& name) { m_settings.setValue(kDetailsKey, name); });
    connect(m_empty, &EmptyConnections::trainingWanted, this, &ConnectionsPage::trainingWanted);
    connect(m_empty, &EmptyConnections::modelWanted, this, &ConnectionsPage::modelWanted);
    connect(m_map, &MapPane::compareWanted, this, &ConnectionsPage::compare);
    connect(m_map, &MapPane::animationWanted, this,
            [this] { m_animation->ask(mapFramesName(m_state), mapFrames(m_state, m_theme, m_map->font())); });
    connect(&m_session, &ConnectionsSession::runsListed, m_compare, &ComparePane::setRuns);
    connect(m_compare, &ComparePane::runWanted, this, &ConnectionsPage::compareRunWanted);
    connect(m_map, &MapPane::exported, this, [this](const QString& file) {
        m_notices->show(kExportNotice, {.kind = Notice::Kind::kInfo, .title = tr("Saved as %1").arg(file)});
    });
    connect(m_map, &MapPane::exportFailed, this, [this](const Error& error) {
        m_notices->show(kExportNotice,
                        {.kind = Notice::Kind::kError, .title = errorTitle(error), .detail = errorDetail(error)});
    });
    auto* find = new QShortcut(QKeySequence::Find, this);  // while the page is seen, wherever the keyboard is
    connect(find, &QShortcut::activated, m_layers, &LayerList::find);
    connectState();
    showWhatThereIs();
}

ConnectionsPage::~ConnectionsPage() = default;

DetailsCard* ConnectionsPage::makeDetails() {
    auto* details = new DetailsCard;
    m_featureMaps = new FeatureMapPanel(m_state);
    details->add(new TracePanel(m_state), "tracePanel", tr("Trace"), tr("What a group reads, or who reads a feature"));
    details->add(new FeatureUsePanel(m_state), "featureUsePanel", tr("Features"),
                 tr("Which features are read most, and which by nobody"));
    details->add(new NextToGoPanel(m_state), "nextToGoPanel", tr("Next to go"),
                 tr("What the next condensing step would take now"));
    details->add(new IndexPanel(m_state), "indexPanel", tr("Index"), tr("The index layer as a table"));
    details->add(new FilterPanel(m_state), "filterPanel", tr("Filters"), tr("The 3×3 filters as pictures"));
    details->add(m_featureMaps, "featureMapPanel", tr("Maps"), tr("Feature maps of one picture"));
    return details;
}

QWidget* ConnectionsPage::makeContent() {
    m_layers->setObjectName(QStringLiteral("layerPanel"));
    m_map->setObjectName(QStringLiteral("mapPane"));
    m_compare->setObjectName(QStringLiteral("comparePane"));
    m_scrubber->setObjectName(QStringLiteral("scrubberPanel"));
    m_compareCard->hide();
    m_rows = new QSplitter(Qt::Vertical);
    m_rows->setObjectName(QStringLiteral("connectionsRows"));
    m_rows->setChildrenCollapsible(false);
    m_rows->setHandleWidth(kGap);
    m_rows->addWidget(cardAround(m_map, "mapCard"));
    m_rows->addWidget(m_compareCard);
    auto* columns = new QSplitter(Qt::Horizontal);
    columns->setObjectName(QStringLiteral("connectionsColumns"));
    columns->setChildrenCollapsible(false);
    columns->setHandleWidth(kGap);
    columns->addWidget(cardAround(m_layers, "layerCard"));
    columns->addWidget(m_rows);
    columns->addWidget(m_details);
    columns->setStretchFactor(0, 0);
    columns->setStretchFactor(1, 1);
    columns->setStretchFactor(2, 0);
    columns->setSizes({160, 460, 248});

    auto* content = new QWidget;
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kGap);
    column->addWidget(m_headline);
    column->addWidget(columns, 1);
    column->addWidget(cardAround(m_scrubber, "scrubberCard", 4));
    return content;
}

void ConnectionsPage::connectState() {
    connect(&m_session, &ConnectionsSession::opened, this, &ConnectionsPage::sourceOpened);
    connect(&m_session, &ConnectionsSession::failed, this, &ConnectionsPage::sourceFailed);
    connect(&m_state, &ConnectionsState::recordWanted, &m_session, &ConnectionsSession::readRecord);
    connect(&m_state, &ConnectionsState::weightsWanted, &m_session, &ConnectionsSession::readWeights);
    connect(&m_session, &ConnectionsSession::recordRead, &m_state, &ConnectionsState::setRecord);
    connect(&m_session, &ConnectionsSession::weightsRead, &m_state, &ConnectionsState::setWeights);
    connect(&m_state, &ConnectionsState::recordChanged, this, [this] {
        if (!m_waiting || m_state.record() == nullptr) return;
        m_waiting = false;
        showWhatThereIs();
    });
    connect(&m_state, &ConnectionsState::momentChosen, this, [this] {
        if (m_fromTrain || m_run.empty()) return;
        emit epochChosen(m_state.source()->epochOf(m_state.moment()));
    });
    connect(&m_state, &ConnectionsState::placeChanged, this, &ConnectionsPage::arrangeMaps);
    connect(&m_state, &ConnectionsState::followingChanged, this, [this] {
        if (m_state.following()) emit epochLeft();
    });
}

void ConnectionsPage::setTheme(const Theme& theme) {
    m_theme = theme;
    for (ConnectionsPanel* panel :
         std::initializer_list<ConnectionsPanel*>{m_headline, m_animation, m_layers, m_map, m_compare, m_scrubber})
        panel->setTheme(theme);
    m_details->setTheme(theme);
}

void ConnectionsPage::mainAction() {
    if (m_stack->currentWidget() == m_content) m_scrubber->togglePlaying();
}

QString ConnectionsPage::helpPage() const {
    return QStringLiteral("connections");
}

std::optional<Exhibit> ConnectionsPage::exhibit() const {
    return m_stack->currentWidget() == m_content ? m_map->exhibit() : std::nullopt;
}

// ---- what is shown --------------------------------------------------------------------------------------------------

void ConnectionsPage::openSoon(const std::function<void()>& open) {
    m_notices->clear();
    // What was shown before is another's.
    m_session.close();
    m_waiting = true;
    m_problem.reset();
    m_toShow.reset();
    if (isVisible()) {
        open();
    } else {
        m_toOpen = open;
    }
}

void ConnectionsPage::showRun(const std::filesystem::path& folder, bool sample) {
    if (folder == m_run) return momentRecorded();
    m_run = folder;
    m_training = false;
    openSoon([this, folder, sample] { m_session.openRun(folder, sample, false); });
    showWhatThereIs();
}

void ConnectionsPage::showTraining(const RunStarted& run) {
    m_run = run.folder;
    m_training = true;
    openSoon([this] { m_session.openRun(m_run, false, m_training); });
    showWhatThereIs();
}

void ConnectionsPage::momentRecorded() {
    if (isVisible() && m_toOpen == nullptr) m_session.lookAgain();
}

void ConnectionsPage::trainingEnded() {
    if (!m_training) return;
    m_training = false;
    m_session.setTraining(false);
}

void ConnectionsPage::showModel(const CurrentModel& model) {
    if (model.file == nullptr || model.path.isEmpty()) return;
    const std::filesystem::path folder = toPath(model.path).parent_path();
    std::error_code error;
    if (isRunFolder(folder) && std::filesystem::exists(folder / kConnectionsName, error))
        return showRun(folder, model.sample);
    m_run.clear();
    m_training = false;
    openSoon([this, model] { m_session.openModel(model); });
    showWhatThereIs();
}

void ConnectionsPage::showEpoch(double epoch) {
    if (!isVisible() || m_toOpen != nullptr) {
        m_toShow = epoch;
        return;
    }
    if (m_session.source() == nullptr || m_state.source() == nullptr) return;
    const int moment = m_state.source()->momentAt(epoch);
    if (moment < 0 || moment == m_state.moment()) return;
    m_fromTrain = true;
    m_state.setMoment(moment);
    m_fromTrain = false;
}

void ConnectionsPage::setPicture(const MapPicture& picture) {
    m_featureMaps->setPicture(picture);
}

void ConnectionsPage::compareWith(const std::filesystem::path& folder) {
    m_compare->compareWith(folder);
}

void ConnectionsPage::showEvent(QShowEvent* event) {
    Page::showEvent(event);
    arrangeMaps();  // the splitter's last state may be of another arrangement
    m_session.setWatching(true);
    if (m_toOpen != nullptr) std::exchange(m_toOpen, nullptr)();
    if (m_toShow && m_session.source() != nullptr) showEpoch(*std::exchange(m_toShow, {}));
}

void ConnectionsPage::hideEvent(QHideEvent* event) {
    Page::hideEvent(event);
    m_session.setWatching(false);
}

void ConnectionsPage::sourceOpened(const ConnectionsSourcePtr& source) {
    m_problem.reset();
    if (source->count() == 0) m_waiting = false;
    m_state.setSource(source);
    if (m_state.record() != nullptr) m_waiting = false;
    showWhatThereIs();
    if (m_toShow) showEpoch(*std::exchange(m_toShow, {}));
}

// What is shown stays, with a sentence; where nothing is, the sentence takes the page.
void ConnectionsPage::sourceFailed(const Error& error) {
    m_waiting = false;
    if (m_session.source() != nullptr) {
        m_notices->show(kReadNotice, {.kind = Notice::Kind::kError,
                                      .title = errorTitle(error),
                                      .detail = errorDetail(error),
                                      .actions = {{tr("Read again"), [this] {
                                                       m_notices->remove(kReadNotice);
                                                       m_session.lookAgain();
                                                       m_session.readRecord(m_state.moment());
                                                   }}}});
        showWhatThereIs();
        return;
    }
    m_problem = error;
    m_run.clear();
    m_state.setSource(nullptr);
    showWhatThereIs();
}

void ConnectionsPage::showWhatThereIs() {
    const ConnectionsSourcePtr& source = m_session.source();
    const bool records = source != nullptr && source->count() > 0;
    // Without a first record there is nothing to be seen in the map.
    const bool reading = m_waiting && (source == nullptr || records);
    setProperty("reading", reading);
    m_stack->setCurrentWidget(records && !reading ? m_content : m_empty);
    if (reading) {
        m_empty->show(tr("Reading…"), {}, true);
    } else if (m_problem) {
        m_empty->show(errorTitle(*m_problem), errorDetail(*m_problem));
    } else if (source != nullptr && source->training) {
        m_empty->show(tr("The first moment comes at the end of the first epoch"),
                      tr("Then the map shows which features each group of filters reads, and each condensing step "
                         "as it drops connections."),
                      true);
    } else if (source != nullptr) {
        m_empty->show(tr("%1 has no recording of its connections").arg(source->name),
                      tr("It was trained by an older version, or stopped before its first epoch was done. Train the "
                         "network again to watch it condense, or open a model to see its connections as they are."));
    } else {
        m_empty->show(tr("Watch a network condense"),
                      tr("A CondenseNet learns which features each group of filters needs, and drops the other "
                         "connections step by step while it trains. Train a network and watch it here, or open a model "
                         "to see what it has kept."));
    }
}

void ConnectionsPage::compare(bool on) {
    m_map->setComparing(on);
    m_compareCard->setVisible(on);
    arrangeMaps();
    if (on) m_session.listRuns();
}

// Layers are wide and low: one map below the other. The whole network is a square: two of them stand side by side, and
// the details make room.
void ConnectionsPage::arrangeMaps() {
    const bool comparing = !m_compareCard->isHidden();
    const bool across = comparing && m_state.place().level == MapLevel::kNetwork;
    const bool turned = (m_rows->orientation() == Qt::Horizontal) != across;
    m_details->setVisible(!across);
    m_rows->setOrientation(across ? Qt::Horizontal : Qt::Vertical);
    // Unless somebody has given the second map room before. Once the details have made theirs.
    const int room = across ? m_rows->width() : m_rows->height();
    if (!comparing || (!turned && m_rows->sizes().value(1) >= room / 3)) return;
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_rows->setSizes({1, 1});
        },
        Qt::QueuedConnection);
}

}  // namespace condenser
