// The pages, the model that all of them share, and the switches of the window.
#pragma once

#include <QWidget>
#include <vector>

#include "look/theme_switch.h"
#include "session/current_model.h"

class QLabel;
class QMenu;
class QPushButton;

namespace condenser {

class Sidebar : public QWidget {
    Q_OBJECT

  public:
    // `theme` must outlive it.
    explicit Sidebar(ThemeSwitch& theme, QWidget* parent = nullptr);

    // In the order of the stack of pages.
    void addPage(const QString& name, const QString& objectName, const QKeySequence& key);
    void showPage(int page);
    void showModel(const CurrentModel& model);
    // Behind the button beside "Open model…".
    void setRecentMenu(QMenu* menu);

  signals:
    void pageWanted(int page);
    void openModelWanted();
    void helpWanted();
    void keysWanted();
    void aboutWanted();

  private:
    QPushButton* quietButton(const QString& text, const QString& objectName, const QString& tip);
    void makeThemeMenu(QPushButton* button);
    static void popUp(QMenu* menu, const QPushButton* button);
    static QString toolTipOf(const CurrentModel& model);

    ThemeSwitch& m_theme;
    std::vector<QPushButton*> m_pages;
    int m_pagesAt = 0;  // where the next page's button goes in the layout
    QPushButton* m_recent;
    QLabel* m_modelName;
    QLabel* m_modelDetail;
};

}  // namespace condenser
