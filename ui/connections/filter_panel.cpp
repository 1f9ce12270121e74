#include "connections/filter_panel.h"

#include <QEvent>
#include <QLabel>
#include <QMenu>
#include <QScrollArea>
#include <QVBoxLayout>

#include "connections/filter_loupe.h"
#include "connections/kept_weights_hint.h"
#include "connections/modest.h"
#include "connections/signed_scale.h"
#include "look/elided_label.h"
#include "look/format.h"
#include "look/look.h"
#include "plots/exhibit_menu.h"

namespace condenser {
namespace {

constexpr int kLeastPicture = 96;  // pixels of height

QLabel* wrapped(const char* name, bool small) {
    auto* label = new QLabel;
    label->setObjectName(QString::fromLatin1(name));
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setMinimumWidth(1);  // its own idea of one is wider than a narrow card
    setLook(label, "tone", "muted");
    if (small) setLook(label, "scale", "small");
    return label;
}

}  // namespace

FilterPanel::FilterPanel(ConnectionsState& state, QWidget* parent)
    : ConnectionsPanel(state, parent),
      m_theme(darkTheme()),
      m_title(new ElidedLabel),
      m_words(wrapped("filterWords", false)),
      m_hint(new KeptWeightsHint(state)),
      m_body(new QScrollArea),
      m_shape(wrapped("filterShape", true)),
      m_scroll(new Modest<QScrollArea>),
      m_picture(new FilterPicture),
      m_scale(new SignedScale),
      m_reading(new ElidedLabel),
      m_loupe(new FilterLoupe),
      m_formula(wrapped("filterFormula", true)),
      m_menu(new ExhibitMenu(this, [this] { return exhibit().value_or(Exhibit{}); })) {
    setObjectName(QStringLiteral("filterPanel"));
    m_title->setObjectName(QStringLiteral("filterTitle"));
    setLook(m_title, "strong");
    m_reading->setObjectName(QStringLiteral("filterReading"));
    setLook(m_reading, "scale", "small");
    m_scale->setObjectName(QStringLiteral("filterScale"));
    m_loupe->setObjectName(QStringLiteral("filterLoupe"));

    m_scroll->setObjectName(QStringLiteral("filterScroll"));
    m_scroll->setWidget(m_picture);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->setMinimumHeight(kLeastPicture);
    m_scroll->viewport()->setAutoFillBackground(false);
    m_picture->setAutoFillBackground(false);
    m_scroll->viewport()->installEventFilter(this);

    auto* scrolled = new QWidget;
    scrolled->setObjectName(QStringLiteral("scrolled"));
    m_body->setObjectName(QStringLiteral("filterBody"));
    m_body->setWidget(scrolled);
    m_body->setWidgetResizable(true);
    m_body->setFrameShape(QFrame::NoFrame);
    m_body->setFocusPolicy(Qt::NoFocus);
    m_body->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_body->hide();
    auto* body = new QVBoxLayout(scrolled);
    body->setContentsMargins(0, 0, 0, 0);
    body->setSpacing(8);
    body->addWidget(m_shape);
    body->addWidget(m_scroll, 1);
    body->addWidget(m_scale);
    auto* reading = new QVBoxLayout;
    reading->setSpacing(4);
    reading->addWidget(m_reading);
    reading->addWidget(m_loupe);
    body->addLayout(reading);
    body->addWidget(m_formula);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_title);
    layout->addWidget(m_words);
    layout->addWidget(m_hint);
    layout->addWidget(m_body, 1);
    layout->addStretch();

    m_hint->setPurpose(tr("for the filters"));
    m_picture->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_picture, &QWidget::customContextMenuRequested, this, [this](const QPoint& at) {
        auto* menu = new QMenu(m_picture);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        m_menu->addTo(*menu);
        menu->popup(m_picture->mapToGlobal(at));
    });
    connect(m_menu, &ExhibitMenu::exportFailed, this, [this](const Error& error) {
        m_words->setText(errorTitle(error) + QStringLiteral(". ") + errorDetail(error));
        m_words->setVisible(true);
    });
    connect(m_picture, &FilterPicture::readingChanged, this, &FilterPanel::showReading);
    connect(m_picture, &FilterPicture::cursorMoved, this, [this](const QRect& filter) {
        m_scroll->ensureVisible(filter.center().x(), filter.center().y(), filter.width(), filter.height());
    });
    connect(m_picture, &FilterPicture::chosen, this, &FilterPanel::traceFilter);
    connect(m_picture, &FilterPicture::rowChosen, this, &FilterPanel::traceRow);
    connect(&state, &ConnectionsState::sourceChanged, this, &FilterPanel::refresh);
    connect(&state, &ConnectionsState::momentChanged, this, &FilterPanel::refresh);
    connect(&state, &ConnectionsState::weightsChanged, this, &FilterPanel::refresh);
    connect(&state, &ConnectionsState::placeChanged, this, &FilterPanel::refresh);
    connect(&state, &ConnectionsState::traceChanged, this, &FilterPanel::markTrace);
    connect(&m_patience, &Patience::over, this, &FilterPanel::refresh);
    refresh();
}

