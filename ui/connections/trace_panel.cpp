#include "connections/trace_panel.h"

#include <QHBoxLayout>
#include <QLabel>
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

namespace condenser {
namespace {

std::size_t at(int number) {
    return static_cast<std::size_t>(number);
}

constexpr int kLeastHeight = 220;  // pixels

}  // namespace

TracePanel::TracePanel(ConnectionsState& state, QWidget* parent)
    : DetailPanel(state, parent),
      m_title(makeTitle({})),
      m_group(new QLabel),
      m_back(new QPushButton(QStringLiteral("‹"))),
      m_reads(makeChip("traceReads", tr("What it reads"), {})),
      m_readBy(makeChip("traceReadBy", tr("Who reads it"), {})),
      m_listHead(new QWidget),
      m_order(new ElidedLabel),
      m_summed(makeChip("traceSummed", tr("by source"), {})),
      m_table(new DetailTable(QStringLiteral("traceTable"), tr("Traced connections"))),
      m_reuseBox(new QWidget),
      m_reuse(new ReusePicture),
      m_reading(new ElidedLabel(tr("mean |w|, source ↓ layer →"))) {
    m_title->setObjectName(QStringLiteral("traceTitle"));
    m_group->setObjectName(QStringLiteral("traceGroup"));
    m_back->setObjectName(QStringLiteral("traceBack"));
    m_back->setAccessibleName(tr("Back to what was traced before"));
    m_back->setToolTip(m_back->accessibleName());
    setLook(m_back, "role", "chip");
    m_order->setObjectName(QStringLiteral("traceOrder"));
    m_reading->setObjectName(QStringLiteral("reuseReading"));
    for (QLabel* small : {m_order, m_reading}) {
        setLook(small, "tone", "muted");
        setLook(small, "scale", "small");
    }

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
    auto* column = makeColumn();
    column->addLayout(head);
    column->addLayout(directions);
    column->addWidget(makeSentence(
        "traceSentence",
        tr("Groups, filters and layers are counted from 1, features (f) from 0, as in the files. A condensing step "
           "drops the inputs of a group whose sum of |w| over its filters is least.")));
    column->addWidget(m_listHead);
    column->addWidget(m_table, 3);
    column->addWidget(m_reuseBox, 2);
    column->addStretch(0);
    auto* reuse = new QVBoxLayout(m_reuseBox);
    reuse->setContentsMargins(0, 0, 0, 0);
    reuse->setSpacing(4);
    reuse->addWidget(makeTitle(tr("Feature reuse")));
    reuse->addWidget(m_reuse, 1);
    reuse->addWidget(m_reading);

    offer(*m_table, *m_reuse, [this] { return m_reuse->exhibit(); });
    connect(m_back, &QPushButton::clicked, this, &TracePanel::goBack);
    const auto turn = [this](const std::optional<Trace>& trace) {
        if (trace) this->state().setTrace(*trace);
        showDirections();
    };
    connect(m_reads, &QPushButton::clicked, this, [this, turn] { turn(reads()); });
    connect(m_readBy, &QPushButton::clicked, this, [this, turn] { turn(readBy()); });
    connect(m_summed, &QPushButton::clicked, this, &TracePanel::refreshNow);
    connect(m_table, &DetailTable::followed, this, [this](int row) {
        m_past.push_back({this->state().trace(), this->state().place()});
        go(m_steps[at(row)]);
    });
    connect(m_reuse, &ReusePicture::layerChosen, this, [this](int layer) {
        this->state().setPlace({MapLevel::kLayer, layer, 0});
    });
    // By the label: the picture still tells that it loses the focus while this is destroyed.
    connect(m_reuse, &ReusePicture::read, m_reading, [reading = m_reading](const QString& words) {
        reading->setText(words.isEmpty() ? tr("mean |w|, source ↓ layer →") : words);
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

// `step` by value: the rows change on the way.
void TracePanel::go(TraceStep step) {
    m_following = true;
    if (step.place) state().setPlace(*step.place);
    state().setTrace(step.trace);
    m_following = false;
}

void TracePanel::goBack() {
    const TraceStep last = m_past.back();
    m_past.pop_back();
    go(last);
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
    const Trace& trace = state().trace();
    const bool traced = isRecorded() && trace.what != Trace::What::kNothing;
    m_title->setText(traced ? traceTitle(*source, trace) : tr("Nothing is traced"));
    const bool ofGroup = traced && trace.what == Trace::What::kReads && trace.group >= 0;
    m_group->setVisible(ofGroup);
    if (ofGroup) {
        const QColor colour = m_theme.series[at(trace.group) % m_theme.series.size()];
        m_group->setText(
            QStringLiteral("<span style=\"color:%1\">%2</span>").arg(colour.name(), groupWords(trace.group)));
    }
    say(isRecorded() ? sentence() : QString());
    showDirections();
    m_table->setVisible(traced);
    m_listHead->setVisible(traced);
    if (traced) showRows();
    showReuse();
    fitReuse();
}

QString TracePanel::sentence() const {
    const ConnectionsSource& source = *state().source();
    const ConnectionsRecord& record = *state().record();
    const Trace& trace = state().trace();
    if (trace.what == Trace::What::kNothing) {
        return tr(
            "Click a cell of the map, or move its cursor there with the arrow keys and press R for what the "
            "row reads, C for who reads the column. The path is then listed here and lit in the map, and "
            "stays while the moment changes.");
    }
    QString words = traceSentence(source, record, trace);
    if (trace.what == Trace::What::kReadBy && trace.channel >= 0 && state().place().level != MapLevel::kNetwork) {
        const QString fate = fateSentence(source, record, state().place().layer, trace.channel);
        if (!fate.isEmpty()) words += u' ' + fate;
    }
    return words;
}

// The picture gives way where words and list need the room, and where the map shows the same.
void TracePanel::fitReuse() {
    if (state().place().level == MapLevel::kNetwork) return m_reuseBox->hide();
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
    if (!isRecorded()) return m_reuse->setGrid(nullptr);
    const CellGridPtr grid = networkGrid(source->layout, source->layers, *record);
    m_reuse->setGrid(grid);
    const MapPlace& place = state().place();
    m_reuse->setLayer(place.level == MapLevel::kNetwork ? std::nullopt : std::optional(place.layer));
    m_reuse->setLit(tracedCells(*source, *record, {}, state().trace(), *grid).lit);
}

}  // namespace condenser
