// One 3x3 filter with its nine numbers.
#pragma once

#include <QWidget>
#include <array>

#include "look/theme.h"

namespace condenser {

class FilterLoupe : public QWidget {
    Q_OBJECT

  public:
    explicit FilterLoupe(QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    // `most`: the far end of the colours.
    void show(const std::array<float, 9>& weights, double most);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    Theme m_theme;
    std::array<float, 9> m_weights{};
    double m_most = 0;
};

}  // namespace condenser
