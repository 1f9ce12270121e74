#include "classify/confusion_view.h"

#include <QContextMenuEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QVBoxLayout>

#include "classify/confusion_painting.h"
#include "classify/confusion_table.h"
#include "look/elided_label.h"
#include "look/format.h"
#include "look/look.h"
#include "plots/exhibit_menu.h"

namespace condenser {

ConfusionView::ConfusionView(QWidget* parent)
    : QFrame(parent),
      m_theme(darkTheme()),
      m_words(new QLabel),
      m_readout(new ElidedLabel),
      m_menu(new QMenu(this)),
      m_table(new ConfusionTable(m_model)),
      m_exhibit(new ExhibitMenu(this, [this] { return exhibit(); })) {
    setObjectName(QStringLiteral("confusionView"));
    setLook(this, "card");
    auto* title = new QLabel(tr("Confusion matrix"));
    setLook(title, "strong");
    auto* button = new QPushButton(tr("Export"));
    button->setObjectName(QStringLiteral("exportConfusion"));
    button->setAccessibleName(tr("Export the confusion matrix"));
    button->setToolTip(tr("Take the matrix out as a picture (PNG, SVG, PDF) or its numbers as a table (CSV)"));
    setLook(button, "role", "chip");
    m_exhibit->addTo(*m_menu);
    button->setMenu(m_menu);
    connect(m_exhibit, &ExhibitMenu::exported, this, &ConfusionView::exported);
    connect(m_exhibit, &ExhibitMenu::exportFailed, this, &ConfusionView::exportFailed);
    setLook(m_words, "scale", "small");
    setLook(m_readout, "scale", "small");
    m_words->setTextFormat(Qt::PlainText);
    m_words->setWordWrap(true);
    m_words->setObjectName(QStringLiteral("confusionWords"));
    setLook(m_words, "tone", "muted");
    m_readout->setObjectName(QStringLiteral("confusionReadout"));

    auto* header = new QHBoxLayout;
    header->setSpacing(8);
    header->addWidget(title, 1);
    header->addWidget(button);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 8, 12, 8);
    layout->setSpacing(4);
    layout->addLayout(header);
    layout->addWidget(m_words);
    layout->addWidget(m_table, 1);
    layout->addWidget(m_readout);

    connect(m_table, &ConfusionTable::chosen, this, &ConfusionView::chosen);
    connect(m_table, &ConfusionTable::cleared, this, &ConfusionView::cleared);
    connect(m_table, &ConfusionTable::pointedAt, this, [this](const QModelIndex& index) {
        m_pointed = index;
        read();
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentChanged, this, [this] {
        m_pointed = QModelIndex();
        read();
    });
}

ConfusionView::~ConfusionView() {
    delete m_table;  // goes before what it shows
}

void ConfusionView::setTheme(const Theme& theme) {
    m_theme = theme;
    m_table->setTheme(theme);
}

void ConfusionView::show(Confusion confusion) {
    m_model.show(std::move(confusion));
    const bool dense = m_model.confusion().judged == Variant::kDense;
    QString words =
        dense ? tr("Rows: true class · columns: dense answer") : tr("Rows: true class · columns: condensed answer");
    words += QStringLiteral(" · ") + tr("shade: share of the row · framed: right");
    if (m_model.leavesOut()) {
        words += QStringLiteral(" · ") +
                 tr("shown: the %1 of %2 classes that occur")
                     .arg(formatCount(m_model.rowCount()), formatCount(std::ssize(m_model.confusion().classes)));
    }
    m_words->setText(words);
    m_table->setAccessibleDescription(words);
    read();
}

void ConfusionView::setChosen(const std::optional<AnswerFilter::Cell>& cell) {
    m_table->setChosen(cell);
}

void ConfusionView::read() {
    const QModelIndex at = m_pointed.isValid() ? QModelIndex(m_pointed) : m_table->currentIndex();
    m_readout->setText(at.isValid() ? m_model.sentence(at)
                                    : tr("Point at a cell to read it; a click or Enter shows its pictures."));
}

QString ConfusionView::readout() const {
    return m_readout->text();
}

Exhibit ConfusionView::exhibit() const {
    return confusionExhibit(m_model, m_theme, font());
}

void ConfusionView::contextMenuEvent(QContextMenuEvent* event) {
    m_menu->popup(event->reason() == QContextMenuEvent::Keyboard ? mapToGlobal(rect().center()) : event->globalPos());
}

}  // namespace condenser
