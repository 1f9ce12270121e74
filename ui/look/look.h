// Properties by which the style sheet (theme.cpp) knows what a widget is.
#pragma once

#include <QString>
#include <QStyle>
#include <QVariant>
#include <QWidget>

namespace condenser {

// `kind` is "tone", "scale", "role", "over" or "notice". May be changed at any time.
inline void setLook(QWidget* widget, const char* kind, const char* value) {
    const QString text = QString::fromLatin1(value);
    if (widget->property(kind).toString() == text) return;
    widget->setProperty(kind, text);
    widget->style()->unpolish(widget);
    widget->style()->polish(widget);
}

// `kind` is "card", "line" or "strong".
inline void setLook(QWidget* widget, const char* kind) {
    widget->setProperty(kind, true);
}

}  // namespace condenser
