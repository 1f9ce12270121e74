// Labelled pictures in memory, as bytes, ready to be cut into batches.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/image_folder.h"
#include "data/preprocess.h"

namespace condenser {

// Pictures of one size, stored one behind the other.
struct DataPart {
    std::vector<std::uint8_t> pixels;  // [count, storedHeight, storedWidth, 3]
    std::vector<std::int32_t> labels;  // [count]
    int count() const { return static_cast<int>(labels.size()); }
};

struct Dataset {
    std::string name;                  // as given to --data
    std::vector<std::string> classes;  // sorted; a label is an index into it
    // Size of the stored pictures. Up to 64 pixels, and for evaluation only, it is the network's size; else it is
    // Preprocess::resize, a square from which training crops at random and evaluation crops the centre.
    int storedHeight = 0, storedWidth = 0;
    Preprocess preprocess;
    DataPart train;
    DataPart test;         // what the best epoch is chosen on
    std::string testName;  // "test", "val" or "validation": which part `test` really is
    std::vector<UnreadableFile> unreadable;

    const std::uint8_t* picture(const DataPart& part, int index) const {
        return part.pixels.data() + static_cast<std::size_t>(index) * storedHeight * storedWidth * 3;
    }
};

struct DatasetOptions {
    int height = 32, width = 32;  // what the network reads
    // Share of the training pictures that becomes the test part. 0: the data's own test part, or a tenth where a folder
    // has none.
    double validation = 0;
    std::uint64_t seed = 1;       // of that split (stratified by class)
    int threads = 1;              // that decode
    bool evaluationOnly = false;  // leave `train` empty (eval)
    // A model's own pipeline. Null: height and width as above, and the normalisation measured on the training part (on
    // the test part if that is all there is).
    const Preprocess* preprocess = nullptr;
    // Files done and in all, a few times a second at most, from any thread but never from two at once.
    std::function<void(std::int64_t done, std::int64_t total)> progress;
    std::stop_token stop;
};

// `data` is what --data takes: "shapes10", "folder:DIR". Unreadable files are listed in the result and do not end it;
// a missing folder, fewer than two classes, or a class with nothing readable in it is an error.
Result<Dataset> openDataset(const std::string& data, const DatasetOptions& options);

// What `data check` and the Train page tell about a data set before anything is decoded: files are counted, not read.
struct DatasetInfo {
    std::vector<std::string> classes;
    std::vector<std::int64_t> trainCounts, testCounts;  // per class
    std::string testName;  // empty where the data has no test part and one must be split off
    std::vector<std::string> warnings;
};
Result<DatasetInfo> inspectDataset(const std::string& data);

}  // namespace condenser
