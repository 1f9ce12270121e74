#include "connections/filter_panel.h"

#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>

#include "connections/filter_loupe.h"
#include "connections/kept_weights_hint.h"
#include "connections/signed_scale.h"
#include "look/elided_label.h"
#include "look/format.h"
#include "look/look.h"

namespace condenser {

FilterPanel::FilterPanel(ConnectionsState& state, QWidget* parent)
    : WeightsPanel(state, QStringLiteral("filter"), tr("for the filters"), parent),
      m_shape(smallWords("filterShape")),
      m_picture(new FilterPicture),
      m_scale(new SignedScale),
      m_reading(new ElidedLabel),
      m_loupe(new FilterLoupe),
      m_formula(smallWords("filterFormula")) {
    setObjectName(QStringLiteral("filterPanel"));
    m_reading->setObjectName(QStringLiteral("filterReading"));
    setLook(m_reading, "scale", "small");
    m_scale->setObjectName(QStringLiteral("filterScale"));
    m_loupe->setObjectName(QStringLiteral("filterLoupe"));
    QScrollArea* scroll = scrolled(m_picture);
    scroll->setObjectName(QStringLiteral("filterScroll"));

    body()->addWidget(m_shape);
    body()->addWidget(scroll, 1);
    body()->addWidget(m_scale);
    auto* reading = new QVBoxLayout;
    reading->setSpacing(4);
    reading->addWidget(m_reading);
    reading->addWidget(m_loupe);
    body()->addLayout(reading);
    body()->addWidget(m_formula);

    connect(m_picture, &FilterPicture::readingChanged, this, &FilterPanel::showReading);
    connect(m_picture, &FilterPicture::cursorMoved, this, [scroll](const QRect& filter) {
        scroll->ensureVisible(filter.center().x(), filter.center().y(), filter.width(), filter.height());
    });
    connect(m_picture, &FilterPicture::chosen, this, &FilterPanel::traceFilter);
    connect(m_picture, &FilterPicture::rowChosen, this, &FilterPanel::traceRow);
    connect(&state, &ConnectionsState::traceChanged, this, &FilterPanel::markTrace);
}

void FilterPanel::setTheme(const Theme& theme) {
    m_picture->setTheme(theme);
    m_scale->setTheme(theme);
    m_loupe->setTheme(theme);
}

void FilterPanel::fit(const QSize& room) {
    m_picture->fitWidth(room.width());
}

void FilterPanel::showState() {
    const ConnectionsSourcePtr& source = state().source();
    const ModelFilePtr& weights = state().weights();
    const MapPlace& place = state().place();
    QString words;
    FilterSheetPtr sheet;
    bool waits = false;
    setTitle(tr("3×3 filters"));
    if (source == nullptr || state().moment() < 0) {
        words = tr("There is no run or model to be seen yet.");
    } else if (place.level == MapLevel::kNetwork) {
        words = tr("Choose a layer, in the list or in the map, to see the filters of its 3×3 convolution.");
    } else if (source->layout.reader(place.layer).transition) {
        words = tr("A transition is a 1×1 convolution and a pooling: it has no 3×3 filters.");
    } else if (!KeptWeightsHint::isNeeded(state())) {
        const SourceLayer& made = source->layout.reader(place.layer);
        const QString name = QString::fromStdString(made.name);
        setTitle(tr("3×3 filters of layer %1").arg(name));
        waits = weights == nullptr;
        if (waits) {
            // For a moment what was drawn stays: stepping from one moment to the next does not flicker.
            if (m_patience.isOver() || place.layer != m_layer) words = tr("Reading the weights…");
            if (words.isEmpty()) sheet = m_picture->sheet();
        } else if (weights == m_weights && place.layer == m_layer) {
            sheet = m_picture->sheet();
        } else if (auto read = layerWeights(*weights, source->layout, place.layer); read) {
            sheet = std::make_shared<const FilterSheet>(std::move(*read), name, made.first);
        } else {
            words = errorWords(read.error());
        }
    }
    m_patience.setWaiting(waits);
    m_weights = sheet != nullptr ? weights : nullptr;
    m_layer = sheet != nullptr ? place.layer : -1;
    if (!waits && sheet != nullptr) m_moment = source->wordsOf(state().moment());
    setWords(words);
    showSheet(sheet);
}

void FilterPanel::showSheet(const FilterSheetPtr& sheet) {
    setBodyVisible(sheet != nullptr);
    if (sheet == m_picture->sheet()) return;
    m_picture->setSheet(sheet);
    if (sheet == nullptr) return;
    m_shape->setText(tr("%1 of %2 × %3")
                         .arg(formatPlural(sheet->weights.groups3x3, tr("group"), tr("groups")),
                              formatPlural(sheet->rowsOfGroup(), tr("output"), tr("outputs")),
                              formatPlural(sheet->columns(), tr("input"), tr("inputs"))));
    m_scale->setMost(sheet->most);
    m_formula->setText(
        tr("Colour: w. Rows: channels the layer makes. Columns: bottleneck channels, striped in the colour of the 1×1 "
           "group that makes each (channel o: group o mod %1 + 1).")
            .arg(sheet->weights.groups));
    markTrace();
}

void FilterPanel::showReading() {
    const FilterSheetPtr& sheet = m_picture->sheet();
    if (sheet == nullptr) return;
    const FilterPlace place = m_picture->reading();
    std::array<float, 9> numbers{};
    for (int tap = 0; tap < 9; ++tap) numbers[static_cast<std::size_t>(tap)] = sheet->weight(place, tap);
    m_loupe->show(numbers, sheet->most);
    m_reading->setText(tr("f %1 from bottleneck %2, group %3")
                           .arg(sheet->first + place.row)
                           .arg(sheet->bottleneck(place))
                           .arg(sheet->group1x1(place) + 1));
    m_reading->setToolTip(sheet->words(place));
    m_loupe->setToolTip(sheet->words(place));
}

void FilterPanel::markTrace() {
    const Trace& trace = state().trace();
    FilterDrawing::Marks marks;
    if (const FilterSheetPtr& sheet = m_picture->sheet(); sheet != nullptr) {
        if (trace.what == Trace::What::kReads && trace.layer == m_layer) marks.bottleneck = trace.filter;
        const int row = trace.channel - sheet->first;
        if (trace.what == Trace::What::kReadBy && row >= 0 && row < sheet->rows()) marks.row = row;
    }
    m_picture->setMarks(marks);
}

// What this bottleneck channel is made of: the filter of the 1x1 that makes it.
void FilterPanel::traceFilter(const FilterPlace& place) {
    const FilterSheet& sheet = *m_picture->sheet();
    state().setTrace({.what = Trace::What::kReads,
                      .layer = m_layer,
                      .group = sheet.group1x1(place),
                      .filter = sheet.bottleneck(place)});
}

void FilterPanel::traceRow(int row) {
    // A layer's own channels come from the source after those that it reads.
    state().setTrace({.what = Trace::What::kReadBy, .source = m_layer + 1, .channel = m_picture->sheet()->first + row});
}

Exhibit FilterPanel::drawn() const {
    return m_picture->exhibit(tr("%1, %2").arg(title(), m_moment), m_formula->text());
}

}  // namespace condenser
