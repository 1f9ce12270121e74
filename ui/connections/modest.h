// Views that ask for no more height than their least, and take whatever more there is: in a card that scrolls as a
// whole they must not be as high as all that they could show.
#pragma once

#include <QSize>

namespace condenser {

// `View`'s minimumHeight must be set.
template <class View>
class Modest : public View {
  public:
    using View::View;
    QSize sizeHint() const override { return {View::sizeHint().width(), View::minimumHeight()}; }
};

}  // namespace condenser
