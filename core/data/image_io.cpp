#include "data/image_io.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <new>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

#include "base/atomic_file.h"
#include "base/check.h"
#include "data/gif_decoder.h"
#include "data/image_header.h"

namespace condenser {
namespace {

constexpr const char* kWhat = "cannot read the picture";
constexpr std::int64_t kMaxSide = std::int64_t{1} << 20;  // OpenCV's own limit

// OpenCV reports errors by exceptions and prints them as well; we have them travel as Result only.
void silenceOpenCv() {
    static const bool once = [] {
        cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
        cv::redirectError([](int, const char*, const char*, const char*, int, void*) { return 0; });
        return true;
    }();
    static_cast<void>(once);
}

// A PNG without the parts that hold no pixels. libpng would look into them, and print what it finds odd (a colour
// profile with a flaw, most often) on stderr.
std::vector<std::byte> pngPixelParts(std::span<const std::byte> bytes) {
    constexpr std::size_t kSignature = 8;
    std::vector<std::byte> kept(bytes.begin(), bytes.begin() + kSignature);
    kept.reserve(bytes.size());
    for (std::size_t at = kSignature; at + 12 <= bytes.size();) {
        std::size_t size = 12;
        for (std::size_t i = 0; i < 4; ++i) size += std::to_integer<std::size_t>(bytes[at + i]) << (24 - 8 * i);
        const std::byte* type = bytes.data() + at + 4;
        const bool isCritical = (type[0] & std::byte{0x20}) == std::byte{0};
        if (isCritical || std::memcmp(type, "tRNS", 4) == 0) {
            kept.insert(kept.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at),
                        bytes.begin() + static_cast<std::ptrdiff_t>(at + size));
        }
        if (std::memcmp(type, "IEND", 4) == 0) break;
        at += size;
    }
    return kept;
}

std::uint8_t toByte(std::uint8_t sample) {
    return sample;
}
std::uint8_t toByte(std::uint16_t sample) {
    return static_cast<std::uint8_t>((sample * 255u + 32767u) / 65535u);
}

enum class Alpha { kPlain, kPremultiplied };

// From OpenCV's order (grey, BGR or BGRA) to opaque RGB.
template <class Sample>
Picture toPicture(const cv::Mat& mat, Alpha alphaKind) {
    Picture picture{mat.rows, mat.cols, {}};
    picture.pixels.resize(static_cast<std::size_t>(mat.rows) * static_cast<std::size_t>(mat.cols) * 3);
    const int channels = mat.channels();
    std::uint8_t* to = picture.pixels.data();
    for (int y = 0; y < mat.rows; ++y) {
        const Sample* from = mat.ptr<Sample>(y);
        for (int x = 0; x < mat.cols; ++x, from += channels, to += 3) {
            if (channels == 1) {
                to[0] = to[1] = to[2] = toByte(from[0]);
                continue;
            }
            for (int i = 0; i < 3; ++i) to[i] = toByte(from[2 - i]);
            if (channels == 4) {
                const int alpha = toByte(from[3]);
                for (int i = 0; i < 3; ++i) {
                    const int ink = alphaKind == Alpha::kPremultiplied ? to[i] : (to[i] * alpha + 127) / 255;
                    to[i] = static_cast<std::uint8_t>(std::min(255, ink + 255 - alpha));
                }
            }
        }
    }
    return picture;
}

// EXIF: 2 mirrored, 3 upside down, 4 both, 5 to 8 the same with rows and columns exchanged.
Picture orient(Picture picture, int orientation) {
    if (orientation == 1) return picture;
    const bool exchanged = orientation >= 5;
    const bool fromRight = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    const bool fromBottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    Picture turned{exchanged ? picture.width : picture.height, exchanged ? picture.height : picture.width, {}};
    turned.pixels.resize(picture.pixels.size());
    std::uint8_t* to = turned.pixels.data();
    for (int y = 0; y < turned.height; ++y) {
        for (int x = 0; x < turned.width; ++x, to += 3) {
            const int alongX = exchanged ? y : x, alongY = exchanged ? x : y;
            const int sourceX = fromRight ? picture.width - 1 - alongX : alongX;
            const int sourceY = fromBottom ? picture.height - 1 - alongY : alongY;
            std::memcpy(
                to,
                picture.pixels.data() + (static_cast<std::size_t>(sourceY) * static_cast<std::size_t>(picture.width) +
                                         static_cast<std::size_t>(sourceX)) *
                                            3,
                3);
        }
    }
    return turned;
}

// OpenCV may hand a file that none of its own decoders recognises to GDCM or GDAL, by a word far behind the beginning.
// They are made for other files, and end the program over damaged ones.
bool looksForeign(std::span<const std::byte> bytes) {
    const auto holds = [&](std::size_t at, const char(&word)[5]) {
        return bytes.size() >= at + 4 && std::memcmp(bytes.data() + at, word, 4) == 0;
    };
    return holds(128, "DICM") || holds(140, "DTED");
}

// The one place where OpenCV decodes; throws what it throws.
Result<Picture> decode(std::span<const std::byte> bytes, const ImageHeader& header, const std::string& name) {
    silenceOpenCv();
    std::vector<std::byte> kept;
    if (header.format == ImageFormat::kPng) {
        kept = pngPixelParts(bytes);
        bytes = kept;
    }
    if (looksForeign(bytes)) {
        return fail(ErrorCode::kUnsupported, kWhat, name, "it carries the signature of a DICOM or DTED file",
                    "save it anew as PNG or JPEG");
    }
    const cv::Mat file(1, static_cast<int>(bytes.size()), CV_8UC1, const_cast<std::byte*>(bytes.data()));
    const cv::Mat mat = cv::imdecode(file, cv::IMREAD_UNCHANGED);
    if (mat.empty()) {
        return fail(ErrorCode::kBadFormat, kWhat, name, "its content is damaged, or of a kind that is not supported",
                    "save it anew as PNG or JPEG");
    }
    const bool isTiff = header.format == ImageFormat::kTiff;
    const bool turned = isTiff && mat.rows == header.width && mat.cols == header.height;
    if (!turned && (mat.rows != header.height || mat.cols != header.width)) {
        return fail(ErrorCode::kBadFormat, kWhat, name,
                    fmt::format("its header says {} x {} pixels and its content {} x {}", header.width, header.height,
                                mat.cols, mat.rows),
                    "save it anew as PNG or JPEG");
    }
    // libtiff turns pictures itself, and multiplies 8-bit colours by their alpha.
    const int orientation = isTiff ? 1 : header.orientation;
    const int channels = mat.channels();
    const bool knownChannels = channels == 1 || channels == 3 || channels == 4;
    if (knownChannels && mat.depth() == CV_8U) {
        return orient(toPicture<std::uint8_t>(mat, isTiff ? Alpha::kPremultiplied : Alpha::kPlain), orientation);
    }
    if (knownChannels && mat.depth() == CV_16U)
        return orient(toPicture<std::uint16_t>(mat, Alpha::kPlain), orientation);
    return fail(ErrorCode::kUnsupported, kWhat, name, "its samples are neither 8 nor 16 bits of grey, RGB or RGBA",
                "save it as PNG or JPEG");
}

}  // namespace

