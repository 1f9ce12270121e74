#include "connections/feature_map_panel.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>
#include <algorithm>

#include "connections/detail_columns.h"
#include "connections/detail_table.h"
#include "connections/kept_weights_hint.h"
#include "connections/map_grid.h"
#include "connections/map_picture_row.h"
#include "connections/modest.h"
#include "connections/trace_words.h"
#include "connections/weight_colours.h"
#include "look/elided_label.h"
#include "look/format.h"
#include "look/look.h"

namespace condenser {
namespace {

constexpr int kLeastReaders = 64;  // pixels

ElidedLabel* oneLine(const char* name) {
    auto* label = new ElidedLabel;
    label->setObjectName(QString::fromLatin1(name));
    setLook(label, "scale", "small");
    return label;
}

}  // namespace

FeatureMapPanel::FeatureMapPanel(ConnectionsState& state, QWidget* parent)
    : WeightsPanel(state, QStringLiteral("map"), tr("for feature maps"), parent),
      m_row(new MapPictureRow),
      m_order(oneLine("mapOrder")),
      m_common(new QPushButton(tr("Common scale"))),
      m_grid(new MapGrid),
      m_readersHead(smallWords("mapReadersHead")),
      m_readers(new Modest<DetailTable>(QStringLiteral("mapReaders"), tr("Groups that read the channel"))),
      m_reading(oneLine("mapReading")),
      m_values(oneLine("mapValues")),
      m_formula(smallWords("mapFormula")) {
    setObjectName(QStringLiteral("featureMapPanel"));
    setLook(m_order, "tone", "muted");
    setLook(m_values, "tone", "muted");
    m_formula->setText(
        tr("Maps as their own layers wrote them, before any reader's norm: dark is low, bright is high."));
    m_formula->setToolTip(
        tr("Channels (f) are counted from 0 through the whole network, as in the files; groups, "
           "filters and layers from 1."));
    QScrollArea* scroll = scrolled(m_grid);
    scroll->setObjectName(QStringLiteral("mapScroll"));
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_readers->setMinimumHeight(kLeastReaders);
    m_common->setObjectName(QStringLiteral("mapCommonScale"));
    m_common->setCheckable(true);
    m_common->setAccessibleName(m_common->text());
    m_common->setToolTip(
        tr("Dark and bright are the lowest and the highest value of all these maps; otherwise of each "
           "map by itself"));
    setLook(m_common, "role", "chip");

    auto* order = new QHBoxLayout;
    order->setSpacing(8);
    order->addWidget(m_order, 1);
    order->addWidget(m_common);
    auto* reading = new QVBoxLayout;
    reading->setSpacing(2);
    reading->addWidget(m_reading);
    reading->addWidget(m_values);
    body()->addWidget(m_row);
    body()->addLayout(order);
    body()->addWidget(scroll, 3);
    body()->addWidget(m_readersHead);
    body()->addWidget(m_readers, 2);
    body()->addLayout(reading);
    body()->addWidget(m_formula);

    connect(m_row, &MapPictureRow::stepped, this, &FeatureMapPanel::stepPicture);
    connect(m_common, &QPushButton::toggled, m_grid, &MapGrid::setCommonRange);
    connect(m_grid, &MapGrid::readingChanged, this, [this] {
        m_reading->setText(m_grid->words());
        m_reading->setToolTip(m_grid->words());
        m_values->setText(m_grid->values());
    });
    connect(m_grid, &MapGrid::cursorMoved, this, [scroll](const QRect& tile) {
        scroll->ensureVisible(tile.center().x(), tile.center().y(), tile.width() / 2, tile.height() / 2);
    });
    connect(m_grid, &MapGrid::chosen, this, &FeatureMapPanel::trace);
    // The table is filled anew when its row is traced: not before the view has done with the click.
    connect(m_readers, &DetailTable::followed, this, &FeatureMapPanel::traceReader, Qt::QueuedConnection);
    connect(&m_session, &FeatureMapSession::picturesRead, this, [this](const std::vector<MapPicture>& pictures) {
        m_awaited = false;
        m_pictures = pictures;
        refresh();
    });
    connect(&m_session, &FeatureMapSession::picturesFailed, this, [this](const Error& error) {
        m_awaited = false;
        m_picturesProblem = errorWords(error);
        refresh();
    });
    connect(&m_session, &FeatureMapSession::computed, this, [this](const FeatureMapsPtr& maps) {
        m_maps = maps;
        m_mapsModel = m_askedModel;
        m_mapsPicture = m_askedPicture;
        refresh();
    });
    connect(&m_session, &FeatureMapSession::failed, this, [this](const Error& error) {
        m_problem = errorWords(error);
        refresh();
    });
    connect(&state, &ConnectionsState::recordChanged, this, &FeatureMapPanel::refresh);
    connect(&state, &ConnectionsState::traceChanged, this, &FeatureMapPanel::refresh);
}

void FeatureMapPanel::setTheme(const Theme& theme) {
    m_grid->setTheme(theme);
    m_readers->setTheme(theme);
}

void FeatureMapPanel::setPicture(const MapPicture& picture) {
    if (m_given.isSame(picture)) return;
    m_given = picture;
    m_chosen = 0;
    refresh();
}

void FeatureMapPanel::fit(const QSize& room) {
    m_grid->fit(room);
}

int FeatureMapPanel::pictureCount() const {
    return static_cast<int>(m_pictures.size()) + (m_given.isThere() ? 1 : 0);
}

const MapPicture* FeatureMapPanel::chosenPicture() const {
    if (m_chosen >= pictureCount()) return nullptr;
    if (m_given.isThere() && m_chosen == 0) return &m_given;
    return &m_pictures[static_cast<std::size_t>(m_chosen - (m_given.isThere() ? 1 : 0))];
}

void FeatureMapPanel::stepPicture(int by) {
    const int count = pictureCount();
    if (count == 0) return;
    m_chosen = (m_chosen + by + count) % count;
    refresh();
}

// Why no maps can be seen now; what is merely on its way is waited for.
QString FeatureMapPanel::missing() {
    const ConnectionsSourcePtr& source = state().source();
    bool waits = false;
    QString words;
    if (source == nullptr || state().moment() < 0) {
        words = tr("There is no run or model to be seen yet.");
    } else if (state().weights() == nullptr) {
        waits = true;
        words = tr("Reading the weights…");
    } else if (chosenPicture() == nullptr) {
        waits = m_awaited;
        words = m_awaited ? tr("Reading pictures of the run's data…")
                : !m_picturesProblem.isEmpty()
                    ? tr("%1 Open a picture on the Classify page instead.").arg(m_picturesProblem)
                    : tr("Open a picture on the Classify page to see what each channel makes of it.");
    } else if (!m_problem.isEmpty()) {
        words = m_problem;
    } else if (!isUpToDate()) {
        waits = true;
        words = tr("Computing the feature maps…");
    }
    m_patience.setWaiting(waits);
    const bool drawn = m_maps != nullptr && state().record() != nullptr && !m_grid->tiles().empty();
    return waits && drawn && !m_patience.isOver() ? QString() : words;
}

bool FeatureMapPanel::isUpToDate() const {
    const MapPicture* chosen = chosenPicture();
    return m_maps != nullptr && chosen != nullptr && m_mapsPicture.isSame(*chosen) &&
           m_mapsModel == state().weights() && state().record() != nullptr;
}

// For pictures and maps, once each.
void FeatureMapPanel::ask() {
    const ConnectionsSourcePtr& source = state().source();
    const ModelFilePtr& weights = state().weights();
    if (source == nullptr || weights == nullptr) return;
    const bool others = source->data != m_data || weights->preprocess != m_preprocess;
    if (others) {
        m_data = source->data;
        m_preprocess = weights->preprocess;
        m_pictures.clear();
        m_chosen = 0;
        m_picturesProblem.clear();
        m_awaited = !m_data.empty();
    }
    const MapPicture* chosen = chosenPicture();
    if (chosen != nullptr && (weights != m_askedModel || !chosen->isSame(m_askedPicture))) {
        m_askedModel = weights;
        m_askedPicture = *chosen;
        m_problem.clear();
        m_session.compute(weights, *chosen);
    }
    // Behind the maps of a picture that is there: large data take their time.
    if (others && m_awaited) m_session.readPictures(m_data, m_preprocess);
}

void FeatureMapPanel::showState() {
    ask();
    const bool hinted = KeptWeightsHint::isNeeded(state());
    const QString words = hinted ? QString() : missing();
    if (hinted) m_patience.setWaiting(false);
    setWords(words);
    setBodyVisible(!hinted && words.isEmpty());
    if (hinted || !words.isEmpty()) return setTitle(tr("Feature maps"));
    // While newer ones are on their way those that are drawn stay as they are.
    if (!isUpToDate()) return;
    m_moment = state().source()->wordsOf(state().moment());
    m_row->show(*m_maps, *chosenPicture(), m_chosen, pictureCount());
    showPath();
}

void FeatureMapPanel::showPath() {
    const ConnectionsSource& source = *state().source();
    m_path = featurePath(source, *state().record(), *m_mapsModel, *m_maps, state().place(), state().trace());
    setTitle(m_path.title);
    std::vector<MapTile> tiles;
    for (const PathChannel& one : m_path.channels) {
        if (tiles.size() == kMostMaps || one.channel >= m_maps->channels()) break;
        const QString made = sourceWords(source.layout, one.source);
        tiles.push_back(
            {one.channel, made, tr("f %1 · %2").arg(one.channel).arg(made),
             tr("f %1 · %2, %3 %4").arg(one.channel).arg(made, m_path.strengthName, weightText(one.strength))});
    }
    const std::size_t all = m_path.channels.size();
    m_order->setVisible(!m_path.single);
    m_common->setVisible(!m_path.single);
    m_order->setText(all > tiles.size()
                         ? tr("the first %1 of %2").arg(tiles.size()).arg(formatCount(static_cast<int>(all)))
                         : formatPlural(static_cast<int>(all), tr("channel"), tr("channels")));
    m_order->setToolTip(tr("Sorted by: %1, the largest first").arg(m_path.strengthName));
    m_grid->setTiles(std::move(tiles), m_maps);
    showReaders();
}

void FeatureMapPanel::showReaders() {
    m_readersHead->setVisible(m_path.single);
    m_readers->setVisible(m_path.single && !m_path.readers.empty());
    if (!m_path.single) return;
    const bool classified = m_path.channels.front().channel >= state().source()->layout.firstClassified();
    m_readersHead->setText(!m_path.readers.empty() ? tr("Who reads it:")
                           : classified            ? tr("No group of a later layer reads it; the classifier does.")
                                                   : tr("No group of a later layer reads it."));
    double strongest = 0;
    for (const Reader& reader : m_path.readers) strongest = std::max(strongest, reader.meanWeight);
    const auto at = [readers = std::make_shared<const std::vector<Reader>>(m_path.readers)](int row) -> const Reader& {
        return (*readers)[static_cast<std::size_t>(row)];
    };
    m_readers->setRows(
        {.count = static_cast<int>(m_path.readers.size()),
         .columns = {layerColumn(state().source(), tr("read by"), [at](int row) { return at(row).layer; }),
                     groupColumn(tr("group of that layer"), [at](int row) { return at(row).group; }),
                     weightColumn(tr("mean |w|"), tr("mean |w| over the group's filters"), strongest,
                                  [at](int row) { return at(row).meanWeight; })},
         .key = [at](int row) { return std::int64_t{at(row).layer} * 4096 + at(row).group; }});
}

Exhibit FeatureMapPanel::drawn() const {
    return m_grid->exhibit(tr("%1, %2, %3").arg(m_path.title, m_moment, m_row->name()), m_formula->text());
}

void FeatureMapPanel::trace(int channel) {
    state().setTrace(
        {.what = Trace::What::kReadBy, .source = state().source()->layout.sourceOf(channel), .channel = channel});
}

void FeatureMapPanel::traceReader(int row) {
    if (row < 0 || row >= static_cast<int>(m_path.readers.size())) return;
    const Reader reader = m_path.readers[static_cast<std::size_t>(row)];
    state().setTrace({.what = Trace::What::kReads, .layer = reader.layer, .group = reader.group});
    state().setPlace({MapLevel::kLayer, reader.layer, reader.group});
}

}  // namespace condenser
