// How much two maps share, from nothing to all, and where chance would be.
#pragma once

#include <QWidget>
#include <optional>

#include "connections/overlap.h"
#include "look/theme.h"

namespace condenser {

// Only drawn: the words beside it say the same.
class OverlapBar : public QWidget {
    Q_OBJECT

  public:
    explicit OverlapBar(QWidget* parent = nullptr);
    void setTheme(const Theme& theme);
    // Nothing: an empty bar.
    void setOverlap(const std::optional<Overlap>& overlap);

    QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    Theme m_theme;
    std::optional<Overlap> m_overlap;
};

}  // namespace condenser
