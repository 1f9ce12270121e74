#include "experiment/label_places.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace condenser {
namespace {

constexpr double kGap = 5;
// What it costs to pass over a line, to have a leader over another point or label, to cover one, to stick out.
constexpr int kLine = 1, kPassed = 20, kTaken = 1000, kOutside = 100'000;

bool overlap(const LabelBox& a, const LabelBox& b) {
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

// Clips the segment at the four sides; something is left if it crosses (Liang and Barsky).
bool crosses(const LabelSegment& line, const LabelBox& box) {
    const double dx = line.x2 - line.x1, dy = line.y2 - line.y1;
    double from = 0, to = 1;
    const auto clip = [&](double along, double room) {
        if (along == 0) return room >= 0;
        const double t = room / along;
        if (along < 0) from = std::max(from, t);
        if (along > 0) to = std::min(to, t);
        return from < to;
    };
    return clip(-dx, line.x1 - box.left) && clip(dx, box.right - line.x1) && clip(-dy, line.y1 - box.top) &&
           clip(dy, box.bottom - line.y1);
}

LabelBox boxAt(double left, double top, const LabelPoint& point) {
    return {left, top, left + point.width, top + point.height};
}

class Placing {
  public:
    Placing(const std::vector<LabelPoint>& points, const std::vector<LabelSegment>& lines, const LabelBox& room)
        : m_points(points), m_lines(lines), m_room(room) {}

    PlacedLabel place(std::size_t index) {
        const LabelPoint& point = m_points[index];
        if (!(point.width > 0)) return {};
        const double middle = point.y - point.height / 2, left = point.x - point.width / 2;
        const double rightOf = point.drawn.right + kGap, leftOf = point.drawn.left - kGap - point.width;
        const double above = point.drawn.top - kGap / 2 - point.height, below = point.drawn.bottom + kGap / 2;
        const LabelBox beside[] = {
            boxAt(rightOf, middle, point),
            boxAt(leftOf, middle, point),
            boxAt(left, above, point),
            boxAt(left, below, point),
            boxAt(rightOf, point.y - 1.3 * point.height, point),
            boxAt(rightOf, point.y + 0.3 * point.height, point),
            boxAt(leftOf, point.y - 1.3 * point.height, point),
            boxAt(leftOf, point.y + 0.3 * point.height, point),
        };
        PlacedLabel best;
        int least = kOutside * 10;
        const auto look = [&](const LabelBox& box, bool leader) {
            int cost = costOf(box);
            if (leader) cost += kLine + leaderCost(index, box);
            if (cost < least) least = cost, best = {box, leader};
        };
        for (const LabelBox& box : beside) look(box, false);
        if (least >= kTaken) {
            for (double far = 18; far <= 240 && least >= kPassed; far += 12) {
                for (int turn = 0; turn < 16; ++turn) {
                    const double angle = 2 * std::numbers::pi * (turn + 0.5) / 16;
                    const double x = point.x + far * std::cos(angle), y = point.y + far * std::sin(angle);
                    look(boxAt(std::cos(angle) > 0 ? x : x - point.width, y - point.height / 2, point), true);
                }
            }
        }
        m_labels.push_back(best.box);
        return best;
    }

  private:
    int costOf(const LabelBox& box) const {
        int cost = 0;
        for (const LabelPoint& other : m_points) cost += overlap(box, other.drawn) ? kTaken : 0;
        for (const LabelBox& label : m_labels) cost += overlap(box, label) ? kTaken : 0;
        for (const LabelSegment& line : m_lines) cost += crosses(line, box) ? kLine : 0;
        const bool inside = box.left >= m_room.left && box.right <= m_room.right && box.top >= m_room.top &&
                            box.bottom <= m_room.bottom;
        return cost + (inside ? 0 : kOutside);
    }

    int leaderCost(std::size_t index, const LabelBox& box) const {
        const LabelPoint& point = m_points[index];
        const LabelSegment leader{point.x, point.y, std::clamp(point.x, box.left, box.right),
                                  std::clamp(point.y, box.top, box.bottom)};
        int cost = 0;
        for (std::size_t i = 0; i < m_points.size(); ++i) {
            if (i != index) cost += crosses(leader, m_points[i].drawn) ? kPassed : 0;
        }
        for (const LabelBox& label : m_labels) cost += crosses(leader, label) ? kPassed : 0;
        return cost;
    }

    const std::vector<LabelPoint>& m_points;
    const std::vector<LabelSegment>& m_lines;
    LabelBox m_room;
    std::vector<LabelBox> m_labels;  // that stand
};

}  // namespace

std::vector<PlacedLabel> placeLabels(const std::vector<LabelPoint>& points, const std::vector<LabelSegment>& lines,
                                     const LabelBox& room) {
    Placing placing(points, lines, room);
    std::vector<PlacedLabel> placed;
    for (std::size_t i = 0; i < points.size(); ++i) placed.push_back(placing.place(i));
    return placed;
}

}  // namespace condenser
