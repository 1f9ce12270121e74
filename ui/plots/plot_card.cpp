#include "plots/plot_card.h"

#include <QContextMenuEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QPicture>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "look/look.h"
#include "plots/exhibit_menu.h"
#include "plots/plot_canvas.h"

namespace condenser {
namespace {

constexpr double kKeyPan = 0.1, kKeyZoom = 0.8;
constexpr double kKeyStep = 8;     // pixels of an arrow key
constexpr int kHintSpare = 2;      // pixels: a label breaks its lines a little earlier than it is measured
constexpr int kCaptionFrom = 176;  // a card's height in pixels from which a caption leaves the plot enough
constexpr int kWordsFrom = 420;    // a card's width from which its button has a word

}  // namespace

PlotCard::PlotCard(const QString& title, const QString& name, QWidget* parent)
    : QFrame(parent),
      m_title(title),
      m_name(name),
      m_theme(darkTheme()),
      m_header(new QHBoxLayout),
      m_legendRow(new QHBoxLayout),
      m_titleLabel(new QLabel(title)),
      m_legend(new Legend),
      m_export(new QPushButton(tr("Export"))),
      m_canvas(new PlotCanvas),
      m_caption(new QLabel),
      m_hint(new QLabel(m_canvas)),
      m_cursors(m_canvas),
      m_menu(new ExhibitMenu(this, [this] { return exhibit(); })) {
    setLook(this, "card");
    setAccessibleName(title);
    setFocusPolicy(Qt::StrongFocus);

    setLook(m_titleLabel, "strong");
    m_export->setObjectName(QStringLiteral("exportPlot"));
    m_export->setAccessibleName(tr("Export the plot %1").arg(title));
    m_export->setToolTip(tr("Take this plot out as a picture (PNG, SVG, PDF) or its numbers as a table (CSV)"));
    setLook(m_export, "role", "chip");
    auto* menu = new QMenu(m_export);
    m_menu->addTo(*menu);
    m_export->setMenu(menu);
    connect(m_menu, &ExhibitMenu::exported, this, &PlotCard::exported);
    connect(m_menu, &ExhibitMenu::exportFailed, this, &PlotCard::exportFailed);
    m_header->setSpacing(8);
    m_header->addWidget(m_titleLabel);
    m_header->addWidget(m_legend, 1);
    m_header->addStretch();  // in its place when it stands below
    m_header->addWidget(m_export);

    setLook(m_caption, "tone", "muted");
    setLook(m_caption, "scale", "small");
    m_caption->setTextFormat(Qt::PlainText);
    m_caption->setWordWrap(true);
    m_caption->hide();
    setLook(m_hint, "tone", "muted");
    setLook(m_hint, "over", "plot");
    m_hint->setAlignment(Qt::AlignCenter);
    m_hint->setMargin(6);
    m_hint->setWordWrap(true);
    m_hint->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_hint->hide();

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(14, 8, 10, 6);
    layout->setSpacing(2);
    layout->addLayout(m_header);
    layout->addLayout(m_legendRow);
    layout->addWidget(m_canvas, 1);
    layout->addWidget(m_caption);

    connect(m_canvas, &PlotCanvas::pointed, this, [this](double x) { pointAt(x); });
    connect(m_canvas, &PlotCanvas::pointerLeft, this, [this] { pointNowhere(); });
    connect(m_canvas, &PlotCanvas::wholeWanted, this, [this] {
        clickTakenBack();
        wantWhole();
    });
    connect(m_canvas, &PlotCanvas::viewChosen, this, [this] {
        hideCursor();
        viewChosen();
    });
    connect(m_canvas, &PlotCanvas::clicked, this,
            [this](const QPointF& at, Qt::KeyboardModifiers modifiers) { clickedAt(at, modifiers); });
    connect(m_canvas, &QCustomPlot::afterLayout, this, [this] { placeOverlays(); });
}

PlotCard::~PlotCard() = default;

void PlotCard::setTheme(const Theme& theme) {
    m_theme = theme;
    const QFont small = smallFont();
    m_legend->setTheme(theme);
    m_cursors.setTheme(theme, small);
    m_canvas->setTheme(theme, small, m_roomAbove);
}

QFont PlotCard::smallFont() const {
    QFont font = this->font();
    font.setPointSizeF(font.pointSizeF() * 0.9);
    return font;
}

void PlotCard::setTitle(const QString& title) {
    m_title = title;
    m_titleLabel->setText(title);
}

void PlotCard::setLegendBelow(bool below) {
    if (below == (m_legendRow->count() > 0)) return;
    if (below) {
        m_header->removeWidget(m_legend);
        m_legendRow->addWidget(m_legend);
    } else {
        m_legendRow->removeWidget(m_legend);
        m_header->insertWidget(1, m_legend, 1);
    }
}

void PlotCard::setHint(const QString& hint) {
    m_hint->setText(hint);
    setEmpty(m_empty);
    placeOverlays();
}

void PlotCard::setEmpty(bool empty) {
    m_empty = empty;
    m_hint->setVisible(empty && !m_hint->text().isEmpty());
}

void PlotCard::setCaption(const QString& caption) {
    m_caption->setText(caption);
    m_caption->setVisible(!caption.isEmpty() && height() >= kCaptionFrom);
}

void PlotCard::placeOverlays() {
    const QRect inside = m_canvas->inside();
    const int around = 2 * m_hint->margin();
    const QRect words =
        m_hint->fontMetrics().boundingRect(QRect(0, 0, std::max(0, inside.width() - around), inside.height()),
                                           Qt::AlignCenter | Qt::TextWordWrap, m_hint->text());
    m_hint->resize(words.width() + around + kHintSpare, words.height() + around);
    m_hint->move(inside.center() - m_hint->rect().center());
}

void PlotCard::resizeEvent(QResizeEvent* event) {
    QFrame::resizeEvent(event);
    m_caption->setVisible(!m_caption->text().isEmpty() && height() >= kCaptionFrom);
    m_export->setText(width() < kWordsFrom ? QStringLiteral("⋯") : tr("Export"));
    hideCursor();
}

// ---- reading --------------------------------------------------------------------------------------------------------

void PlotCard::showCross(double x, const QString& text) {
    if (!m_canvas->xAxis->range().contains(x)) return hideCursor();
    m_cursorX = x;
    m_cursors.showCross(m_canvas->toPixel(x), m_canvas->inside(), text);
}

void PlotCard::hideCursor() {
    m_cursors.hideCross();
}

void PlotCard::wantWhole() {
    hideCursor();
    m_canvas->setFollowing(true);
}

void PlotCard::moveCursor(double pixels) {
    const QRect inside = m_canvas->inside();
    const QCPAxis& axis = *m_canvas->xAxis;
    const bool known = m_cursorX && axis.range().contains(*m_cursorX);
    if (const auto place = nextPlace(known ? m_cursorX : std::nullopt, pixels > 0 ? 1 : -1)) {
        const double at = axis.coordToPixel(*place);
        const double beside = at < inside.left() ? at - inside.left() : std::max(0.0, at - inside.right() - 1);
        if (beside != 0) m_canvas->pan(beside / inside.width() + (beside < 0 ? -kKeyPan : kKeyPan));
        return pointAt(*place);
    }
    const double from = known ? axis.coordToPixel(*m_cursorX) : inside.center().x();
    double to = axis.pixelToCoord(known ? from + pixels : from);
    if (known) to = stopBetween(*m_cursorX, to).value_or(to);
    // At the edge the view goes along.
    const double at = axis.coordToPixel(to);
    if (at < inside.left() || at > inside.right() + 1) m_canvas->pan(pixels > 0 ? kKeyPan : -kKeyPan);
    pointAt(std::clamp(to, axis.range().lower, axis.range().upper));
}

void PlotCard::keyPressEvent(QKeyEvent* event) {
    const bool panning = event->modifiers().testFlag(Qt::ShiftModifier);
    const double middle = m_canvas->xAxis->range().center();
    switch (event->key()) {
        case Qt::Key_Left:
        case Qt::Key_Right: {
            const double sign = event->key() == Qt::Key_Left ? -1 : 1;
            if (panning) {
                m_canvas->pan(sign * kKeyPan);
            } else {
                moveCursor(sign * kKeyStep);
            }
            break;
        }
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            m_canvas->zoom(kKeyZoom, m_cursors.crossShown() ? m_cursorX.value_or(middle) : middle);
            break;
        case Qt::Key_Minus:
            m_canvas->zoom(1 / kKeyZoom, m_cursors.crossShown() ? m_cursorX.value_or(middle) : middle);
            break;
        case Qt::Key_Home:
        case Qt::Key_0:
            wantWhole();
            break;
        case Qt::Key_Escape:
            if (!m_cursors.crossShown()) return QFrame::keyPressEvent(event);
            hideCursor();
            break;
        default:
            QFrame::keyPressEvent(event);
    }
}

// ---- taking it out --------------------------------------------------------------------------------------------------

void PlotCard::contextMenuEvent(QContextMenuEvent* event) {
    QMenu* menu = m_export->menu();
    menu->popup(event->reason() == QContextMenuEvent::Keyboard ? mapToGlobal(rect().center()) : event->globalPos());
}

QPicture PlotCard::picture() const {
    layout()->activate();
    QPicture all;
    QPainter painter(&all);
    painter.fillRect(rect(), m_theme.panel);
    painter.setFont(m_titleLabel->font());
    painter.setPen(m_theme.text);
    const QRect titleArea = m_titleLabel->geometry();
    painter.drawText(titleArea, Qt::AlignLeft | Qt::AlignVCenter, m_title);
    QRect legendArea = m_legend->geometry();
    if (m_legendRow->count() == 0) legendArea.setRight(m_export->geometry().right());  // no buttons in a picture
    m_legend->paint(painter, legendArea);
    painter.save();
    painter.translate(m_canvas->pos());
    painter.drawPicture(0, 0, m_canvas->picture());
    m_cursors.paint(painter);
    if (!m_hint->isHidden()) {
        painter.setPen(m_theme.muted);
        painter.setFont(m_hint->font());
        painter.drawText(m_hint->geometry(), Qt::AlignCenter | Qt::TextWordWrap, m_hint->text());
    }
    painter.restore();
    if (!m_caption->isHidden()) {
        painter.setPen(m_theme.muted);
        painter.setFont(m_caption->font());
        painter.drawText(m_caption->geometry(), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextWordWrap, m_caption->text());
    }
    painter.end();
    return all;
}

Exhibit PlotCard::exhibit() const {
    return {.name = m_name,
            .size = size(),
            .paint =
                [all = picture()](QPainter& painter) {
                    painter.save();
                    // A picture plays in the units of the screen that it was recorded for.
                    const double scale = static_cast<double>(all.logicalDpiX()) / painter.device()->logicalDpiX();
                    painter.scale(scale, scale);
                    painter.drawPicture(0, 0, all);
                    painter.restore();
                },
            .csv = [table = numbers()] { return table.csv(); }};
}

}  // namespace condenser
