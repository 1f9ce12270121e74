// Labelled pictures, decoded, as bytes, ready to be cut into batches.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/augmentation.h"
#include "data/data_source.h"
#include "data/pixel_store.h"
#include "data/preprocess.h"

namespace condenser {

struct StoredPicture {
    std::size_t offset = 0;  // into the data set's pixels, [height, width, 3]
    int height = 0, width = 0;
};

struct DataPart {
    std::vector<StoredPicture> pictures;
    std::vector<std::int32_t> labels;  // as many
    int count() const { return static_cast<int>(labels.size()); }
};

struct Dataset {
    std::string name;                  // as given to --data
    std::vector<std::string> classes;  // a label is an index into it
    Preprocess preprocess;
    // Pictures are stored as evaluation reads them (fitPicture), but those to be cropped at random are whole
    // (fitWhole).
    PixelStore pixels;
    DataPart train;
    DataPart test;         // what the best epoch is chosen on
    std::string testName;  // "test", "val" or "validation": which part `test` really is
    std::vector<UnreadableFile> unreadable;

    const std::uint8_t* pixelsOf(const StoredPicture& picture) const { return pixels.at(picture.offset); }
};

struct DatasetOptions {
    int height = 32, width = 32;  // what the network reads
    // Share of the training pictures that becomes the test part. 0: the data's own test part, or a tenth where they
    // have none.
    double validation = 0;
    bool ownTestFirst = false;                        // that share is taken only of data that have no test part
    std::uint64_t seed = 1;                           // of that split (stratified by class)
    Augmentation augmentation = Augmentation::kAuto;  // what the training part must be good for
    int threads = 1;                                  // that decode
    bool evaluationOnly = false;                      // leave `train` empty (eval)
    // Bytes that pixels may take in memory; what is more goes to a file (pixel_store.h). 0: memoryForPictures(), which
    // no other figure can raise.
    std::uint64_t memoryLimit = 0;
    // A model's own pipeline. Null: height and width as above, and the normalisation that the source has published,
    // else the one measured on the training part (on the test part if that is all there is).
    const Preprocess* preprocess = nullptr;
    // Pictures found so far, before anything is decoded; as ScanOptions::progress.
    std::function<void(std::int64_t found)> scanning;
    // Pictures done and in all, a few times a second at most, from any thread but never from two at once.
    std::function<void(std::int64_t done, std::int64_t total)> progress;
    std::stop_token stop;
};

// `data` is what --data takes (data_name.h). Unreadable pictures are listed in the result and do not end it; a missing
// folder, fewer than two classes, or a class with nothing readable in it is an error.
Result<Dataset> openDataset(const std::string& data, const DatasetOptions& options);

}  // namespace condenser