Result<Picture> decodePicture(std::span<const std::byte> bytes, const std::filesystem::path& path) {
    const std::string name = path.string();
    const Result<ImageHeader> header = readImageHeader(bytes, name);
    if (!header) return tl::unexpected(header.error());
    const bool tooLong = header->width > kMaxSide || header->height > kMaxSide;
    if (tooLong || header->width * header->height > kMaxPixels) {
        return fail(ErrorCode::kTooLarge, kWhat, name,
                    fmt::format("{} x {} pixels; pictures up to {} million pixels and {} a side are read",
                                header->width, header->height, kMaxPixels / 1'000'000, kMaxSide),
                    "scale it down");
    }
    if (bytes.size() > kMaxPictureFile) {
        return fail(ErrorCode::kTooLarge, kWhat, name, "the file is larger than 1 GiB", "scale it down");
    }
    try {
        return header->format == ImageFormat::kGif ? decodeGif(bytes, name) : decode(bytes, *header, name);
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::kTooLarge, kWhat, name, "not enough memory to decode it", "scale it down");
    } catch (const cv::Exception& e) {
        if (e.code == cv::Error::StsNoMem) {
            return fail(ErrorCode::kTooLarge, kWhat, name, "not enough memory to decode it", "scale it down");
        }
        return fail(ErrorCode::kBadFormat, kWhat, name, fmt::format("its content is damaged ({})", e.err));
    } catch (const std::exception& e) {
        return fail(ErrorCode::kBadFormat, kWhat, name, fmt::format("its content is damaged ({})", e.what()));
    }
}

Result<Picture> decodePicture(const std::filesystem::path& path) {
    const Result<std::string> file = readWholeFile(path, kMaxPictureFile);
    if (!file) return tl::unexpected(file.error());
    return decodePicture(std::as_bytes(std::span(*file)), path);
}

Result<std::string> encodePng(const Picture& picture) {
    constexpr const char* kCannot = "cannot encode the picture as PNG";
    try {
        silenceOpenCv();
        cv::Mat mat(picture.height, picture.width, CV_8UC3);
        const std::uint8_t* from = picture.pixels.data();
        for (int y = 0; y < picture.height; ++y) {
            std::uint8_t* to = mat.ptr<std::uint8_t>(y);
            for (int x = 0; x < picture.width; ++x, from += 3, to += 3) {
                for (int i = 0; i < 3; ++i) to[i] = from[2 - i];
            }
        }
        std::vector<unsigned char> encoded;
        if (!cv::imencode(".png", mat, encoded)) return fail(ErrorCode::kWrite, kCannot, "", "the encoder refused it");
        return std::string(encoded.begin(), encoded.end());
    } catch (const std::exception& e) {
        return fail(ErrorCode::kWrite, kCannot, "", e.what());
    }
}

Result<> writePng(const std::filesystem::path& path, const Picture& picture) {
    const Result<std::string> encoded = encodePng(picture);
    if (!encoded) return tl::unexpected(encoded.error());
    return writeFileAtomically(path, *encoded);
}

bool isPictureFile(const std::filesystem::path& path) {
    // HEIC and AVIF are not read, but a folder that has them should hear so.
    static constexpr std::array kExtensions = {".jpg", ".jpeg", ".jpe", ".jfif", ".png",  ".bmp",
                                               ".dib", ".webp", ".tif", ".tiff", ".ppm",  ".pgm",
                                               ".pbm", ".pnm",  ".gif", ".heic", ".heif", ".avif"};
    std::string extension = path.extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

}  // namespace condenser
