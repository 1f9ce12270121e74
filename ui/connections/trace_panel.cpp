#include "connections/trace_panel.h"

#include <QContextMenuEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QVBoxLayout>
#include <cmath>

#include "connections/detail_table.h"
#include "connections/reuse_picture.h"
#include "connections/trace_words.h"
#include "connections/traced_cells.h"
#include "look/elided_label.h"
#include "look/look.h"
#include "maps/grids.h"
#include "plots/exhibit_menu.h"

namespace condenser {
namespace {

std::size_t at(int number) {
    return static_cast<std::size_t>(number);
}

constexpr int kLeastHeight = 220;  // pixels

}  // namespace

TracePanel::TracePanel(ConnectionsState& state, QWidget* parent)
    : DetailPanel(state, parent),
      m_title(new ElidedLabel),
      m_group(new QLabel),
      m_back(new QPushButton(QStringLiteral("‹"))),
      m_reads(new QPushButton(tr("What it reads"))),
      m_readBy(new QPushButton(tr("Who reads it"))),
      m_sentence(new QLabel),
      m_listHead(new QWidget),
      m_order(new ElidedLabel),
      m_summed(new QPushButton(tr("by source"))),
      m_table(new DetailTable(QStringLiteral("traceTable"), tr("Traced connections"))),
      m_reuseBox(new QWidget),
      m_reuse(new ReusePicture),
      m_reading(new ElidedLabel) {
    setObjectName(QStringLiteral("tracePanel"));
    m_title->setObjectName(QStringLiteral("traceTitle"));
    setLook(m_title, "strong");
    m_group->setObjectName(QStringLiteral("traceGroup"));
    m_back->setObjectName(QStringLiteral("traceBack"));
    m_back->setAccessibleName(tr("Back to what was traced before"));
    m_back->setToolTip(tr("Back to what was traced before"));
    setLook(m_back, "role", "chip");
    for (QPushButton* button : {m_reads, m_readBy, m_summed}) {
        setLook(button, "role", "chip");
        button->setCheckable(true);
    }
    m_reads->setObjectName(QStringLiteral("traceReads"));
    m_readBy->setObjectName(QStringLiteral("traceReadBy"));
    m_summed->setObjectName(QStringLiteral("traceSummed"));
    m_sentence->setObjectName(QStringLiteral("traceSentence"));
    m_sentence->setWordWrap(true);
    m_sentence->setMinimumWidth(1);
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    setLook(m_sentence, "tone", "muted");
    m_order->setObjectName(QStringLiteral("traceOrder"));
    setLook(m_order, "tone", "muted");
    setLook(m_order, "scale", "small");
    auto* reuseTitle = new ElidedLabel(tr("Feature reuse"));
    setLook(reuseTitle, "strong");
    m_reading->setObjectName(QStringLiteral("reuseReading"));
    setLook(m_reading, "tone", "muted");
    setLook(m_reading, "scale", "small");

    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(m_back);
    head->addWidget(m_title, 1);
    head->addWidget(m_group);
    auto* directions = new QHBoxLayout;
    directions->setSpacing(4);
    directions->addWidget(m_reads);
    directions->addWidget(m_readBy);
    directions->addStretch(1);
    auto* listHead = new QHBoxLayout(m_listHead);
    listHead->setContentsMargins(0, 0, 0, 0);
    listHead->setSpacing(8);
    listHead->addWidget(m_order, 1);
    listHead->addWidget(m_summed);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addLayout(head);
    layout->addLayout(directions);
    layout->addWidget(m_sentence);
    layout->addWidget(m_listHead);
    layout->addWidget(m_table, 3);
    layout->addWidget(m_reuseBox, 2);
    layout->addStretch(0);
    auto* reuse = new QVBoxLayout(m_reuseBox);
    reuse->setContentsMargins(0, 0, 0, 0);
    reuse->setSpacing(4);
    reuse->addWidget(reuseTitle);
    reuse->addWidget(m_reuse, 1);
    reuse->addWidget(m_reading);

    m_reuseMenu = new ExhibitMenu(this, [this] { return m_reuse->exhibit(); });
    connect(m_back, &QPushButton::clicked, this, &TracePanel::goBack);
    connect(m_reads, &QPushButton::clicked, this, [this] {
        if (const auto trace = reads()) this->state().setTrace(*trace);
        showDirections();
    });
    connect(m_readBy, &QPushButton::clicked, this, [this] {
        if (const auto trace = readBy()) this->state().setTrace(*trace);
        showDirections();
    });
    connect(m_summed, &QPushButton::clicked, this, &TracePanel::refreshNow);
    connect(m_table, &DetailTable::menuWanted, this, [this](QMenu& menu) {
        menu.addSeparator();
        m_reuseMenu->addTo(menu);
    });
    connect(m_table, &DetailTable::followed, this, [this](int row) { go(m_steps[at(row)]); });
    connect(m_reuse, &ReusePicture::layerChosen, this, [this](int layer) {
        this->state().setPlace({MapLevel::kLayer, layer, 0});
    });
    connect(m_reuse, &ReusePicture::read, this, [this](const QString& words) {
        m_reading->setText(words.isEmpty() ? tr("mean |w|, source ↓ layer →") : words);
    });
    connect(&state, &ConnectionsState::traceChanged, this, &TracePanel::remember);
    connect(&state, &ConnectionsState::traceChanged, this, &TracePanel::refreshNow);
    connect(&state, &ConnectionsState::weightsChanged, this, &TracePanel::refreshSoon);
    remember();
}

void TracePanel::setTheme(const Theme& theme) {
    m_theme = theme;
    m_table->setTheme(theme);
    m_reuse->setTheme(theme);
    refreshNow();
}

// ---- the path -------------------------------------------------------------------------------------------------------

void TracePanel::remember() {
    const Trace& trace = state().trace();
    // Nothing is traced either when another network comes, of which groups remembered may not be.
    if (trace.what == Trace::What::kNothing) m_lastReads = m_lastReadBy = {};
    if (trace.what == Trace::What::kReads) m_lastReads = trace;
    if (trace.what == Trace::What::kReadBy) m_lastReadBy = trace;
    // Another question from elsewhere: there is no way back to this one's past.
    if (!m_following) m_past.clear();
}

void TracePanel::go(const TraceStep& step) {
    m_past.push_back({state().trace(), state().place()});
    m_following = true;
    const TraceStep to = step;  // the rows change on the way
    if (to.place) state().setPlace(*to.place);
    state().setTrace(to.trace);
    m_following = false;
    refreshNow();
}

void TracePanel::goBack() {
    if (m_past.empty()) return;
    const TraceStep last = m_past.back();
    m_past.pop_back();
    m_following = true;
    if (last.place) state().setPlace(*last.place);
    state().setTrace(last.trace);
    m_following = false;
    refreshNow();
}

std::optional<Trace> TracePanel::reads() const {
    const Trace& trace = state().trace();
    if (trace.what == Trace::What::kReads) return trace;
    if (trace.what != Trace::What::kReadBy || trace.source < 1) return std::nullopt;  // the stem reads the picture
    if (m_lastReads.layer == trace.source - 1) return m_lastReads;
    return Trace{.what = Trace::What::kReads, .layer = trace.source - 1};
}

std::optional<Trace> TracePanel::readBy() const {
    const Trace& trace = state().trace();
    if (trace.what == Trace::What::kReadBy) return trace;
    if (trace.what != Trace::What::kReads) return std::nullopt;
    if (m_lastReadBy.source == trace.layer + 1) return m_lastReadBy;
    return Trace{.what = Trace::What::kReadBy, .source = trace.layer + 1};
}

// ---- what is shown --------------------------------------------------------------------------------------------------

void TracePanel::refresh() {
    const ConnectionsSourcePtr& source = state().source();
    const ConnectionsRecordPtr& record = state().record();
    const Trace& trace = state().trace();
    const bool there = source != nullptr && record != nullptr;
    const bool traced = there && trace.what != Trace::What::kNothing;
    m_title->setText(traced ? traceTitle(*source, trace) : tr("Nothing is traced"));
    m_group->setVisible(traced && trace.what == Trace::What::kReads && trace.group >= 0);
    if (m_group->isVisibleTo(this)) {
        const QColor colour = m_theme.series[at(trace.group) % m_theme.series.size()];
        m_group->setText(
            QStringLiteral("<span style=\"color:%1\">%2</span>").arg(colour.name(), groupWords(trace.group)));
    }
    QString sentence;
    if (traced) {
        sentence = traceSentence(*source, *record, trace);
        if (trace.what == Trace::What::kReadBy && trace.channel >= 0 && state().place().level != MapLevel::kNetwork) {
            const QString fate = fateSentence(*source, *record, state().place().layer, trace.channel);
            if (!fate.isEmpty()) sentence += u' ' + fate;
        }
    } else if (there) {
        sentence =
            tr("Click a cell of the map, or move its cursor there with the arrow keys and press R for what the "
               "row reads, C for who reads the column. The path is then listed here and lit in the map, and "
               "stays while the moment changes.");
    } else {
        sentence = tr("Nothing has been recorded yet.");
    }
    m_sentence->setText(sentence);
    m_sentence->setToolTip(
        tr("Groups, filters and layers are counted from 1, features (f) from 0, as in the files. A condensing step "
           "drops the inputs of a group whose sum of |w| over its filters is least."));
    showDirections();
    m_table->setVisible(traced);
    m_listHead->setVisible(traced);
    if (traced) showRows();
    showReuse();
    fitReuse();
}

// The picture gives way where words and list need the room.
void TracePanel::fitReuse() {
    int needed = m_reuseBox->minimumSizeHint().height();
    for (int i = 0; i < layout()->count(); ++i) {
        QLayoutItem* item = layout()->itemAt(i);
        if (item->widget() == m_reuseBox || item->isEmpty()) continue;
        const int height = item->hasHeightForWidth() ? item->heightForWidth(width()) : item->minimumSize().height();
        needed += height + layout()->spacing();
    }
    m_reuseBox->setVisible(needed <= height());
}

// Without the picture, which then gives way.
QSize TracePanel::minimumSizeHint() const {
    return {DetailPanel::minimumSizeHint().width(), kLeastHeight};
}

void TracePanel::resizeEvent(QResizeEvent* event) {
    DetailPanel::resizeEvent(event);
    fitReuse();
}

void TracePanel::showDirections() {
    const auto readsNow = reads(), readByNow = readBy();
    const Trace::What what = state().trace().what;
    m_back->setVisible(!m_past.empty());
    for (QPushButton* button : {m_reads, m_readBy}) button->setVisible(what != Trace::What::kNothing);
    m_reads->setEnabled(readsNow.has_value());
    m_reads->setChecked(what == Trace::What::kReads);
    m_readBy->setEnabled(readByNow.has_value());
    m_readBy->setChecked(what == Trace::What::kReadBy);
    const ConnectionsSourcePtr& source = state().source();
    if (source == nullptr) return;
    m_reads->setToolTip(readsNow ? traceTitle(*source, *readsNow) : tr("The stem reads the picture"));
    m_readBy->setToolTip(readByNow ? traceTitle(*source, *readByNow) : QString());
}

void TracePanel::showRows() {
    const Trace& trace = state().trace();
    const bool reads = trace.what == Trace::What::kReads;
    const bool single = reads ? trace.group >= 0 : trace.channel >= 0;
    m_summed->setVisible(single);
    m_summed->setText(reads ? tr("by source") : tr("by layer"));
    m_summed->setAccessibleName(reads ? tr("Sum up by the layer that made the inputs") : tr("Sum up by reading layer"));
    m_summed->setToolTip(m_summed->accessibleName());
    const bool listed = single && !m_summed->isChecked();
    m_order->setText(listed && reads ? tr("strongest first") : tr("in layer order"));
    const std::vector<double> own = listed ? filterWeights() : std::vector<double>();
    if (listed && trace.filter >= 0 && own.empty()) m_order->setText(tr("by the group's mean |w|"));
    TraceRows traced = traceRows(state().source(), *state().record(), trace, !listed, own);
    m_steps = std::move(traced.steps);
    m_table->setRows(std::move(traced.rows));
}

std::vector<double> TracePanel::filterWeights() {
    const Trace& trace = state().trace();
    const ModelFilePtr& model = state().weights();
    if (trace.filter < 0 || model == nullptr || state().recordMoment() != state().moment()) return {};
    if (m_weightsOf != model || m_weightsLayer != trace.layer) {
        m_weightsOf = model;
        m_weightsLayer = trace.layer;
        auto weights = layerWeights(*model, state().source()->layout, trace.layer);
        m_weights = weights ? std::optional(std::move(*weights)) : std::nullopt;
    }
    if (!m_weights || trace.filter >= m_weights->outputs) return {};
    std::vector<double> mine;
    const std::size_t inputs = at(m_weights->inputs), row = at(trace.filter) * inputs;
    for (std::size_t i = 0; i < inputs; ++i) mine.push_back(std::abs(double{m_weights->pointwise[row + i]}));
    return mine;
}

void TracePanel::showReuse() {
    const ConnectionsSourcePtr& source = state().source();
    const ConnectionsRecordPtr& record = state().record();
    if (source == nullptr || record == nullptr) return m_reuse->setGrid(nullptr);
    const CellGridPtr grid = networkGrid(source->layout, source->layers, *record);
    m_reuse->setGrid(grid);
    const MapPlace& place = state().place();
    m_reuse->setLayer(place.level == MapLevel::kNetwork ? std::nullopt : std::optional(place.layer));
    m_reuse->setLit(tracedCells(*source, *record, {}, state().trace(), *grid).lit);
    if (m_reading->text().isEmpty()) m_reading->setText(tr("mean |w|, source ↓ layer →"));
}

void TracePanel::contextMenuEvent(QContextMenuEvent* event) {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    m_reuseMenu->addTo(*menu);
    menu->popup(event->globalPos());
}

}  // namespace condenser
