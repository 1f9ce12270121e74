// GIF files for tests, with everything that a decoder has to look at.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace condenser::test {

struct GifColour {
    std::uint8_t red = 0, green = 0, blue = 0;
};

struct GifFrame {
    int left = 0, top = 0, width = 0, height = 0;
    std::vector<std::uint8_t> indices;    // [height, width], into the table
    std::vector<GifColour> colours = {};  // its own table, of 2, 4, 8 ... 256; empty: the file's
    bool isInterlaced = false;
    int transparent = -1;  // index; -1: none
};

class GifWriter {
  public:
    GifWriter(int width, int height, const std::vector<GifColour>& colours) {
        m_bytes = "GIF89a";
        number(width);
        number(height);
        m_bytes += static_cast<char>(flagsOf(colours));
        m_bytes += std::string(2, '\0');
        table(colours);
    }

    void frame(const GifFrame& frame) {
        const bool isTransparent = frame.transparent >= 0;
        m_bytes += std::string("\x21\xF9\x04", 3) + (isTransparent ? '\1' : '\0') + std::string(2, '\0');
        m_bytes += static_cast<char>(isTransparent ? frame.transparent : 0);
        m_bytes += std::string("\0\x2C", 2);
        for (const int value : {frame.left, frame.top, frame.width, frame.height}) number(value);
        m_bytes += static_cast<char>(flagsOf(frame.colours) | (frame.isInterlaced ? 0x40 : 0));
        table(frame.colours);
        codes(frame);
    }

    std::string end() const { return m_bytes + ';'; }

  private:
    static constexpr int kBits = 8;  // of a colour's index

    void number(int value) {
        m_bytes += static_cast<char>(value & 0xFF);
        m_bytes += static_cast<char>(value >> 8);
    }
    static int flagsOf(const std::vector<GifColour>& colours) {
        if (colours.empty()) return 0;
        int log = 0;
        while ((std::size_t{2} << log) < colours.size()) ++log;
        return 0x80 | log;
    }
    void table(const std::vector<GifColour>& colours) {
        for (const GifColour& colour : colours) {
            for (const std::uint8_t value : {colour.red, colour.green, colour.blue})
                m_bytes += static_cast<char>(value);
        }
    }

    // Every index as a code of its own: cleared so often that codes never grow.
    void codes(const GifFrame& frame) {
        constexpr std::uint32_t kClear = 1u << kBits, kEnd = kClear + 1;
        std::string packed;
        std::uint32_t bits = 0;
        int count = 0, sinceClear = 0;
        const auto code = [&](std::uint32_t value) {
            bits |= value << count;
            for (count += kBits + 1; count >= 8; count -= 8, bits >>= 8) packed += static_cast<char>(bits & 0xFF);
        };
        const auto row = [&](int y) {
            for (int x = 0; x < frame.width; ++x) {
                if (sinceClear++ % 100 == 0) code(kClear);
                code(frame.indices[static_cast<std::size_t>(y * frame.width + x)]);
            }
        };
        if (frame.isInterlaced) {
            for (int y = 0; y < frame.height; y += 8) row(y);
            for (int y = 4; y < frame.height; y += 8) row(y);
            for (int y = 2; y < frame.height; y += 4) row(y);
            for (int y = 1; y < frame.height; y += 2) row(y);
        } else {
            for (int y = 0; y < frame.height; ++y) row(y);
        }
        code(kEnd);
        if (count > 0) packed += static_cast<char>(bits & 0xFF);
        m_bytes += static_cast<char>(kBits);
        for (std::size_t at = 0; at < packed.size(); at += 255) {
            const std::string block = packed.substr(at, 255);
            m_bytes += static_cast<char>(block.size());
            m_bytes += block;
        }
        m_bytes += '\0';
    }

    std::string m_bytes;
};

}  // namespace condenser::test