void FilterPanel::setTheme(const Theme& theme) {
    m_theme = theme;
    m_hint->setTheme(theme);
    m_picture->setTheme(theme);
    m_scale->setTheme(theme);
    m_loupe->setTheme(theme);
}

void FilterPanel::showEvent(QShowEvent* event) {
    ConnectionsPanel::showEvent(event);
    if (m_stale) refresh();
}

bool FilterPanel::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_scroll->viewport() && event->type() == QEvent::Resize)
        m_picture->fitWidth(m_scroll->viewport()->width());
    return ConnectionsPanel::eventFilter(watched, event);
}

void FilterPanel::refresh() {
    m_stale = !isVisible();
    if (m_stale) return;
    const ConnectionsSourcePtr& source = state().source();
    const MapPlace& place = state().place();
    QString words;
    FilterSheetPtr sheet;
    bool pending = false;
    m_title->setText(tr("3×3 filters"));
    if (source == nullptr || state().moment() < 0) {
        words = tr("There is no run or model to be seen yet.");
    } else if (place.level == MapLevel::kNetwork) {
        words = tr("Choose a layer, in the list or in the map, to see the filters of its 3×3 convolution.");
    } else if (!KeptWeightsHint::isNeeded(state())) {
        const SourceLayer& made = source->layout.reader(place.layer);
        m_title->setText(tr("3×3 filters of layer %1").arg(QString::fromStdString(made.name)));
        const ModelFilePtr& weights = state().weights();
        if (weights == nullptr) {
            // For a moment what was drawn stays: stepping from one moment to the next does not flicker.
            pending = true;
            if (m_patience.isOver() || place.layer != m_shownLayer) words = tr("Reading the weights…");
            if (words.isEmpty()) sheet = m_picture->sheet();
        } else if (weights == m_shownWeights && place.layer == m_shownLayer && m_picture->sheet() != nullptr) {
            sheet = m_picture->sheet();
        } else if (auto read = layerWeights(*weights, source->layout, place.layer); read) {
            sheet =
                std::make_shared<const FilterSheet>(std::move(*read), QString::fromStdString(made.name), made.first);
        } else {
            words = errorTitle(read.error()) + QStringLiteral(". ") + errorDetail(read.error());
        }
    }
    m_patience.setWaiting(pending);
    m_shownWeights = sheet != nullptr ? state().weights() : nullptr;
    m_shownLayer = sheet != nullptr ? place.layer : -1;
    m_words->setText(words);
    m_words->setVisible(!words.isEmpty());
    showSheet(sheet);
}

void FilterPanel::showSheet(const FilterSheetPtr& sheet) {
    m_body->setVisible(sheet != nullptr);
    if (sheet == m_picture->sheet()) return;
    m_picture->setSheet(sheet);
    if (sheet == nullptr) return;
    m_shape->setText(tr("%1 of %2 × %3")
                         .arg(formatPlural(sheet->weights.groups3x3, tr("group"), tr("groups")),
                              formatPlural(sheet->rowsOfGroup(), tr("output"), tr("outputs")),
                              formatPlural(sheet->columns(), tr("input"), tr("inputs"))));
    m_scale->setMost(sheet->most);
    m_formula->setText(formula());
    markTrace();
}

QString FilterPanel::formula() const {
    return tr("Colour: w. Rows: channels the layer makes. Columns: bottleneck channels, striped in the colour of the "
              "1×1 "
              "group that makes each (channel o: group o mod %1 + 1).")
        .arg(m_picture->sheet()->weights.groups);
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
        if (trace.what == Trace::What::kReads && trace.layer == m_shownLayer) marks.bottleneck = trace.filter;
        const int row = trace.channel - sheet->first;
        if (trace.what == Trace::What::kReadBy && row >= 0 && row < sheet->rows()) marks.row = row;
    }
    m_picture->setMarks(marks);
}

// What this bottleneck channel is made of: the filter of the 1x1 that makes it.
void FilterPanel::traceFilter(const FilterPlace& place) {
    const FilterSheetPtr& sheet = m_picture->sheet();
    Trace trace;
    trace.what = Trace::What::kReads;
    trace.layer = m_shownLayer;
    trace.group = sheet->group1x1(place);
    trace.filter = sheet->bottleneck(place);
    state().setTrace(trace);
}

void FilterPanel::traceRow(int row) {
    Trace trace;
    trace.what = Trace::What::kReadBy;
    trace.source = m_shownLayer + 1;  // a layer's own channels come from the source after those that it reads
    trace.channel = m_picture->sheet()->first + row;
    state().setTrace(trace);
}

std::optional<Exhibit> FilterPanel::exhibit() const {
    if (m_picture->sheet() == nullptr) return {};
    const QString title = tr("%1, %2").arg(m_title->text(), state().source()->wordsOf(state().moment()));
    return filterExhibit(m_picture->sheet(), m_theme, font(), m_picture->marks(), title, formula());
}

}  // namespace condenser
