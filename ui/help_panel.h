// Explanations over the right edge of the window: of a page, or of the keys. Offline, and closed with Escape.
#pragma once

#include <QFrame>

class QLabel;

namespace condenser {

class HelpPanel : public QFrame {
    Q_OBJECT

  public:
    explicit HelpPanel(QWidget* parent);

    // Shown a second time, the same text closes it.
    void toggle(const QString& title, const QString& text);
    // Keeps to its parent's right edge.
    void place();

    static QString keys();

  protected:
    void keyPressEvent(QKeyEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    QLabel* m_title;
    QLabel* m_text;
};

}  // namespace condenser
