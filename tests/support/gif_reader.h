// All frames of a GIF, by giflib's own reading of whole files.
#pragma once

#include <gif_lib.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace condenser::test {

struct DecodedFrame {
    std::vector<std::uint8_t> pixels;  // RGB
    int delay = 0;                     // 1/100 s
};

struct DecodedGif {
    int width = 0, height = 0;
    bool forEver = false;
    std::vector<DecodedFrame> frames;
};

// An empty one where it is no GIF.
inline DecodedGif decodeWholeGif(const std::filesystem::path& file) {
    DecodedGif decoded;
    int error = 0;
    GifFileType* gif = DGifOpenFileName(file.c_str(), &error);
    if (gif == nullptr) return decoded;
    if (DGifSlurp(gif) == GIF_OK) {
        decoded.width = gif->SWidth;
        decoded.height = gif->SHeight;
        for (int i = 0; i < gif->ImageCount; ++i) {
            const SavedImage& image = gif->SavedImages[i];
            DecodedFrame frame;
            for (int at = 0; at < image.ImageDesc.Width * image.ImageDesc.Height; ++at) {
                const GifColorType& colour = image.ImageDesc.ColorMap->Colors[image.RasterBits[at]];
                frame.pixels.insert(frame.pixels.end(), {colour.Red, colour.Green, colour.Blue});
            }
            GraphicsControlBlock control{};
            if (DGifSavedExtensionToGCB(gif, i, &control) == GIF_OK) frame.delay = control.DelayTime;
            for (int j = 0; j < image.ExtensionBlockCount; ++j) {
                const ExtensionBlock& block = image.ExtensionBlocks[j];
                const std::string bytes(reinterpret_cast<const char*>(block.Bytes),
                                        static_cast<std::size_t>(block.ByteCount));
                if (block.Function == APPLICATION_EXT_FUNC_CODE) decoded.forEver = bytes == "NETSCAPE2.0";
            }
            decoded.frames.push_back(std::move(frame));
        }
    }
    DGifCloseFile(gif, &error);
    return decoded;
}

}  // namespace condenser::test
