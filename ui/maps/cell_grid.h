// What a map of connections draws: rows and columns of cells, pure values that any thread may make.
#pragma once

#include <QString>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace condenser {

// Rows or columns that belong together: a group's filters, the channels of one source layer.
struct CellBand {
    QString name;
    int first = 0, count = 0;
    int series = -1;  // of Theme::series, whose colour its cells have; -1: the scale of magnitudes
};

struct CellGrid {
    int rows = 0, columns = 0;
    // All row-major, rows * columns.
    std::vector<float> strength;       // from 0 up; 0 where nothing lives
    std::vector<std::uint8_t> live;    // 0: dropped, drawn empty; what lives is never drawn empty, however weak
    std::vector<float> share;          // 0..1, the part of a cell's area that is filled; empty: all of it
    std::vector<std::uint8_t> exists;  // 0: there is no such cell (a layer reads no later one); empty: all exist
    std::vector<std::uint8_t> going;   // 1: the next condensing step would take it; empty: nothing is marked
    double strongest = 0;              // the strength at the far end of the colour scale
    bool beyond = false;               // a few are stronger than that, and look like it

    std::vector<CellBand> rowBands, columnBands;  // in order, without gaps
    QString rowTitle, columnTitle;                // of the axes
    QString strengthName;                         // "mean |w|", for the legend
    QString formula;                              // of what is drawn, in words; written below the map
    QString name;                                 // for files, without a suffix: "connections-2.5"

    // What a cell is, in words, for the pointer, the keyboard and screen readers.
    std::function<QString(int row, int column)> words;
    // The header of a row or column that stands alone ("filter 11", "f 71 · made by 2.3").
    std::function<QString(int row)> rowName;
    std::function<QString(int column)> columnName;

    std::size_t at(int row, int column) const {
        return static_cast<std::size_t>(row) * static_cast<std::size_t>(columns) + static_cast<std::size_t>(column);
    }
    bool isLive(int row, int column) const { return live[at(row, column)] != 0; }
    bool isThere(int row, int column) const { return exists.empty() || exists[at(row, column)] != 0; }
    // As seen by a reader of the exported table: row, column, live, share, strength.
    QString csv() const;
};
using CellGridPtr = std::shared_ptr<const CellGrid>;

// kBySource: a column for every channel. kByIndex: a column for every position of the index layer, group-major, as the
// condensed network computes (paper, section 3.3): a channel stands once for each group that reads it, or nowhere.
enum class Arrangement { kBySource, kByIndex };

}  // namespace condenser
