// Class activation maps as PNG files: where the network looked.
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "cli/picture_files.h"
#include "run/class_activation.h"
#include "run/classifier.h"

namespace condenser::cli {

struct ActivationOptions {
    std::optional<std::string> out;        // a PNG file, or a folder
    std::optional<std::string> className;  // whose map; none: the answer's
    std::optional<double> strength;        // 0..1
};

class ActivationPictures {
  public:
    // `model` in either form: where it is asked about, both are the same function. `pictures`: all that will be asked
    // about; none of them is overwritten. `intoFolder`: `out` is a folder that gets a PNG for each, named like the
    // picture. An error for a class that the model does not have.
    static Result<ActivationPictures> make(const ActivationOptions& options, const ModelFile& model, bool intoFolder,
                                           const std::vector<FoundPicture>& pictures);

    // Writes the map over what the network saw, small pictures enlarged so that there is something to see. Returns the
    // file's name.
    Result<std::string> write(const FoundPicture& picture, const Prediction& prediction, ThreadPool& pool);

  private:
    ActivationPictures(ClassActivation activation, const ActivationOptions& options);
    std::filesystem::path placeFor(const FoundPicture& picture);

    ClassActivation m_activation;
    std::filesystem::path m_out;
    bool m_intoFolder = false;
    double m_strength;
    std::optional<int> m_class;
    std::set<std::filesystem::path> m_taken;  // written to, or pictures that are read
};

}  // namespace condenser::cli
