#include "data/gif_encoder.h"

#include <fmt/format.h>
#include <gif_lib.h>

#include <array>
#include <bit>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/atomic_file.h"
#include "base/check.h"
#include "data/frame_palette.h"

namespace condenser {
namespace {

constexpr const char* kWhat = "cannot write the animation";
constexpr int kLargest = 65535;  // that the format has room for
constexpr std::size_t kPiece = 1 << 16;

struct FreeColours {
    void operator()(ColorMapObject* map) const { GifFreeMapObject(map); }
};

// A table has 2, 4, 8 ... 256 colours.
std::unique_ptr<ColorMapObject, FreeColours> tableOf(const FramePalette& palette) {
    std::vector<GifColorType> colours;
    for (const auto& [red, green, blue] : palette.colours) colours.push_back({red, green, blue});
    colours.resize(std::max<std::size_t>(2, std::bit_ceil(colours.size())));
    return std::unique_ptr<ColorMapObject, FreeColours>(
        GifMakeMapObject(static_cast<int>(colours.size()), colours.data()));
}

}  // namespace

struct GifWriter::State {
    // Closing writes the end mark and frees; whoever gives the file up wants the latter alone.
    struct Close {
        State* state;
        void operator()(GifFileType* gif) const {
            int ignored = 0;
            state->discards = true;
            EGifCloseFile(gif, &ignored);
        }
    };

    State(std::filesystem::path path, int wide, int high)
        : name(path.string()), width(wide), height(high), file(std::move(path)), gif(nullptr, Close{this}) {}

    // giflib writes in blocks of up to 255 bytes: they are gathered.
    static int take(GifFileType* gif, const GifByteType* bytes, int count) {
        State& state = *static_cast<State*>(gif->UserData);
        if (state.discards) return count;
        const auto* from = reinterpret_cast<const std::byte*>(bytes);
        state.gathered.insert(state.gathered.end(), from, from + count);
        if (state.gathered.size() >= kPiece && !state.flush()) return 0;
        return count;
    }
    bool flush() {
        const auto written = file.write(gathered);
        gathered.clear();
        if (!written) error = written.error();
        return written.has_value();
    }

    Result<> begin() {
        if (width < 1 || height < 1 || width > kLargest || height > kLargest ||
            std::int64_t{width} * height > kMostPixels) {
            return refuse(ErrorCode::kTooLarge, fmt::format("{} x {} pixels cannot be written", width, height),
                          "make it smaller");
        }
        if (auto opened = file.open(); !opened) return keep(opened.error());
        int code = 0;
        gif.reset(EGifOpen(this, take, &code));
        if (!gif) return failed(code);
        EGifSetGifVersion(gif.get(), true);
        if (EGifPutScreenDesc(gif.get(), width, height, 8, 0, nullptr) != GIF_OK) return failed(gif->Error);
        // Not in the format itself, but what all programs understand: how often it is repeated, 0 for ever.
        static constexpr std::array<GifByteType, 3> kForEver{1, 0, 0};
        if (EGifPutExtensionLeader(gif.get(), APPLICATION_EXT_FUNC_CODE) != GIF_OK ||
            EGifPutExtensionBlock(gif.get(), 11, "NETSCAPE2.0") != GIF_OK ||
            EGifPutExtensionBlock(gif.get(), static_cast<int>(kForEver.size()), kForEver.data()) != GIF_OK ||
            EGifPutExtensionTrailer(gif.get()) != GIF_OK) {
            return failed(gif->Error);
        }
        return {};
    }

    Result<> add(std::span<const std::uint8_t> rgb, int delay) {
        FramePalette palette = paletteOf(rgb);
        const auto table = tableOf(palette);
        if (!table) return failed(E_GIF_ERR_NOT_ENOUGH_MEM);
        const GraphicsControlBlock control{DISPOSE_DO_NOT, false, delay, NO_TRANSPARENT_COLOR};
        std::array<GifByteType, 4> packed{};
        EGifGCBToExtension(&control, packed.data());
        if (EGifPutExtension(gif.get(), GRAPHICS_EXT_FUNC_CODE, static_cast<int>(packed.size()), packed.data()) !=
                GIF_OK ||
            EGifPutImageDesc(gif.get(), 0, 0, width, height, false, table.get()) != GIF_OK) {
            return failed(gif->Error);
        }
        for (int y = 0; y < height; ++y) {
            GifPixelType* row = palette.indices.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width);
            if (EGifPutLine(gif.get(), row, width) != GIF_OK) return failed(gif->Error);
        }
        return {};
    }

    Result<> end() {
        int code = 0;
        const bool closed = EGifCloseFile(gif.release(), &code) == GIF_OK;
        if (error) return tl::unexpected(*error);
        if (!closed) return failed(code);
        if (!flush()) return tl::unexpected(*error);
        if (auto committed = file.commit(); !committed) return keep(committed.error());
        return {};
    }

    Result<> keep(Error why) {
        error = std::move(why);
        return tl::unexpected(*error);
    }
    Result<> refuse(ErrorCode code, std::string why, std::string remedy) {
        return keep({code, kWhat, name, std::move(why), std::move(remedy)});
    }
    // What the disk said comes before what giflib makes of it.
    Result<> failed(int code) {
        if (error) return tl::unexpected(*error);
        if (code == E_GIF_ERR_NOT_ENOUGH_MEM)
            return refuse(ErrorCode::kTooLarge, "not enough memory", "close other programs");
        const char* said = GifErrorString(code);
        return refuse(ErrorCode::kWrite, said != nullptr ? said : "it cannot be encoded", "");
    }

    std::string name;
    int width, height, frames = 0;
    AtomicFile file;
    std::vector<std::byte> gathered;
    std::optional<Error> error;
    bool discards = false;
    std::unique_ptr<GifFileType, Close> gif;  // last: when it is closed, it still writes
};

GifWriter::GifWriter(std::filesystem::path file, int width, int height)
    : m_state(std::make_unique<State>(std::move(file), width, height)) {}

GifWriter::~GifWriter() = default;

Result<> GifWriter::open() {
    if (m_state->error) return tl::unexpected(*m_state->error);
    CORE_CHECK(m_state->gif == nullptr);
    return m_state->begin();
}

Result<> GifWriter::addFrame(std::span<const std::uint8_t> rgb, int delay) {
    if (m_state->error) return tl::unexpected(*m_state->error);
    CORE_CHECK(m_state->gif != nullptr);
    CORE_CHECK(rgb.size() == static_cast<std::size_t>(m_state->width) * static_cast<std::size_t>(m_state->height) * 3);
    CORE_CHECK(delay >= 1 && delay <= kLargest);
    ++m_state->frames;
    return m_state->add(rgb, delay);
}

Result<> GifWriter::commit() {
    if (m_state->error) return tl::unexpected(*m_state->error);
    CORE_CHECK(m_state->gif != nullptr && m_state->frames > 0);
    return m_state->end();
}

}  // namespace condenser
