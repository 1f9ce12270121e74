#include "data/image_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "base/crc32.h"

namespace condenser {
namespace {

constexpr const char* kWhat = "cannot read the picture";
constexpr const char* kSaveAs = "save it as PNG or JPEG";

// Numbers at any place of the file; 0 behind its end, which `ended` remembers.
class Bytes {
  public:
    explicit Bytes(std::span<const std::byte> bytes) : m_bytes(bytes) {}

    std::uint64_t size() const { return m_bytes.size(); }
    bool ended() const { return m_ended; }
    bool has(std::uint64_t at, std::uint64_t count) const { return at <= size() && count <= size() - at; }
    bool startsWith(std::string_view text, std::uint64_t at = 0) const {
        return has(at, text.size()) && std::memcmp(m_bytes.data() + at, text.data(), text.size()) == 0;
    }
    std::span<const std::byte> part(std::uint64_t at, std::uint64_t count) const { return m_bytes.subspan(at, count); }

    std::uint32_t u8(std::uint64_t at) {
        if (has(at, 1)) return std::to_integer<std::uint32_t>(m_bytes[at]);
        m_ended = true;
        return 0;
    }
    std::uint64_t little(std::uint64_t at, int count) {
        std::uint64_t value = 0;
        for (int i = count; i > 0; --i) value = value << 8 | u8(at + static_cast<std::uint64_t>(i - 1));
        return value;
    }
    std::uint64_t big(std::uint64_t at, int count) {
        std::uint64_t value = 0;
        for (int i = 0; i < count; ++i) value = value << 8 | u8(at + static_cast<std::uint64_t>(i));
        return value;
    }

  private:
    std::span<const std::byte> m_bytes;
    bool m_ended = false;
};

class HeaderReader {
  public:
    HeaderReader(std::span<const std::byte> bytes, const std::string& name) : m_bytes(bytes), m_name(name) {}
    Result<ImageHeader> read();

  private:
    Result<ImageHeader> readPng();
    Result<ImageHeader> readJpeg();
    Result<ImageHeader> readBmp();
    Result<ImageHeader> readWebp();
    Result<ImageHeader> readTiff();
    Result<ImageHeader> readPnm();
    Result<ImageHeader> readGif();
    std::uint64_t countNumbers(std::uint64_t at, bool singleDigits);
    tl::unexpected<Error> unknownFormat();

    tl::unexpected<Error> cutShort() const {
        return fail(ErrorCode::kBadFormat, kWhat, m_name, "the file is cut short", "copy or download it again");
    }
    tl::unexpected<Error> broken(const std::string& why) const {
        return fail(ErrorCode::kBadFormat, kWhat, m_name, why);
    }

