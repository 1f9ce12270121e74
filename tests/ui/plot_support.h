// What the tests of plots share.
#pragma once

#include <QTest>

#include "look/theme.h"
#include "plots/plot_card.h"

namespace condenser::testing {

// A plot that is shown, taken out and walked through before there is anything to show.
template <class Plot>
void showNothing() {
    Plot empty;
    empty.setTheme(lightTheme());
    empty.resize(430, 220);
    empty.QWidget::show();
    QVERIFY(QTest::qWaitForWindowExposed(&empty));
    QVERIFY(!pictureOf(empty.exhibit(), 1).isNull());
    QTest::keyClick(&empty, Qt::Key_Right);
    QTest::keyClick(&empty, Qt::Key_Minus);
    QVERIFY(empty.readout().isEmpty());
}

}  // namespace condenser::testing
