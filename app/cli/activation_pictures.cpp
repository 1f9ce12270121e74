#include "cli/activation_pictures.h"

#include <algorithm>

#include "data/image_io.h"

namespace condenser::cli {
namespace {

namespace fs = std::filesystem;

constexpr double kUsualStrength = 0.6;
constexpr int kLeastSide = 256;  // of a picture to look at, in pixels
constexpr std::size_t kMostNamed = 20;

Result<int> classNamed(const std::string& name, const std::vector<std::string>& classes) {
    const auto found = std::find(classes.begin(), classes.end(), name);
    if (found != classes.end()) return static_cast<int>(found - classes.begin());
    std::string known;
    for (std::size_t k = 0; k < std::min(classes.size(), kMostNamed); ++k) known += (k == 0 ? "" : ", ") + classes[k];
    if (classes.size() > kMostNamed) known += ", ...";
    return fail(ErrorCode::kUsage, "cannot show a class activation map", "--cam-class",
                "the model has no class \"" + name + "\"", "its classes are " + known);
}

// Every pixel as a square of `factor` pixels.
Picture enlarged(const Picture& picture, int factor) {
    Picture large{picture.height * factor, picture.width * factor, {}};
    large.pixels.reserve(picture.pixels.size() * static_cast<std::size_t>(factor * factor));
    for (int y = 0; y < large.height; ++y) {
        for (int x = 0; x < large.width; ++x) {
            const std::size_t at = static_cast<std::size_t>(y / factor * picture.width + x / factor) * 3;
            for (std::size_t c = 0; c < 3; ++c) large.pixels.push_back(picture.pixels[at + c]);
        }
    }
    return large;
}

// One name for a file, however it is written.
fs::path onlyName(const fs::path& file) {
    std::error_code error;
    const fs::path name = fs::weakly_canonical(file, error);
    return error ? file.lexically_normal() : name;
}

}  // namespace

ActivationPictures::ActivationPictures(ClassActivation activation, const ActivationOptions& options)
    : m_activation(std::move(activation)),
      m_out(options.out.value_or("")),
      m_strength(options.strength.value_or(kUsualStrength)) {}

Result<ActivationPictures> ActivationPictures::make(const ActivationOptions& options, const ModelFile& model,
                                                    bool intoFolder, const std::vector<FoundPicture>& pictures) {
    auto activation = ClassActivation::make(model);
    if (!activation) return tl::unexpected(activation.error());
    ActivationPictures made(std::move(*activation), options);
    if (options.className) {
        const Result<int> named = classNamed(*options.className, model.classes);
        if (!named) return tl::unexpected(named.error());
        made.m_class = *named;
    }
    std::error_code ignored;
    made.m_intoFolder = intoFolder || fs::is_directory(made.m_out, ignored);
    for (const FoundPicture& picture : pictures) {
        if (picture.file) made.m_taken.insert(onlyName(*picture.file));
    }
    if (!made.m_intoFolder && made.m_taken.contains(onlyName(made.m_out))) {
        return fail(ErrorCode::kUsage, "cannot write the class activation map", made.m_out.string(),
                    "it is the picture itself, which would be lost", "name another file");
    }
    return made;
}

fs::path ActivationPictures::placeFor(const FoundPicture& picture) {
    if (!m_intoFolder) return m_out;
    const fs::path stem = m_out / fs::path(picture.name).replace_extension();
    fs::path place = stem.string() + ".png";
    for (int n = 2; !m_taken.insert(onlyName(place)).second; ++n)
        place = stem.string() + " (" + std::to_string(n) + ").png";
    return place;
}

Result<std::string> ActivationPictures::write(const FoundPicture& picture, const Prediction& prediction,
                                              ThreadPool& pool) {
    const int shown = m_class.value_or(prediction.answer().best().index);
    const ActivationMaps maps = m_activation.mapsOfFitted(prediction.seen, pool, {shown});
    const int side = std::min(maps.seen.height, maps.seen.width), factor = (kLeastSide + side - 1) / side;
    const fs::path place = placeFor(picture);
    if (m_intoFolder) {
        std::error_code error;
        fs::create_directories(place.parent_path(), error);
        if (error) {
            return fail(ErrorCode::kWrite, "cannot make the folder", place.parent_path().string(), error.message());
        }
    }
    const Picture overlay = activationOverlay(enlarged(maps.seen, factor), maps.maps.front(), m_strength);
    return writePng(place, overlay).map([&] { return place.string(); });
}

}  // namespace condenser::cli
