#include "data/frame_palette.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"

namespace condenser {
namespace {

constexpr std::size_t kMostColours = 256;

struct Colour {
    std::uint32_t value = 0;  // 0xRRGGBB
    std::uint32_t count = 0;  // pixels
    std::uint8_t index = 0;   // in the palette

    int channel(int axis) const { return static_cast<int>(value >> (16 - 8 * axis) & 0xFF); }
};
using Colours = std::span<Colour>;

std::uint32_t valueAt(const std::uint8_t* rgb) {
    return static_cast<std::uint32_t>(rgb[0]) << 16 | static_cast<std::uint32_t>(rgb[1]) << 8 | rgb[2];
}

// Every colour once, by its value.
std::vector<Colour> coloursOf(std::span<const std::uint8_t> rgb) {
    // Drawings are long runs of one colour: what is sorted are these.
    std::vector<Colour> colours;
    for (std::size_t at = 0; at < rgb.size(); at += 3) {
        const std::uint32_t value = valueAt(&rgb[at]);
        if (colours.empty() || colours.back().value != value) colours.push_back({value});
        ++colours.back().count;
    }
    std::ranges::sort(colours, {}, &Colour::value);
    std::size_t last = 0;
    for (std::size_t i = 1; i < colours.size(); ++i) {
        if (colours[i].value == colours[last].value) {
            colours[last].count += colours[i].count;
        } else {
            colours[++last] = colours[i];
        }
    }
    colours.resize(last + 1);
    return colours;
}

struct Box {
    Colours colours;
    double error = 0;  // sum over its pixels of the squared distance to the mean
    int axis = 0;      // along which that is largest
    double mean = 0;   // along that axis
};

Box boxOf(Colours colours) {
    Box box{colours};
    double pixels = 0;
    for (const Colour& colour : colours) pixels += colour.count;
    double widest = -1;
    for (int axis = 0; axis < 3; ++axis) {
        double sum = 0, squares = 0;
        for (const Colour& colour : colours) {
            sum += static_cast<double>(colour.count) * colour.channel(axis);
        }
        const double mean = sum / pixels;
        for (const Colour& colour : colours) {
            const double distance = colour.channel(axis) - mean;
            squares += colour.count * distance * distance;
        }
        box.error += squares;
        if (squares > widest) {
            widest = squares;
            box.axis = axis;
            box.mean = mean;
        }
    }
    return box;
}

// Of the colours' own order nothing is left.
std::vector<Box> boxesOf(Colours colours) {
    std::vector<Box> boxes{boxOf(colours)};
    while (boxes.size() < kMostColours) {
        const auto worst = std::ranges::max_element(boxes, {}, &Box::error);
        const auto above = std::ranges::partition(
            worst->colours, [&](const Colour& colour) { return colour.channel(worst->axis) <= worst->mean; });
        const auto below = worst->colours.size() - above.size();
        const Colours all = worst->colours;
        *worst = boxOf(all.first(below));
        boxes.push_back(boxOf(all.subspan(below)));
    }
    return boxes;
}

}  // namespace

FramePalette paletteOf(std::span<const std::uint8_t> rgb) {
    CORE_CHECK(!rgb.empty() && rgb.size() % 3 == 0);
    std::vector<Colour> colours = coloursOf(rgb);
    FramePalette palette;
    const auto add = [&](const Colour& colour) {
        palette.colours.push_back({static_cast<std::uint8_t>(colour.channel(0)),
                                   static_cast<std::uint8_t>(colour.channel(1)),
                                   static_cast<std::uint8_t>(colour.channel(2))});
    };
    if (colours.size() <= kMostColours) {
        for (std::size_t i = 0; i < colours.size(); ++i) {
            colours[i].index = static_cast<std::uint8_t>(i);
            add(colours[i]);
        }
    } else {
        const std::vector<Box> boxes = boxesOf(colours);
        for (std::size_t i = 0; i < boxes.size(); ++i) {
            for (Colour& colour : boxes[i].colours) colour.index = static_cast<std::uint8_t>(i);
            add(*std::ranges::max_element(boxes[i].colours, {}, &Colour::count));
        }
        std::ranges::sort(colours, {}, &Colour::value);
    }
    palette.indices.reserve(rgb.size() / 3);
    const Colour* last = &colours.front();
    for (std::size_t at = 0; at < rgb.size(); at += 3) {
        const std::uint32_t value = valueAt(&rgb[at]);
        if (last->value != value) last = &*std::ranges::lower_bound(colours, value, {}, &Colour::value);
        palette.indices.push_back(last->index);
    }
    return palette;
}

}  // namespace condenser
