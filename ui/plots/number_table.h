// The numbers of curves as one table: a row for each x that any of them has.
#pragma once

#include <QString>
#include <functional>
#include <vector>

namespace condenser {

struct NumberColumn {
    QString head;              // with its unit: "test accuracy (%)"
    std::vector<double> x, y;  // x rises
};

struct NumberTable {
    struct Key {
        QString head;
        std::function<double(double x)> value;       // what stands in the row of this x; not finite: empty
        std::function<QString(double x)> text = {};  // instead of a number
    };
    std::vector<Key> keys;  // the first columns
    std::vector<NumberColumn> columns;

    QString csv() const;
    // Parts of several plots over the same x come together.
    void add(const NumberTable& other);
};

}  // namespace condenser
