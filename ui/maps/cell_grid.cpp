#include "maps/cell_grid.h"

#include <QStringList>

#include "look/exhibit.h"

namespace condenser {

QString CellGrid::csv() const {
    QString text = QStringLiteral("row,column,live,share,%1\n")
                       .arg(csvCell(strengthName.isEmpty() ? QStringLiteral("strength") : strengthName));
    QStringList columnNames;
    for (int column = 0; column < columns; ++column) {
        columnNames << csvCell(columnName ? columnName(column) : QString::number(column));
    }
    for (int row = 0; row < rows; ++row) {
        const QString name = csvCell(rowName ? rowName(row) : QString::number(row));
        for (int column = 0; column < columns; ++column) {
            if (!isThere(row, column)) continue;
            const std::size_t cell = at(row, column);
            const double filled = share.empty() ? (live[cell] != 0 ? 1.0 : 0.0) : double{share[cell]};
            text += name + u',' + columnNames[column] + u',' + (live[cell] != 0 ? u'1' : u'0') + u',' +
                    QString::number(filled, 'g', 6) + u',' + QString::number(double{strength[cell]}, 'g', 7) + u'\n';
        }
    }
    return text;
}

}  // namespace condenser
