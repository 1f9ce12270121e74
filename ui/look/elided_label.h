// One line of plain text that shortens itself in the middle when there is too little room; text() stays whole.
#pragma once

#include <QLabel>

namespace condenser {

class ElidedLabel : public QLabel {
    Q_OBJECT

  public:
    using QLabel::QLabel;

    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
};

}  // namespace condenser
