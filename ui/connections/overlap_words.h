// What two records of connections have in common, counted and said.
#pragma once

#include <QString>
#include <optional>
#include <vector>

#include "connections/connections_state.h"
#include "connections/matched_chance.h"
#include "connections/overlap.h"

namespace condenser {

struct MapComparison {
    MapPlace place;
    // By chance: of matched groups that of the best matching.
    Overlap overlap;
    // Of one run at two moments between which connections were dropped: those that were the most important ones at the
    // earlier moment, as many as the later one keeps, against those that it keeps.
    std::optional<Overlap> foreseen;
    bool sameRun = false, sameMoment = false, firstIsEarlier = false, matched = false;
    std::vector<int> order;  // of matched groups, of the place's layer; else empty
};

// Why two networks have no connections in common to speak of, in words for somebody who sees neither; empty: they have.
QString whyNotComparable(const ConnectionsSource& a, const ConnectionsSource& b);

// Both sources comparable, both records read. `matches`: groups are matched (of different runs alone).
MapComparison compare(const ConnectionsState& a, const ConnectionsState& b, bool matches, ChanceOfMatch& chance);

// "Both keep 812 of the 1 024 connections that each keeps (79 %); by chance 256 (25 %)."
QString comparisonWords(const MapComparison& comparison);
// Which groups were held against which: "groups matched, those of chance as well: 1 ~ 3, 2 ~ 1". Empty for one run.
QString matchingWords(const MapComparison& comparison);
// What a bar shows: the overlap that the words are about. Nothing where they say that there is none to speak of.
std::optional<Overlap> shownOverlap(const MapComparison& comparison);

// The moment of `to` that stands where `moment` does in `from`: of the same kind, after as many condensing steps and
// the same part of the run.
int sameMoment(const ConnectionsSource& from, int moment, const ConnectionsSource& to);

}  // namespace condenser
