// Keys that mean the same in everything with a cursor.
#pragma once

#include <QPoint>
#include <Qt>
#include <optional>

namespace condenser {

// One step to the side or down, as seen; nothing for other keys.
inline std::optional<QPoint> arrowOf(int key) {
    switch (key) {
        case Qt::Key_Left:
            return QPoint(-1, 0);
        case Qt::Key_Right:
            return QPoint(1, 0);
        case Qt::Key_Up:
            return QPoint(0, -1);
        case Qt::Key_Down:
            return QPoint(0, 1);
        default:
            return std::nullopt;
    }
}

}  // namespace condenser
