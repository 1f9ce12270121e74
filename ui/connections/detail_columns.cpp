#include "connections/detail_columns.h"

#include <QCoreApplication>

#include "connections/trace_words.h"
#include "look/format.h"

namespace condenser {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("DetailColumns", text);
}

// With all digits as one that is as wide as any.
QString zeros(QString text) {
    for (QChar& sign : text) {
        if (sign.isDigit()) sign = u'0';
    }
    return text;
}

std::function<double(int)> real(const NumberOfRow& number) {
    return [number](int row) { return static_cast<double>(number(row)); };
}

}  // namespace

QString widestLayer(const ConnectionLayout& layout) {
    QString widest = sourceWords(layout, 0);
    for (int source = 1; source < static_cast<int>(layout.sources.size()); ++source) {
        if (const QString name = sourceWords(layout, source); name.size() > widest.size()) widest = zeros(name);
    }
    return widest;
}

DetailColumn featureColumn(const ConnectionsSourcePtr& source, const QString& head, const NumberOfRow& channel) {
    return {.head = head,
            .tip = tr("feature, counted from 0"),
            .widest = zeros(featureWords(source->layout.channels())),
            .text = [channel](int row) { return featureWords(channel(row)); },
            .value = real(channel)};
}

DetailColumn makerColumn(const ConnectionsSourcePtr& source, const NumberOfRow& maker) {
    return {.head = tr("made by"),
            .tip = tr("layer that made it"),
            .widest = widestLayer(source->layout),
            .text = [source, maker](int row) { return sourceWords(source->layout, maker(row)); },
            .value = real(maker)};
}

DetailColumn makerOfChannelColumn(const ConnectionsSourcePtr& source, const NumberOfRow& channel) {
    return makerColumn(source, [source, channel](int row) { return source->layout.sourceOf(channel(row)); });
}

DetailColumn layerColumn(const ConnectionsSourcePtr& source, const QString& head, const NumberOfRow& layer) {
    return {.head = head,
            .tip = tr("reading layer"),
            .widest = widestLayer(source->layout),
            .text = [source, layer](int row) { return layerWords(source->layout, layer(row)); },
            .value = real(layer)};
}

DetailColumn groupColumn(const QString& tip, const NumberOfRow& group) {
    return {.head = tr("group"),
            .tip = tip,
            .widest = QStringLiteral("0"),
            .text = [group](int row) { return QString::number(group(row) + 1); },
            .value = real(group),
            .series = group};
}

DetailColumn partColumn(const QString& head, const QString& tip, int most, const NumberOfRow& part,
                        const NumberOfRow& whole) {
    const auto words = [](int a, int b) { return tr("%1 of %2").arg(formatCount(a), formatCount(b)); };
    const auto share = [part, whole](int row) {
        return whole(row) > 0 ? static_cast<double>(part(row)) / whole(row) : 0;
    };
    return {.head = head,
            .tip = tip,
            .widest = words(most, most),
            .number = true,
            .text = [part, whole, words](int row) { return words(part(row), whole(row)); },
            .value = real(part),
            .bar = share};
}

DetailColumn weightColumn(const QString& head, const QString& tip, double strongest,
                          const std::function<double(int row)>& weight) {
    return {.head = head,
            .tip = tip,
            .widest = QStringLiteral("0.000"),
            .number = true,
            .text = [weight](int row) { return weightWords(weight(row)); },
            .value = weight,
            .bar = [weight, strongest](int row) { return strongest > 0 ? weight(row) / strongest : 0; }};
}

}  // namespace condenser
