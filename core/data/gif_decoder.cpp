#include "data/gif_decoder.h"

#include <fmt/format.h>
#include <gif_lib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <vector>

namespace condenser {
namespace {

constexpr const char* kWhat = "cannot read the picture";

struct Source {
    std::span<const std::byte> bytes;
    std::size_t at = 0;
};

int readCallback(GifFileType* gif, GifByteType* to, int count) {
    Source& source = *static_cast<Source*>(gif->UserData);
    const std::size_t given = std::min(source.bytes.size() - source.at, static_cast<std::size_t>(std::max(0, count)));
    std::memcpy(to, source.bytes.data() + source.at, given);
    source.at += given;
    return static_cast<int>(given);
}

struct Close {
    void operator()(GifFileType* gif) const {
        int ignored = 0;
        DGifCloseFile(gif, &ignored);
    }
};

class Decoder {
  public:
    Decoder(std::span<const std::byte> bytes, const std::string& name) : m_source{bytes}, m_name(name) {}

    Result<Picture> decode() {
        int error = 0;
        m_gif.reset(DGifOpen(&m_source, readCallback, &error));
        if (!m_gif) return damaged(error);
        for (;;) {
            GifRecordType type = UNDEFINED_RECORD_TYPE;
            if (DGifGetRecordType(m_gif.get(), &type) != GIF_OK) return damaged(m_gif->Error);
            if (type == IMAGE_DESC_RECORD_TYPE) return readFrame();
            if (type == TERMINATE_RECORD_TYPE) return broken("it has no picture in it");
            if (type != EXTENSION_RECORD_TYPE) return damaged(D_GIF_ERR_WRONG_RECORD);
            if (!readExtension()) return damaged(m_gif->Error);
        }
    }

  private:
    bool readExtension() {
        int code = 0;
        GifByteType* block = nullptr;  // its length, then its bytes
        if (DGifGetExtension(m_gif.get(), &code, &block) != GIF_OK) return false;
        while (block != nullptr) {
            GraphicsControlBlock control{};
            if (code == GRAPHICS_EXT_FUNC_CODE && DGifExtensionToGCB(block[0], block + 1, &control) == GIF_OK) {
                m_transparent = control.TransparentColor;
            }
            if (DGifGetExtensionNext(m_gif.get(), &block) != GIF_OK) return false;
        }
        return true;
    }

    Result<Picture> readFrame() {
        if (DGifGetImageDesc(m_gif.get()) != GIF_OK) return damaged(m_gif->Error);
        const GifImageDesc& frame = m_gif->Image;
        const ColorMapObject* colours = frame.ColorMap != nullptr ? frame.ColorMap : m_gif->SColorMap;
        if (colours == nullptr) return broken("it has no table of colours");
        if (frame.Width < 1 || frame.Height < 1) return broken("its first frame has no pixels");
        Picture picture{
            std::max(m_gif->SHeight, frame.Top + frame.Height), std::max(m_gif->SWidth, frame.Left + frame.Width), {}};
        picture.pixels.assign(static_cast<std::size_t>(picture.height) * static_cast<std::size_t>(picture.width) * 3,
                              255);
        std::vector<GifPixelType> row(static_cast<std::size_t>(frame.Width));
        const auto readRow = [&](int y) {
            if (DGifGetLine(m_gif.get(), row.data(), frame.Width) != GIF_OK) return false;
            std::uint8_t* to = picture.pixels.data() +
                               (static_cast<std::size_t>(frame.Top + y) * static_cast<std::size_t>(picture.width) +
                                static_cast<std::size_t>(frame.Left)) *
                                   3;
            for (const GifPixelType index : row) {
                if (index != m_transparent && index < colours->ColorCount) {
                    const GifColorType& colour = colours->Colors[index];
                    to[0] = colour.Red;
                    to[1] = colour.Green;
                    to[2] = colour.Blue;
                }
                to += 3;
            }
            return true;
        };
        // Interlaced: every eighth row, those half-way between, and so on.
        static constexpr std::array<std::array<int, 2>, 4> kPasses = {{{0, 8}, {4, 8}, {2, 4}, {1, 2}}};
        static constexpr std::array<std::array<int, 2>, 1> kOnce = {{{0, 1}}};
        const std::span<const std::array<int, 2>> passes =
            frame.Interlace ? std::span<const std::array<int, 2>>(kPasses) : std::span<const std::array<int, 2>>(kOnce);
        for (const auto& [first, step] : passes) {
            for (int y = first; y < frame.Height; y += step) {
                if (!readRow(y)) return damaged(m_gif->Error);
            }
        }
        return picture;
    }

    tl::unexpected<Error> broken(const std::string& why) const {
        return fail(ErrorCode::kBadFormat, kWhat, m_name, why, "save it anew as PNG or JPEG");
    }
    tl::unexpected<Error> damaged(int error) const {
        if (error == D_GIF_ERR_NOT_ENOUGH_MEM) {
            return fail(ErrorCode::kTooLarge, kWhat, m_name, "not enough memory to decode it", "scale it down");
        }
        const char* said = GifErrorString(error);
        return broken(fmt::format("its content is damaged or cut short ({})", said != nullptr ? said : "no end mark"));
    }

    Source m_source;
    const std::string& m_name;
    std::unique_ptr<GifFileType, Close> m_gif;
    int m_transparent = NO_TRANSPARENT_COLOR;
};

}  // namespace

Result<Picture> decodeGif(std::span<const std::byte> bytes, const std::string& name) {
    return Decoder(bytes, name).decode();
}

}  // namespace condenser
