// What the window needs of every page.
#pragma once

#include <QWidget>
#include <functional>
#include <optional>

#include "look/exhibit.h"

namespace condenser {

struct Theme;

class Page : public QWidget {
    Q_OBJECT

  public:
    using QWidget::QWidget;

    virtual void setTheme(const Theme& theme) = 0;
    virtual void mainAction() = 0;         // F5
    virtual QString helpPage() const = 0;  // F1: the name of a file in resources/help, "train"
    // Ctrl+E and Ctrl+Shift+C: what is seen now; nothing where there is nothing to take out.
    virtual std::optional<Exhibit> exhibit() const { return std::nullopt; }

  signals:
    // Something was removed; `undo` brings it back. The window shows it with Ctrl+Z for a while.
    void removed(const QString& words, const std::function<void()>& undo);
};

}  // namespace condenser
