#include "connections/connections_headline.h"

#include <QCoreApplication>
#include <QHBoxLayout>

#include "connections/kept_connections.h"
#include "connections/trace_words.h"
#include "look/elided_label.h"
#include "look/format.h"
#include "look/look.h"

namespace condenser {
namespace {

constexpr int kWidestName = 280;  // pixels: names of runs are long

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

// What the place keeps: "Layer 2.5 keeps 50 % of its connections, 3 072 of 6 144; 31 inputs unused by every group". Of
// the whole network what it is made of, since the scrubber tells what it keeps.
QString keptWords(const ConnectionsSource& source, const ConnectionsRecord& record, const MapPlace& place) {
    const auto tr = [](const char* text) { return QCoreApplication::translate("ConnectionsHeadline", text); };
    if (place.level == MapLevel::kNetwork) {
        const NetworkSpec& spec = source.spec;
        QString words = tr("%1 with %2 each")
                            .arg(formatPlural(source.layout.layers(), tr("learned layer"), tr("learned layers")),
                                 formatPlural(spec.groups1x1, tr("group"), tr("groups")));
        if (spec.condenseFactor > 1) words += tr("; one connection in %1 stays in the end").arg(spec.condenseFactor);
        return words;
    }
    const auto layer = static_cast<std::size_t>(place.layer);
    const bool whole = place.level == MapLevel::kLayer;
    const KeptConnections sum = keptConnections(source.layers[layer], record.layers[layer], whole ? -1 : place.group);
    const QString kept = formatShare(sum.share()), count = formatCount(sum.kept), possible = formatCount(sum.possible);
    if (!whole) {
        return tr("Group %1 keeps %2 of its inputs, %3 of %4")
            .arg(QString::number(place.group + 1), kept, count, possible);
    }
    const QString name = layerWords(source.layout, place.layer);
    QString words = tr("Layer %1 keeps %2 of its connections, %3 of %4").arg(name, kept, count, possible);
    if (sum.unused > 0)
        words += tr("; %1 unused by every group").arg(formatPlural(sum.unused, tr("input"), tr("inputs")));
    return words;
}

}  // namespace

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
    m_name->setMaximumWidth(kWidestName);
    m_name->setMinimumWidth(24);  // its own idea of one is wider than a short name
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
