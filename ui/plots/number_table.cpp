#include "plots/number_table.h"

#include <QStringList>
#include <algorithm>
#include <cmath>
#include <limits>

#include "look/exhibit.h"

namespace condenser {
namespace {

QString number(double value) {
    return std::isfinite(value) ? QString::number(value, 'g', 8) : QString();
}

}  // namespace

QString NumberTable::csv() const {
    QStringList heads;
    for (const Key& key : keys) heads << csvCell(key.head);
    for (const NumberColumn& column : columns) heads << csvCell(column.head);
    QString text = heads.join(u',') + u'\n';

    std::vector<std::size_t> at(columns.size(), 0);
    for (;;) {
        double x = std::numeric_limits<double>::infinity();
        for (std::size_t c = 0; c < columns.size(); ++c) {
            if (at[c] < columns[c].x.size()) x = std::min(x, columns[c].x[at[c]]);
        }
        if (std::isinf(x)) return text;
        QStringList cells;
        for (const Key& key : keys) cells << (key.text ? csvCell(key.text(x)) : number(key.value(x)));
        for (std::size_t c = 0; c < columns.size(); ++c) {
            QString cell;
            while (at[c] < columns[c].x.size() && columns[c].x[at[c]] <= x) cell = number(columns[c].y[at[c]++]);
            cells << cell;
        }
        text += cells.join(u',') + u'\n';
    }
}

void NumberTable::add(const NumberTable& other) {
    if (keys.empty()) keys = other.keys;
    columns.insert(columns.end(), other.columns.begin(), other.columns.end());
}

}  // namespace condenser
