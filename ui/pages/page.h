// What the window needs of every page.
#pragma once

#include <QWidget>

namespace condenser {

struct Theme;

class Page : public QWidget {
    Q_OBJECT

  public:
    using QWidget::QWidget;

    virtual void setTheme(const Theme& theme) = 0;
    virtual void mainAction() = 0;            // F5
    virtual QString explanation() const = 0;  // F1: paragraphs of plain text
};

}  // namespace condenser
