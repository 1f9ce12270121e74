// The scale of signedColour: a bar with its numbers.
#pragma once

#include <QWidget>

#include "look/theme.h"

namespace condenser {

// The colours from -most to most as a bar between these two numbers, in the painter's font.
void paintSignedScale(QPainter& painter, const Theme& theme, const QRect& at, double most);

class SignedScale : public QWidget {
    Q_OBJECT

  public:
    explicit SignedScale(QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    void setMost(double most);
    QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    Theme m_theme;
    double m_most = 0;
};

}  // namespace condenser
