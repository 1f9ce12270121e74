// A card with a table: title, buttons, words below, and all of it as a picture or as numbers.
#pragma once

#include <QFrame>

#include "compare/text_table.h"

class QHBoxLayout;
class QLabel;
class QPushButton;

namespace condenser {

class ExhibitMenu;

class TableCard : public QFrame {
    Q_OBJECT

  public:
    // `name`: of files, without a suffix, and of the object; the table is called NAMETable. `choosing`: rows can be
    // selected.
    TableCard(const QString& title, const QString& name, bool choosing, QWidget* parent = nullptr);

    TextTableView& table() { return *m_table; }
    QHBoxLayout* header() { return m_header; }
    void setTheme(const Theme& theme);
    void setCaption(const QString& caption);
    QString caption() const;
    Exhibit exhibit() const;

  signals:
    void exported(const QString& file);
    void exportFailed(const Error& error);

  private:
    QString m_title;
    Theme m_theme;
    TextTableView* m_table;
    QLabel* m_caption;
    QHBoxLayout* m_header;
};

// A small button in the header of a card, this one or a plot's: the last one before "Export".
QPushButton* addHeaderChip(QHBoxLayout& header, const char* objectName, const QString& text, const QString& tip);

}  // namespace condenser
