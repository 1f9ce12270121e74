// Explanations over the right edge of the window: of a page, of the keys, of the program. Offline, and closed with
// Escape.
#pragma once

#include <QFrame>
#include <QMap>
#include <QPointer>
#include <QStringList>
#include <QUrl>

#include "help_pages.h"

class QLabel;
class QPushButton;
class QTextBrowser;

namespace condenser {

class HelpPanel : public QFrame {
    Q_OBJECT

  public:
    explicit HelpPanel(QWidget* parent);

    // A text that is made when the program runs. Shown under `name`, as the files of resources/help are.
    void addText(const QString& name, const HelpText& text);
    // What the line at the end of each text leads to.
    void setContents(const QStringList& names);

    // Shown a second time, the same text closes it.
    void toggle(const QString& name);
    void close();
    // Keeps to its parent's right edge.
    void place();
    // After the theme has changed, whose colours stand in the text.
    void refresh();

  protected:
    void keyPressEvent(QKeyEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void showPage(const QString& name);
    void follow(const QUrl& link);
    std::optional<HelpText> textOf(const QString& name) const;
    QString contents(const QString& shown) const;

    QMap<QString, HelpText> m_made;
    QStringList m_contents;
    QString m_name;  // of what is shown
    QUrl m_address;  // outside, asked about
    QPointer<QWidget> m_focusBefore;
    QLabel* m_title;
    QTextBrowser* m_text;
    QWidget* m_outside;  // "opens your browser": never unasked
    QLabel* m_outsideWords;
};

}  // namespace condenser
