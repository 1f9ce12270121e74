#include "data/shapes10.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/check.h"
#include "base/rng.h"

namespace condenser {
namespace {

// Lengths in the picture are in 1/256 pixel, directions in 1/256 turn. A shape is described in its own unit: it fits
// into a circle of radius kUnit.
constexpr int kPixel = 256;
constexpr int kUnit = 1024;
constexpr int kCentre = kShapesSize * kPixel / 2;

// sin(i * pi / 128) * 2^14 of the first quarter turn: stored, so that no machine's sin() takes part.
constexpr int kSineBits = 14;
constexpr std::array<int, 65> kSine = {0,     402,   804,   1205,  1606,  2006,  2404,  2801,  3196,  3590,  3981,
                                       4370,  4756,  5139,  5520,  5897,  6270,  6639,  7005,  7366,  7723,  8076,
                                       8423,  8765,  9102,  9434,  9760,  10080, 10394, 10702, 11003, 11297, 11585,
                                       11866, 12140, 12406, 12665, 12916, 13160, 13395, 13623, 13842, 14053, 14256,
                                       14449, 14635, 14811, 14978, 15137, 15286, 15426, 15557, 15679, 15791, 15893,
                                       15986, 16069, 16143, 16207, 16261, 16305, 16340, 16364, 16379, 16384};

int sine(int direction) {
    const int d = direction & 255;
    const int quarter = d & 63;
    switch (d / 64) {
        case 0:
            return kSine[static_cast<std::size_t>(quarter)];
        case 1:
            return kSine[static_cast<std::size_t>(64 - quarter)];
        case 2:
            return -kSine[static_cast<std::size_t>(quarter)];
        default:
            return -kSine[static_cast<std::size_t>(64 - quarter)];
    }
}
int cosine(int direction) {
    return sine(direction + 64);
}

struct Colour {
    std::array<int, 3> rgb{};
};

// A colour around a grey of `lo` to `hi`, up to `chroma` away from it in each channel.
Colour randomColour(Rng& rng, int lo, int hi, int chroma) {
    const int grey = rng.between(lo, hi);
    Colour colour;
    for (int& channel : colour.rgb) channel = std::clamp(grey + rng.between(-chroma, chroma), 0, 255);
    return colour;
}

// 0 to 255, green counting most.
int lightness(const Colour& colour) {
    return (2 * colour.rgb[0] + 5 * colour.rgb[1] + colour.rgb[2]) / 8;
}

// A colour that is clearly lighter or darker than `other`.
Colour contrastingColour(Rng& rng, const Colour& other, int atLeast) {
    Colour best = randomColour(rng, 0, 255, 90);
    for (int attempt = 0; attempt < 16; ++attempt) {
        const int difference = std::abs(lightness(best) - lightness(other));
        if (difference >= atLeast) break;
        const Colour next = randomColour(rng, 0, 255, 90);
        if (std::abs(lightness(next) - lightness(other)) > difference) best = next;
    }
    return best;
}

// A colour not far from `other`.
Colour relatedColour(Rng& rng, const Colour& other, int spread) {
    Colour colour = other;
    for (int& channel : colour.rgb) channel += rng.between(-spread, spread);
    return colour;
}

struct Point {
    int u = 0, v = 0;
};

struct Canvas {
    std::array<Colour, static_cast<std::size_t>(kShapesSize) * kShapesSize> pixels;
    Colour& at(int x, int y) { return pixels[static_cast<std::size_t>(y * kShapesSize + x)]; }
};

// Where a thing stands in the picture. `reachU` and `reachV` are the lengths that become kUnit along its two axes.
struct Pose {
    int x = kCentre, y = kCentre;
    int direction = 0;
    int reachU = kPixel, reachV = kPixel;
};

// A thing has up to two colours; light falls on it from one side.
struct Paint {
    Colour first, second;
    int lightDirection = 0, light = 0;
};

// Paints whatever `inside` says is there: it is asked 16 times a pixel for a place in the thing's own coordinates, and
// answers 0 (nothing), 1 or 2 (which colour). Returns the box of the pixels that are at least half covered.
template <class Inside>
BoundingBox paint(Canvas& canvas, const Pose& pose, const Paint& colours, const Inside& inside) {
    constexpr int kSamples = 4;
    const int c = cosine(pose.direction), s = sine(pose.direction);
    const int cu = c * kUnit / pose.reachU, su = s * kUnit / pose.reachU;
    const int cv = c * kUnit / pose.reachV, sv = s * kUnit / pose.reachV;
    const int reach = std::max(pose.reachU, pose.reachV) * 3 / 2;  // the corner of a square of half-side kUnit
    const int x0 = std::max(0, (pose.x - reach) / kPixel), x1 = std::min(kShapesSize - 1, (pose.x + reach) / kPixel);
    const int y0 = std::max(0, (pose.y - reach) / kPixel), y1 = std::min(kShapesSize - 1, (pose.y + reach) / kPixel);
    BoundingBox box{kShapesSize, kShapesSize, 0, 0};
    for (int y = y0; y <= y1; ++y) {
        for (int x = x0; x <= x1; ++x) {
            std::array<int, 3> hits{};
            for (int sample = 0; sample < kSamples * kSamples; ++sample) {
                const int dx = x * kPixel + kPixel * (2 * (sample % kSamples) + 1) / (2 * kSamples) - pose.x;
                const int dy = y * kPixel + kPixel * (2 * (sample / kSamples) + 1) / (2 * kSamples) - pose.y;
                const Point p{(dx * cu + dy * su) >> kSineBits, (dy * cv - dx * sv) >> kSineBits};
                ++hits[static_cast<std::size_t>(inside(p))];
            }
            const int covered = hits[1] + hits[2];
            if (covered == 0) continue;
            if (2 * covered >= kSamples * kSamples) {
                box = {std::min(box.x0, x), std::min(box.y0, y), std::max(box.x1, x + 1), std::max(box.y1, y + 1)};
            }
            const int along = ((x * kPixel - pose.x) * cosine(colours.lightDirection) +
                               (y * kPixel - pose.y) * sine(colours.lightDirection)) >>
                              kSineBits;
            const int shade = colours.light * along / std::max(pose.reachU, pose.reachV);
            Colour& pixel = canvas.at(x, y);
            for (std::size_t i = 0; i < 3; ++i) {
                const int ink = colours.first.rgb[i] * hits[1] + colours.second.rgb[i] * hits[2] + shade * covered;
                pixel.rgb[i] = (pixel.rgb[i] * hits[0] + ink) / (kSamples * kSamples);
            }
        }
    }
    return box.x0 < box.x1 ? box : BoundingBox{};
}

bool insideDisc(Point p, Point centre, int radius) {
    const int u = p.u - centre.u, v = p.v - centre.v;
    return u * u + v * v < radius * radius;
}

bool insideBox(Point p, int u, int v) {
    return std::abs(p.u) < u && std::abs(p.v) < v;
}

// Even-odd rule.
bool insidePolygon(Point p, std::span<const Point> corners) {
    bool inside = false;
    for (std::size_t i = 0, j = corners.size() - 1; i < corners.size(); j = i++) {
        const Point a = corners[i], b = corners[j];
        if ((a.v > p.v) == (b.v > p.v)) continue;
        // p.u < the edge's u at height p.v, without dividing
        const int left = (p.u - a.u) * (b.v - a.v), right = (b.u - a.u) * (p.v - a.v);
        if (b.v > a.v ? left < right : left > right) inside = !inside;
    }
    return inside;
}

constexpr std::array<Point, 7> kArrow = {Point{1000, 0}, {150, -780}, {150, -300}, {-950, -300},
                                         {-950, 300},    {150, 300},  {150, 780}};
constexpr std::array<Point, 4> kHeartTip = {Point{815, 49}, {0, 950}, {-815, 49}, {0, -300}};
constexpr std::array<Point, 10> kStar = {Point{0, -1000}, {259, -356}, {951, -309}, {418, 136},   {588, 809},
                                         {0, 440},        {-588, 809}, {-418, 136}, {-951, -309}, {-259, -356}};
constexpr std::array<Point, 3> kTriangle = {Point{0, -1000}, {866, 500}, {-866, 500}};

enum Class { kArrowClass, kChecker, kCross, kDots, kHeart, kMoon, kRing, kStarClass, kStripes, kTriangleClass };

// A piece of cloth: its outline and the size of its pattern, in kUnit.
struct Cloth {
    int outline = 0;
    int period = 0;
    Point phase;
};

bool insideOutline(Point p, int outline) {
    switch (outline) {
        case 0:
            return insideDisc(p, {}, 960);
        case 1:
            return insideBox(p, 830, 830);
        case 2:
            return insideBox(p, 980, 660);
        default:
            return insideBox(p, 900, 900) && std::abs(p.u) + std::abs(p.v) < 1300;  // corners cut off
    }
}

// Non-negative remainder and the floor of the quotient's parity.
int wrap(int value, int period) {
    const int rest = value % period;
    return rest < 0 ? rest + period : rest;
}

// 0, 1 or 2 as paint() asks.
int insideObject(Point p, int label, const Cloth& cloth) {
    switch (label) {
        case kArrowClass:
            return insidePolygon(p, kArrow);
        case kCross:
            return insideBox(p, 330, 960) || insideBox(p, 960, 330);
        case kHeart:
            return insideDisc(p, {-430, -300}, 520) || insideDisc(p, {430, -300}, 520) || insidePolygon(p, kHeartTip);
        case kMoon:
            return insideDisc(p, {}, 980) && !insideDisc(p, {480, 0}, 790);
        case kRing:
            return insideDisc(p, {}, 980) && !insideDisc(p, {}, 560);
        case kStarClass:
            return insidePolygon(p, kStar);
        case kTriangleClass:
            return insidePolygon(p, kTriangle);
        default:
            break;
    }
    if (!insideOutline(p, cloth.outline)) return 0;
    const int u = wrap(p.u + cloth.phase.u, cloth.period), v = wrap(p.v + cloth.phase.v, cloth.period);
    const int half = cloth.period / 2;
    switch (label) {
        case kChecker:
            return (u < half) == (v < half) ? 1 : 2;
        case kStripes:
            return u < half ? 1 : 2;
        default:
            return insideDisc({u, v}, {half, half}, cloth.period * 3 / 10) ? 1 : 2;  // dots
    }
}

// Four corner colours, blended, with soft blotches of light and dark.
Colour paintGround(Canvas& canvas, Rng& rng) {
    const Colour base = randomColour(rng, 30, 225, 60);
    const int spread = rng.between(5, 45);
    std::array<Colour, 4> corners;
    for (Colour& corner : corners) corner = relatedColour(rng, base, spread);
    constexpr int kCells = 4, kCell = kShapesSize / kCells;
    const int blotch = rng.between(2, 20);
    std::array<int, (kCells + 1) * (kCells + 1)> lattice;
    for (int& knot : lattice) knot = rng.between(-blotch, blotch);
    const auto blend = [](int a, int b, int c, int d, int x, int y, int size) {
        return (a * (size - x) * (size - y) + b * x * (size - y) + c * (size - x) * y + d * x * y) / (size * size);
    };
    for (int y = 0; y < kShapesSize; ++y) {
        for (int x = 0; x < kShapesSize; ++x) {
            const std::size_t knot = static_cast<std::size_t>(y / kCell * (kCells + 1) + x / kCell);
            const int light = blend(lattice[knot], lattice[knot + 1], lattice[knot + kCells + 1],
                                    lattice[knot + kCells + 2], x % kCell, y % kCell, kCell);
            for (std::size_t i = 0; i < 3; ++i) {
                canvas.at(x, y).rgb[i] = light + blend(corners[0].rgb[i], corners[1].rgb[i], corners[2].rgb[i],
                                                       corners[3].rgb[i], x, y, kShapesSize);
            }
        }
    }
    return base;
}

// Sticks, pebbles and chips, too small to be taken for an object.
void paintClutter(Canvas& canvas, Rng& rng, const Colour& ground) {
    const int count = rng.between(3, 8);
    for (int i = 0; i < count; ++i) {
        Pose pose;
        pose.x = rng.between(0, kShapesSize * kPixel);
        pose.y = rng.between(0, kShapesSize * kPixel);
        pose.direction = rng.between(0, 255);
        const int kind = rng.between(0, 2);
        pose.reachU = kind == 0 ? rng.between(3 * kPixel, 9 * kPixel) : rng.between(kPixel, 5 * kPixel / 2);
        pose.reachV = kind == 0 ? rng.between(kPixel * 2 / 5, kPixel * 4 / 5) : rng.between(kPixel, 5 * kPixel / 2);
        Paint colours;
        colours.first = relatedColour(rng, ground, 90);
        paint(canvas, pose, colours,
              [kind](Point p) -> int { return kind == 1 ? insideDisc(p, {}, kUnit) : insideBox(p, kUnit, kUnit); });
    }
}

// Something in front of the object: a bar across it, or a ball over its edge.
void paintOccluder(Canvas& canvas, Rng& rng, const Pose& object, const Colour& ground) {
    const bool bar = rng.below(2) == 0;
    const int reach = std::max(object.reachU, object.reachV);
    const int away = rng.between(0, 255);
    const int distance = bar ? rng.between(reach / 4, reach * 3 / 4) : rng.between(reach * 5 / 8, reach);
    Pose pose;
    pose.x = object.x + (distance * cosine(away) >> kSineBits);
    pose.y = object.y + (distance * sine(away) >> kSineBits);
    pose.direction = away;
    pose.reachU = bar ? rng.between(kPixel, 2 * kPixel) : reach * rng.between(30, 55) / 100;
    pose.reachV = bar ? 2 * reach : pose.reachU;
    Paint colours;
    colours.first = relatedColour(rng, ground, 90);
    colours.lightDirection = rng.between(0, 255);
    colours.light = rng.between(0, 30);
    paint(canvas, pose, colours,
          [bar](Point p) -> int { return bar ? insideBox(p, kUnit, kUnit) : insideDisc(p, {}, kUnit); });
}

Picture addNoise(const Canvas& canvas, Rng& rng) {
    const int grain = rng.between(2, 18);
    Picture picture{kShapesSize, kShapesSize, {}};
    picture.pixels.reserve(canvas.pixels.size() * 3);
    for (const Colour& pixel : canvas.pixels) {
        for (const int value : pixel.rgb) {
            const int noise = rng.between(-grain, grain) + rng.between(-grain, grain);
            picture.pixels.push_back(static_cast<std::uint8_t>(std::clamp(value + noise, 0, 255)));
        }
    }
    return picture;
}

}  // namespace

const std::vector<std::string>& shapesClasses() {
    static const std::vector<std::string> names = {"arrow", "checker", "cross", "dots",    "heart",
                                                   "moon",  "ring",    "star",  "stripes", "triangle"};
    return names;
}

DrawnShape drawShape(ShapesPart part, int index, std::uint64_t seed) {
    CORE_CHECK(index >= 0);
    Rng rng(seed, RandomStream::kShapes, part == ShapesPart::kTrain ? 0 : 1, static_cast<std::uint64_t>(index));
    DrawnShape shape;
    shape.label = index % static_cast<int>(shapesClasses().size());

    Canvas canvas;
    const Colour ground = paintGround(canvas, rng);
    paintClutter(canvas, rng, ground);

    Pose pose;
    const int reach = rng.between(8 * kPixel, 13 * kPixel);
    const int room = std::max(0, kCentre - reach * 9 / 10);  // up to a tenth of the object may lie outside
    pose.x = kCentre + rng.between(-room, room);
    pose.y = kCentre + rng.between(-room, room);
    pose.direction = rng.between(0, 255);
    pose.reachU = reach;
    pose.reachV = reach * rng.between(75, 100) / 100;
    Paint colours;
    colours.first = contrastingColour(rng, ground, 60);
    colours.second = contrastingColour(rng, colours.first, 60);
    colours.lightDirection = rng.between(0, 255);
    colours.light = rng.between(0, 45);
    Cloth cloth;
    cloth.outline = rng.between(0, 3);
    cloth.period = rng.between(4 * kPixel, 7 * kPixel) * kUnit / reach;
    cloth.phase = {rng.between(0, cloth.period), rng.between(0, cloth.period)};
    shape.box = paint(canvas, pose, colours, [&](Point p) { return insideObject(p, shape.label, cloth); });

    if (rng.below(100) < 60) paintOccluder(canvas, rng, pose, ground);
    shape.picture = addNoise(canvas, rng);
    return shape;
}

}  // namespace condenser
