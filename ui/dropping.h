// What files and folders that come in (dropped, pasted, given when started) mean, in words and as a deed.
#pragma once

#include <QString>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <vector>

namespace condenser {

struct DropPlan {
    enum class Kind { kNothing, kPictures, kData, kModel, kRun, kExperiment };
    // The same files, understood otherwise.
    struct Other {
        Kind kind = Kind::kNothing;
        std::filesystem::path place;
        QString words;  // of a button: "Classify these pictures instead"
    };
    Kind kind = Kind::kNothing;
    std::vector<std::filesystem::path> files;  // pictures; the runs of an experiment; else one
    QString words;                             // what letting go will do, or why nothing
    QString done = {};                         // the same, afterwards, where it is worth saying
    std::optional<Other> other = {};
    QString detail = {};                // of kNothing: why, and what to try
    std::filesystem::path folder = {};  // of kExperiment
};

constexpr std::size_t kMostPictures = 10'000;
constexpr std::size_t kMostRuns = 200;  // of an experiment

// Of a look into folders that may be large or slow.
struct LookingIn {
    std::stop_token stop = {};
    std::atomic<std::int64_t>* entries = nullptr;  // counted up; may be null
};

// A file ending in .safetensors, .pth, .pt or .pth.tar is a model, a folder with run.json a run; one with
// experiment.json the runs of it that have begun, seed by seed and at most kMostRuns; a folder with sub-folders, a CSV
// list, and the files of CIFAR and MNIST are data (data_guess.h); a folder of pictures is those pictures; anything else
// is tried as a picture. At most kMostPictures. Reads folders, so never on the UI thread.
DropPlan planDrop(const std::vector<std::filesystem::path>& paths, const LookingIn& looking = {});

// The first pictures in a folder and all below it; links to folders are not followed.
DropPlan planPicturesBelow(const std::filesystem::path& folder, const LookingIn& looking = {});

}  // namespace condenser