    Bytes m_bytes;
    const std::string& m_name;
    ImageHeader m_header;
};

// The first directory of a TIFF file, which is also the form of EXIF data. What is not there stays 0.
struct TiffDirectory {
    std::uint64_t width = 0, height = 0, orientation = 0;
    std::uint64_t pixelsEnd = 0;  // where the last strip or tile of pixels ends
    bool ended = false;
};

TiffDirectory readTiffDirectory(std::span<const std::byte> data) {
    Bytes bytes(data);
    const bool isBig = bytes.startsWith("MM");
    const auto number = [&](std::uint64_t at, int count) {
        return isBig ? bytes.big(at, count) : bytes.little(at, count);
    };
    const bool wide = number(2, 2) == 43;  // BigTIFF
    const int offsetSize = wide ? 8 : 4;
    const std::uint64_t directory = number(wide ? 8 : 4, offsetSize);
    // The last of an entry's values: the only one, or the one that belongs to the last strip. An entry is tag, type,
    // count, and the values or, where they do not fit, their place.
    const auto lastValue = [&](std::uint64_t entry) -> std::uint64_t {
        const std::uint64_t type = number(entry + 2, 2);
        const int size = type == 3 ? 2 : type == 4 ? 4 : type == 16 ? 8 : 0;
        const std::uint64_t count = number(entry + 4, offsetSize);
        const std::uint64_t place = entry + 4 + static_cast<std::uint64_t>(offsetSize);
        if (size == 0 || count == 0 || count > bytes.size()) return 0;
        const std::uint64_t last = (count - 1) * static_cast<std::uint64_t>(size);
        const bool fits = last + static_cast<std::uint64_t>(size) <= static_cast<std::uint64_t>(offsetSize);
        const std::uint64_t values = fits ? place : number(place, offsetSize);
        return values <= bytes.size() ? number(values + last, size) : number(values, 1);
    };
    TiffDirectory found;
    std::uint64_t lastOffset = 0, lastSize = 0;
    if (directory < bytes.size()) {
        const std::uint64_t count = std::min<std::uint64_t>(number(directory, wide ? 8 : 2), 65535);
        for (std::uint64_t i = 0; i < count && !bytes.ended(); ++i) {
            const std::uint64_t entry = directory + (wide ? 8 : 2) + i * (wide ? 20 : 12);
            switch (number(entry, 2)) {
                case 256:
                    found.width = lastValue(entry);
                    break;
                case 257:
                    found.height = lastValue(entry);
                    break;
                case 273:
                case 324:
                    lastOffset = lastValue(entry);
                    break;
                case 274:
                    found.orientation = lastValue(entry);
                    break;
                case 279:
                case 325:
                    lastSize = lastValue(entry);
                    break;
                default:
                    break;
            }
        }
    }
    found.pixelsEnd = lastOffset <= bytes.size() ? lastOffset + std::min(lastSize, bytes.size() + 1) : lastOffset;
    found.ended = bytes.ended() || directory >= bytes.size();
    return found;
}

int exifOrientation(std::span<const std::byte> exif) {
    const Bytes bytes(exif);
    if (bytes.startsWith("Exif")) exif = exif.subspan(std::min<std::size_t>(6, exif.size()));
    const Bytes tiff(exif);
    if (!tiff.startsWith("II") && !tiff.startsWith("MM")) return 1;
    const std::uint64_t orientation = readTiffDirectory(exif).orientation;
    return orientation >= 1 && orientation <= 8 ? static_cast<int>(orientation) : 1;
}

Result<ImageHeader> HeaderReader::read() {
    constexpr std::string_view kPngSignature = "\x89PNG\r\n\x1a\n";
    constexpr std::string_view kLittleTiff("II\x2a\0", 4), kBigTiff("MM\0\x2a", 4);
    constexpr std::string_view kLittleBigTiff("II\x2b\0", 4), kBigBigTiff("MM\0\x2b", 4);
    constexpr std::string_view kBlanks = " \t\n\v\f\r";  // OpenCV's own test: what we let in must be its PNM, too
    Result<ImageHeader> header;
    if (m_bytes.startsWith(kPngSignature))
        header = readPng();
    else if (m_bytes.startsWith("\xff\xd8\xff"))
        header = readJpeg();
    else if (m_bytes.startsWith("BM"))
        header = readBmp();
    else if (m_bytes.startsWith("RIFF") && m_bytes.startsWith("WEBP", 8))
        header = readWebp();
    else if (m_bytes.startsWith(kLittleTiff) || m_bytes.startsWith(kBigTiff) || m_bytes.startsWith(kLittleBigTiff) ||
             m_bytes.startsWith(kBigBigTiff))
        header = readTiff();
    else if (m_bytes.size() > 2 && m_bytes.u8(0) == 'P' && m_bytes.u8(1) >= '1' && m_bytes.u8(1) <= '6' &&
             kBlanks.find(static_cast<char>(m_bytes.u8(2))) != std::string_view::npos)
        header = readPnm();
    else if (m_bytes.startsWith("GIF87a") || m_bytes.startsWith("GIF89a"))
        header = readGif();
    else
        return unknownFormat();
    if (!header) return header;
    if (m_bytes.ended()) return cutShort();
    if (header->width < 1 || header->height < 1) return broken("its header gives it no pixels");
    return header;
}

Result<ImageHeader> HeaderReader::readPng() {
    m_header.format = ImageFormat::kPng;
    m_header.width = static_cast<std::int64_t>(m_bytes.big(16, 4));
    m_header.height = static_cast<std::int64_t>(m_bytes.big(20, 4));
    for (std::uint64_t at = 8;;) {
        const std::uint64_t length = m_bytes.big(at, 4);
        if (m_bytes.ended() || !m_bytes.has(at, length + 12)) return cutShort();
        if (at == 8 && !m_bytes.startsWith("IHDR", 12)) return broken("a PNG file without a header");
        // Decoders pass over damage in the parts that they do not need.
        const bool critical = (m_bytes.u8(at + 4) & 0x20) == 0;
        if (critical && m_bytes.big(at + 8 + length, 4) != crc32(m_bytes.part(at + 4, length + 4))) {
            return broken("the file is damaged (a checksum inside it does not fit)");
        }
        if (m_bytes.startsWith("eXIf", at + 4)) m_header.orientation = exifOrientation(m_bytes.part(at + 8, length));
        if (m_bytes.startsWith("IEND", at + 4)) return m_header;
        at += length + 12;
    }
}

Result<ImageHeader> HeaderReader::readJpeg() {
    constexpr int kMaxScans = 500;  // a progressive file has about ten; each one costs a pass over the whole picture
    m_header.format = ImageFormat::kJpeg;
    int scans = 0;
    std::uint64_t at = 2;
    for (;;) {
        // To the next marker: FF and a byte that is neither 00 (an FF of the data) nor FF (filling).
        while (at + 1 < m_bytes.size() &&
               (m_bytes.u8(at) != 0xFF || m_bytes.u8(at + 1) == 0 || m_bytes.u8(at + 1) == 0xFF)) {
            ++at;
        }
        const std::uint32_t marker = m_bytes.u8(at + 1);
        if (m_bytes.ended()) return cutShort();
        at += 2;
        if (marker == 0xD9) return m_header;                                 // the end of the picture
        if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) continue;  // these have no content
        const std::uint64_t length = m_bytes.big(at, 2);
        if (m_bytes.ended() || !m_bytes.has(at, length)) return cutShort();
        if (length < 2) return broken("a JPEG file with a part of impossible length");
        const bool isFrame = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
        if (isFrame && length >= 8 && m_header.width == 0) {  // decoders go by the first
            m_header.height = static_cast<std::int64_t>(m_bytes.big(at + 3, 2));
            m_header.width = static_cast<std::int64_t>(m_bytes.big(at + 5, 2));
        } else if (marker == 0xE1 && m_bytes.startsWith("Exif", at + 2)) {
            m_header.orientation = exifOrientation(m_bytes.part(at + 2, length - 2));
        } else if (marker == 0xDA && ++scans > kMaxScans) {
            return broken(fmt::format("a JPEG file of more than {} scans", kMaxScans));
        }
        at += length;
    }
}

Result<ImageHeader> HeaderReader::readBmp() {
    m_header.format = ImageFormat::kBmp;
    const std::uint64_t pixels = m_bytes.little(10, 4);
    const bool isOld = m_bytes.little(14, 4) == 12;
    if (isOld) {
        m_header.width = static_cast<std::int64_t>(m_bytes.little(18, 2));
        m_header.height = static_cast<std::int64_t>(m_bytes.little(20, 2));
    } else {
        m_header.width = static_cast<std::int32_t>(m_bytes.little(18, 4));
        // Negative: rows from top to bottom.
        m_header.height = std::abs(static_cast<std::int64_t>(static_cast<std::int32_t>(m_bytes.little(22, 4))));
    }
    const std::int64_t bits = static_cast<std::int64_t>(m_bytes.little(isOld ? 24 : 28, 2));
    const std::uint64_t compression = isOld ? 0 : m_bytes.little(30, 4);
    const bool packed = compression == 1 || compression == 2;
    if (!packed && m_header.width > 0 && m_header.height > 0) {
        const std::int64_t row = (m_header.width * bits + 31) / 32 * 4;
        // The division keeps the product below from overflowing.
        if (row > 0 && static_cast<std::uint64_t>(m_header.height) > m_bytes.size() / static_cast<std::uint64_t>(row)) {
            return cutShort();
        }
        if (!m_bytes.has(pixels, static_cast<std::uint64_t>(row * m_header.height))) return cutShort();
    }
    return m_header;
}

Result<ImageHeader> HeaderReader::readWebp() {
    m_header.format = ImageFormat::kWebp;
    const std::uint64_t end = m_bytes.little(4, 4) + 8;
    if (end > m_bytes.size()) return cutShort();
    if (m_bytes.startsWith("VP8X", 12)) {
        if (m_bytes.u8(20) & 0x02) {
            return fail(ErrorCode::kUnsupported, kWhat, m_name, "animated WebP pictures are not supported", kSaveAs);
        }
        m_header.width = static_cast<std::int64_t>(m_bytes.little(24, 3)) + 1;
        m_header.height = static_cast<std::int64_t>(m_bytes.little(27, 3)) + 1;
        for (std::uint64_t at = 12; at + 8 <= end;) {
            const std::uint64_t length = m_bytes.little(at + 4, 4);
            if (!m_bytes.has(at + 8, length)) return cutShort();
            if (m_bytes.startsWith("EXIF", at)) m_header.orientation = exifOrientation(m_bytes.part(at + 8, length));
            at += 8 + length + length % 2;
        }
    } else if (m_bytes.startsWith("VP8L", 12)) {
        const std::uint64_t bits = m_bytes.little(21, 4);
        m_header.width = static_cast<std::int64_t>(bits & 0x3FFF) + 1;
        m_header.height = static_cast<std::int64_t>(bits >> 14 & 0x3FFF) + 1;
    } else if (m_bytes.startsWith("VP8 ", 12)) {
        m_header.width = static_cast<std::int64_t>(m_bytes.little(26, 2) & 0x3FFF);
        m_header.height = static_cast<std::int64_t>(m_bytes.little(28, 2) & 0x3FFF);
    } else {
        return broken("a WebP file without a picture");
    }
    return m_header;
}

Result<ImageHeader> HeaderReader::readTiff() {
    m_header.format = ImageFormat::kTiff;
    constexpr std::uint64_t kMaxSide = INT32_MAX;
    const TiffDirectory directory = readTiffDirectory(m_bytes.part(0, m_bytes.size()));
    if (directory.ended || directory.pixelsEnd > m_bytes.size()) return cutShort();
    m_header.width = static_cast<std::int64_t>(std::min(directory.width, kMaxSide));
    m_header.height = static_cast<std::int64_t>(std::min(directory.height, kMaxSide));
    return m_header;
}

Result<ImageHeader> HeaderReader::readPnm() {
    m_header.format = ImageFormat::kPnm;
    const std::uint32_t kind = m_bytes.u8(1) - '0';
    std::uint64_t at = 2;
    const auto nextNumber = [&]() -> std::int64_t {
        while (at < m_bytes.size() && (m_bytes.u8(at) <= ' ' || m_bytes.u8(at) == '#')) {
            if (m_bytes.u8(at) == '#') {
                while (at < m_bytes.size() && m_bytes.u8(at) != '\n') ++at;
            } else {
                ++at;
            }
        }
        std::int64_t value = 0;
        for (; m_bytes.u8(at) >= '0' && m_bytes.u8(at) <= '9'; ++at) {
            value = std::min<std::int64_t>(value * 10 + (m_bytes.u8(at) - '0'), INT32_MAX);
        }
        return value;
    };
    m_header.width = nextNumber();
    m_header.height = nextNumber();
    const bool isBitmap = kind == 1 || kind == 4;
    const std::int64_t largest = isBitmap ? 1 : nextNumber();
    if (m_bytes.ended()) return cutShort();
    if (largest < 1 || largest > 65535) return broken("a PNM file whose largest value is not 1 to 65535");
    ++at;  // the one blank before the pixels
    const auto width = static_cast<std::uint64_t>(m_header.width), height = static_cast<std::uint64_t>(m_header.height);
    const std::uint64_t samples = width * (kind == 3 || kind == 6 ? 3 : 1);  // of a row
    const std::uint64_t row = kind == 4 ? (width + 7) / 8 : kind > 4 && largest > 255 ? 2 * samples : samples;
    const std::uint64_t left = m_bytes.size() - std::min(at, m_bytes.size());
    if (row > 0 && height > left / row) return cutShort();  // as text a sample takes a byte or more
    if (kind < 4 && countNumbers(at, kind == 1) < height * samples) return cutShort();
    return m_header;
}

// Numbers written as text from `at` on; those of a bitmap (single digits) may stand without blanks between them.
std::uint64_t HeaderReader::countNumbers(std::uint64_t at, bool singleDigits) {
    std::uint64_t count = 0;
    bool inNumber = false;
    for (; at < m_bytes.size(); ++at) {
        const std::uint32_t byte = m_bytes.u8(at);
        const bool digit = byte >= '0' && byte <= '9';
        if (digit && (singleDigits || !inNumber)) ++count;
        inNumber = digit;
        while (byte == '#' && at + 1 < m_bytes.size() && m_bytes.u8(at) != '\n') ++at;  // a comment
    }
    return count;
}

// The screen, widened to hold the first frame where it does not; up to that frame's last byte.
Result<ImageHeader> HeaderReader::readGif() {
    m_header.format = ImageFormat::kGif;
    const auto tableSize = [](std::uint32_t flags) { return flags & 0x80 ? std::uint64_t{6} << (flags & 7) : 0; };
    const auto skipBlocks = [this](std::uint64_t at) {  // each with its length in front; one of length 0 ends them
        for (;;) {
            const std::uint32_t length = m_bytes.u8(at);
            at += 1 + length;
            if (length == 0) return at;
        }
    };
    m_header.width = static_cast<std::int64_t>(m_bytes.little(6, 2));
    m_header.height = static_cast<std::int64_t>(m_bytes.little(8, 2));
    std::uint64_t at = 13 + tableSize(m_bytes.u8(10));
    while (m_bytes.u8(at) == '!') at = skipBlocks(at + 2);
    if (m_bytes.ended()) return cutShort();
    if (m_bytes.u8(at) == ';') return broken("a GIF file without a picture");
    if (m_bytes.u8(at) != ',') return broken("a GIF file with a part of unknown kind");
    const auto field = [&](std::uint64_t place) { return static_cast<std::int64_t>(m_bytes.little(at + place, 2)); };
    m_header.width = std::max(m_header.width, field(1) + field(5));
    m_header.height = std::max(m_header.height, field(3) + field(7));
    skipBlocks(at + 11 + tableSize(m_bytes.u8(at + 9)));  // behind the table stands the width of codes
    return m_header;
}

tl::unexpected<Error> HeaderReader::unknownFormat() {
    struct Known {
        std::string_view signature;
        std::uint64_t at;
        const char* name;
    };
    static constexpr std::array<Known, 13> kKnown = {{{"ftypheic", 4, "a HEIC picture"},
                                                      {"ftypheix", 4, "a HEIC picture"},
                                                      {"ftypmif1", 4, "a HEIC picture"},
                                                      {"ftypavif", 4, "an AVIF picture"},
                                                      {"ftyp", 4, "a film"},
                                                      {"jP  ", 4, "a JPEG 2000 picture"},
                                                      {"%PDF", 0, "a PDF document"},
                                                      {"8BPS", 0, "a Photoshop document"},
                                                      {"PK\x03\x04", 0, "an archive"},
                                                      {"<!DOCTYPE", 0, "a web page"},
                                                      {"<html", 0, "a web page"},
                                                      {"<svg", 0, "a drawing (SVG)"},
                                                      {"P7\n", 0, "a PAM picture"}}};
    if (m_bytes.size() == 0) return fail(ErrorCode::kBadFormat, kWhat, m_name, "the file is empty");
    for (const Known& known : kKnown) {
        if (m_bytes.startsWith(known.signature, known.at)) {
            return fail(ErrorCode::kUnsupported, kWhat, m_name,
                        fmt::format("it is {}, which is not supported", known.name), kSaveAs);
        }
    }
    const std::uint64_t looked = std::min<std::uint64_t>(m_bytes.size(), 64);
    bool isText = true;
    for (std::uint64_t at = 0; at < looked; ++at) {
        const std::uint32_t byte = m_bytes.u8(at);
        isText = isText && byte != 0x7F && (byte >= ' ' || (byte >= '\t' && byte <= '\r'));
    }
    if (isText) return fail(ErrorCode::kUnsupported, kWhat, m_name, "it holds text, not a picture");
    return fail(ErrorCode::kUnsupported, kWhat, m_name, "it is of no known picture format",
                "PNG, JPEG, WebP, GIF, BMP, TIFF and PNM are read");
}

}  // namespace

Result<ImageHeader> readImageHeader(std::span<const std::byte> bytes, const std::string& name) {
    return HeaderReader(bytes, name).read();
}

}  // namespace condenser
