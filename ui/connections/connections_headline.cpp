#include "connections/connections_headline.h"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <algorithm>

#include "connections/feature_reuse.h"
#include "look/elided_label.h"
#include "look/format.h"
#include "look/look.h"

namespace condenser {
namespace {

void countLayer(const ConnectionsLayer& layer, const LayerConnections& connections, int group, KeptConnections& sum) {
    const auto inputs = static_cast<std::size_t>(layer.inputs);
    const auto first = static_cast<std::size_t>(std::max(group, 0));
    const auto last = group < 0 ? static_cast<std::size_t>(layer.groups) : first + 1;
    for (std::size_t g = first; g < last; ++g) {
        const auto row = connections.mask.begin() + static_cast<std::ptrdiff_t>(g * inputs);
        sum.kept += layer.inputs - std::count(row, row + layer.inputs, std::uint8_t{0});
        sum.possible += layer.inputs;
    }
}

int unusedInputs(const ConnectionsLayer& layer, const LayerConnections& connections) {
    const auto inputs = static_cast<std::size_t>(layer.inputs);
    std::vector<std::uint8_t> used(inputs);
    for (std::size_t i = 0; i < connections.mask.size(); ++i) used[i % inputs] |= connections.mask[i];
    return static_cast<int>(std::ranges::count(used, std::uint8_t{0}));
}

// A word with a frame around it.
QLabel* badge(const QString& text, const char* name, const QString& tip) {
    auto* label = new QLabel(text);
    label->setObjectName(QLatin1String(name));
    label->setToolTip(tip);
    setLook(label, "badge");
    setLook(label, "scale", "small");
    label->hide();
    return label;
}

}  // namespace

KeptConnections keptConnections(const ConnectionsSource& source, const ConnectionsRecord& record,
                                const MapPlace& place) {
    KeptConnections sum;
    if (place.level != MapLevel::kNetwork) {
        const auto layer = static_cast<std::size_t>(place.layer);
        const bool whole = place.level == MapLevel::kLayer;
        countLayer(source.layers[layer], record.layers[layer], whole ? -1 : place.group, sum);
        sum.unused = whole ? unusedInputs(source.layers[layer], record.layers[layer])
                           : static_cast<int>(sum.possible - sum.kept);
        return sum;
    }
    for (std::size_t i = 0; i < source.layers.size(); ++i) countLayer(source.layers[i], record.layers[i], -1, sum);
    // A channel is used if the mask of any layer that could read it says so.
    std::vector<std::uint8_t> used(static_cast<std::size_t>(source.layout.channels()));
    for (std::size_t i = 0; i < source.layers.size(); ++i) {
        const auto inputs = static_cast<std::size_t>(source.layers[i].inputs);
        const std::vector<std::uint8_t>& mask = record.layers[i].mask;
        for (std::size_t at = 0; at < mask.size(); ++at) used[at % inputs] |= mask[at];
    }
    // Those of the last layer have none behind it.
    const int readable = source.layers.empty() ? 0 : source.layers.back().inputs;
    sum.unused = static_cast<int>(std::count(used.begin(), used.begin() + readable, std::uint8_t{0}));
    return sum;
}

QString keptWords(const ConnectionsSource& source, const ConnectionsRecord& record, const MapPlace& place) {
    const KeptConnections sum = keptConnections(source, record, place);
    const double share = sum.possible > 0 ? static_cast<double>(sum.kept) / static_cast<double>(sum.possible) : 0;
    const auto tr = [](const char* text) { return QCoreApplication::translate("ConnectionsHeadline", text); };
    const QString kept = formatShare(share), count = formatCount(sum.kept), possible = formatCount(sum.possible);
    switch (place.level) {
        case MapLevel::kNetwork: {
            QString words = tr("keeps %1 of its connections, %2 of %3").arg(kept, count, possible);
            if (sum.unused > 0)
                words +=
                    tr("; %1 that no later layer reads").arg(formatPlural(sum.unused, tr("feature"), tr("features")));
            return words;
        }
        case MapLevel::kLayer: {
            const QString name = QString::fromStdString(source.layout.reader(place.layer).name);
            QString words = tr("Layer %1 keeps %2 of its connections, %3 of %4").arg(name, kept, count, possible);
            if (sum.unused > 0)
                words += tr("; %1 unused by every group").arg(formatPlural(sum.unused, tr("input"), tr("inputs")));
            return words;
        }
        case MapLevel::kGroup:
            return tr("Group %1 keeps %2 of its inputs, %3 of %4")
                .arg(QString::number(place.group + 1), kept, count, possible);
    }
    return {};
}

ConnectionsHeadline::ConnectionsHeadline(ConnectionsState& state, QWidget* parent)
    : ConnectionsPanel(state, parent),
      m_name(new ElidedLabel),
      m_sample(badge(tr("sample"), "connectionsSample",
                     tr("This network comes with the program, so that there is something to see before the first "
                        "training."))),
      m_live(badge(tr("training"), "connectionsLive", tr("This run is being trained: more moments will come."))),
      m_moment(new QLabel),
      m_kept(new ElidedLabel) {
    m_name->setObjectName(QStringLiteral("connectionsName"));
    m_name->setTextFormat(Qt::PlainText);
    setLook(m_name, "scale", "title");
    m_moment->setObjectName(QStringLiteral("connectionsMoment"));
    m_moment->setTextFormat(Qt::PlainText);
    setLook(m_moment, "strong");
    m_kept->setObjectName(QStringLiteral("connectionsKept"));
    m_kept->setTextFormat(Qt::PlainText);
    setLook(m_kept, "tone", "muted");
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(m_name);
    row->addWidget(m_sample);
    row->addWidget(m_live);
    row->addWidget(m_moment);
    row->addWidget(m_kept, 1);

    connect(&state, &ConnectionsState::sourceChanged, this, &ConnectionsHeadline::showSource);
    connect(&state, &ConnectionsState::momentChanged, this, &ConnectionsHeadline::showMoment);
    connect(&state, &ConnectionsState::recordChanged, this, &ConnectionsHeadline::showKept);
    connect(&state, &ConnectionsState::placeChanged, this, &ConnectionsHeadline::showKept);
    showSource();
}

void ConnectionsHeadline::setTheme(const Theme& /*theme*/) {}

void ConnectionsHeadline::showSource() {
    const ConnectionsSourcePtr& source = state().source();
    m_name->setText(source == nullptr ? QString() : source->name);
    m_name->setToolTip(source == nullptr ? QString() : source->name.toHtmlEscaped());
    m_sample->setVisible(source != nullptr && source->sample);
    m_live->setVisible(source != nullptr && source->training);
    showMoment();
    showKept();
}

void ConnectionsHeadline::showMoment() {
    const ConnectionsSourcePtr& source = state().source();
    const int moment = state().moment();
    // A model alone is all of its moments.
    const bool told = source != nullptr && moment >= 0 && !source->folder.empty();
    m_moment->setText(told ? source->wordsOf(moment) : QString());
    m_moment->setVisible(told);
}

void ConnectionsHeadline::showKept() {
    const ConnectionsSourcePtr& source = state().source();
    const ConnectionsRecordPtr& record = state().record();
    m_kept->setText(source == nullptr || record == nullptr ? QString() : keptWords(*source, *record, state().place()));
    m_kept->setToolTip(m_kept->text());
}

}  // namespace condenser
