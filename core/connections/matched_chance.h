// What the best matching of groups would have in common by chance.
#pragma once

#include <map>
#include <vector>

namespace condenser {

// Two layers of `inputs` inputs whose groups keep as many of them as the lists say (as many groups in both), each group
// its inputs blindly, and the groups of the one matched to those of the other so that they share most: how many pairs
// they then share on average. More than without matching, above all where few inputs are kept. The mean of some draws,
// the same ones at every call.
double matchedByChance(int inputs, const std::vector<int>& keptA, const std::vector<int>& keptB);

// matchedByChance, which takes a while to draw and depends on counts alone: it is remembered.
class ChanceOfMatch {
  public:
    double of(int inputs, const std::vector<int>& keptA, const std::vector<int>& keptB);

  private:
    std::map<std::vector<int>, double> m_known;
};

}  // namespace condenser
