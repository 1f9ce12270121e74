#include "compare/table_card.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QVBoxLayout>

#include "look/look.h"
#include "plots/exhibit_menu.h"

namespace condenser {
namespace {

QPushButton* makeChip(const char* objectName, const QString& text, const QString& tip) {
    auto* chip = new QPushButton(text);
    chip->setObjectName(QLatin1String(objectName));
    chip->setAccessibleName(tip);
    chip->setToolTip(tip);
    setLook(chip, "role", "chip");
    return chip;
}

}  // namespace

TableCard::TableCard(const QString& title, const QString& name, bool choosing, QWidget* parent)
    : QFrame(parent),
      m_title(title),
      m_theme(darkTheme()),
      m_table(new TextTableView(choosing)),
      m_caption(new QLabel),
      m_header(new QHBoxLayout) {
    setObjectName(name);
    setLook(this, "card");
    setAccessibleName(title);
    m_table->setObjectName(name + QStringLiteral("Table"));
    m_table->setAccessibleName(title);
    auto* head = new QLabel(title);
    setLook(head, "strong");
    auto* menu = new ExhibitMenu(this, [this] { return exhibit(); });
    connect(menu, &ExhibitMenu::exported, this, &TableCard::exported);
    connect(menu, &ExhibitMenu::exportFailed, this, &TableCard::exportFailed);
    m_header->setSpacing(8);
    m_header->addWidget(head);
    m_header->addStretch(1);
    auto* save =
        makeChip("exportTable", QStringLiteral("⋯"), tr("Take this table out as a picture (PNG, SVG, PDF) or as CSV"));
    m_header->addWidget(save);
    save->setAccessibleName(tr("Export the table %1").arg(title));
    auto* entries = new QMenu(save);
    menu->addTo(*entries);
    save->setMenu(entries);

    m_caption->setObjectName(name + QStringLiteral("Caption"));
    setLook(m_caption, "tone", "muted");
    setLook(m_caption, "scale", "small");
    m_caption->setTextFormat(Qt::PlainText);
    m_caption->setWordWrap(true);
    m_caption->hide();

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(14, 8, 10, 6);
    layout->setSpacing(2);
    layout->addLayout(m_header);
    layout->addWidget(m_table, 1);
    layout->addWidget(m_caption);
}

void TableCard::setTheme(const Theme& theme) {
    m_theme = theme;
    m_table->setTheme(theme);
}

void TableCard::setCaption(const QString& caption) {
    m_caption->setText(caption);
    m_caption->setVisible(!caption.isEmpty());
}

QString TableCard::caption() const {
    return m_caption->text();
}

Exhibit TableCard::exhibit() const {
    return m_table->exhibit(objectName(), m_title, m_caption->text(), m_theme);
}

QPushButton* addHeaderChip(QHBoxLayout& header, const char* objectName, const QString& text, const QString& tip) {
    QPushButton* chip = makeChip(objectName, text, tip);
    header.insertWidget(header.count() - 1, chip);
    return chip;
}

}  // namespace condenser
