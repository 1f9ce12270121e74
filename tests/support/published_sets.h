// Tiny data sets in the forms in which known ones are published.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "data/preprocess.h"
#include "data/shapes10.h"
#include "support/archives.h"

namespace condenser::test {

inline std::string asByte(int value) {
    return std::string(1, static_cast<char>(value));
}

// ---- CIFAR
// -----------------------------------------------------------------------------------------------------------

// The labels, then red, green and blue, each plane by itself. The picture has 32 x 32 pixels.
inline std::string cifarRecord(std::string labels, const Picture& picture) {
    for (std::size_t channel = 0; channel < 3; ++channel) {
        for (std::size_t i = channel; i < picture.pixels.size(); i += 3) labels += asByte(picture.pixels[i]);
    }
    return labels;
}

// A file of `count` drawn pictures, number `first` and on, of which every class has as many as another.
inline std::string cifar10Batch(ShapesPart part, int first, int count) {
    std::string bytes;
    for (int i = first; i < first + count; ++i) {
        const DrawnShape shape = drawShape(part, i);
        bytes += cifarRecord(asByte(shape.label), shape.picture);
    }
    return bytes;
}

// The files of CIFAR-10, with the names of shapes10's classes.
inline std::map<std::string, std::string> cifar10Files(int perBatch = 10) {
    std::map<std::string, std::string> files;
    for (int batch = 0; batch < 5; ++batch) {
        files["data_batch_" + std::to_string(batch + 1) + ".bin"] =
            cifar10Batch(ShapesPart::kTrain, batch * perBatch, perBatch);
    }
    files["test_batch.bin"] = cifar10Batch(ShapesPart::kTest, 0, perBatch);
    for (const std::string& name : shapesClasses()) files["batches.meta.txt"] += name + "\n";
    return files;
}

// As it is downloaded.
inline std::string cifarArchive(const std::map<std::string, std::string>& files, const std::string& folder) {
    std::vector<TarEntry> entries{{folder + "/", "", TarEntry::Kind::kFolder}};
    for (const auto& [name, bytes] : files) entries.push_back({folder + "/" + name, bytes});
    return makeGzip(makeTar(entries));
}

// ---- IDX
// -------------------------------------------------------------------------------------------------------------

// Unsigned bytes: the sizes, then the content.
inline std::string idxBytes(const std::vector<std::uint32_t>& sizes, std::string_view content) {
    std::string bytes = std::string("\0\0\x08", 3) + asByte(static_cast<int>(sizes.size()));
    for (const std::uint32_t size : sizes) {
        for (const int shift : {24, 16, 8, 0}) bytes += asByte(static_cast<int>(size >> shift & 0xFF));
    }
    return bytes.append(content);
}

// One part as its two files: a drawn picture a label, its red channel only.
struct IdxBytes {
    std::string images, labels;
};
inline IdxBytes idxPart(ShapesPart part, int count) {
    std::string pixels, labels;
    for (int i = 0; i < count; ++i) {
        const DrawnShape shape = drawShape(part, i);
        for (std::size_t at = 0; at < shape.picture.pixels.size(); at += 3) pixels += asByte(shape.picture.pixels[at]);
        labels += asByte(shape.label);
    }
    const auto number = static_cast<std::uint32_t>(count);
    return {idxBytes({number, kShapesSize, kShapesSize}, pixels), idxBytes({number}, labels)};
}

}  // namespace condenser::test
