#include "compare/equality.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "base/rng.h"
#include "data/data_source.h"
#include "data/shapes10.h"
#include "infer/inference.h"
#include "tensor/tensor.h"

namespace condenser {
namespace {

constexpr int kAtOnce = 16;  // pictures a call

// Where the pictures come from: one of `count`, by its place.
struct Pictures {
    struct One {
        Picture picture;
        int label;  // of the model's classes; -1: unknown to it
    };
    std::string of;
    std::size_t count = 0;
    std::function<Result<One>(std::size_t place)> read;
};

// The model's class for each of the data's; -1 where it has none.
std::vector<int> labelsFor(const std::vector<std::string>& classes, const ModelFile& model, bool orderCounts) {
    std::map<std::string, int> known;
    for (std::size_t k = 0; k < model.classes.size(); ++k) known.emplace(model.classes[k], static_cast<int>(k));
    const bool byOrder = orderCounts && !hasClassNames(model) && classes.size() == model.classes.size();
    std::vector<int> labels;
    for (const std::string& name : classes) {
        const auto found = known.find(name);
        const int named = found == known.end() || !hasClassNames(model) ? -1 : found->second;
        labels.push_back(byOrder ? static_cast<int>(labels.size()) : named);
    }
    return labels;
}

Pictures drawnPictures(const ModelFile& model) {
    return {"pictures of shapes10", kShapesTestCount,
            [labels = labelsFor(shapesClasses(), model, false)](std::size_t place) -> Result<Pictures::One> {
                DrawnShape shape = drawShape(ShapesPart::kTest, static_cast<int>(place));
                return Pictures::One{std::move(shape.picture), labels[static_cast<std::size_t>(shape.label)]};
            }};
}

Result<Pictures> openPictures(const ModelFile& model, const EqualityOptions& options) {
    if (options.data.empty()) return drawnPictures(model);
    ScanOptions scan;
    scan.stop = options.stop;
    auto source = openDataSource(options.data, scan);
    if (!source && (options.mustReadData || source.error().code == ErrorCode::kCancelled))
        return tl::unexpected(source.error());
    if (!source) return drawnPictures(model);
    const bool test = !source->test.empty();
    const std::string part = test ? (source->testName.empty() ? "test" : source->testName) : "training";
    std::vector<LabelledPicture> pictures = std::move(test ? source->test : source->train);
    const std::size_t count = pictures.size();
    return Pictures{
        part + " part of " + options.data, count,
        [pictures = std::move(pictures), read = source->read,
         labels = labelsFor(source->classes, model, true)](std::size_t place) -> Result<Pictures::One> {
            auto picture = read(pictures[place].index);
            if (!picture) return tl::unexpected(picture.error());
            return Pictures::One{std::move(*picture), labels[static_cast<std::size_t>(pictures[place].label)]};
        }};
}

// One of each of `images` stretches of the part, drawn by lot: a fixed step could meet the same class each time.
std::vector<std::size_t> spreadPlaces(std::size_t count, int images) {
    const std::size_t wanted = std::min(count, static_cast<std::size_t>(std::max(1, images)));
    Rng rng(1, RandomStream::kTest);
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < wanted; ++i) {
        const std::size_t first = i * count / wanted, end = (i + 1) * count / wanted;
        places.push_back(first + rng.below(static_cast<std::uint32_t>(end - first)));
    }
    return places;
}

Inference inferenceOf(const NetworkForms& forms, Variant variant) {
    return Inference([&forms, variant](int height, int width) { return forms.graph(variant, height, width); });
}

std::ptrdiff_t best(std::span<const float> logits) {
    return std::max_element(logits.begin(), logits.end()) - logits.begin();
}

class Comparer {
  public:
    Comparer(const NetworkForms& forms, const ModelFile& model, ThreadPool& pool)
        : m_model(model),
          m_pool(pool),
          m_dense(inferenceOf(forms, Variant::kDense)),
          m_condensed(inferenceOf(forms, Variant::kCondensed)),
          m_input(kAtOnce, 3, model.preprocess.height, model.preprocess.width) {}

    void add(const Pictures::One& one) {
        const Picture seen = fitPicture(one.picture, m_model.preprocess);
        normaliseInto(seen.pixels.data(), seen.height, seen.width, 0, 0, /*flip=*/false, m_model.preprocess,
                      m_input.view(), static_cast<int>(m_labels.size()));
        m_labels.push_back(one.label);
        if (m_labels.size() == kAtOnce) ask();
    }

    Equality finished(std::string of) {
        ask();
        m_equality.of = std::move(of);
        if (m_allLabelled && m_equality.images > 0) {
            m_equality.denseTop1 = static_cast<double>(m_denseRight) / m_equality.images;
            m_equality.condensedTop1 = static_cast<double>(m_condensedRight) / m_equality.images;
        }
        return std::move(m_equality);
    }

  private:
    void ask() {
        if (m_labels.empty()) return;
        const ConstView x = std::as_const(m_input).view().images(0, static_cast<int>(m_labels.size()));
        const std::span<const float> dense = m_dense.run(x, m_pool), condensed = m_condensed.run(x, m_pool);
        const std::size_t classes = dense.size() / m_labels.size();
        for (std::size_t n = 0; n < m_labels.size(); ++n)
            compare(dense.subspan(n * classes, classes), condensed.subspan(n * classes, classes), m_labels[n]);
        m_labels.clear();
    }

    void compare(std::span<const float> dense, std::span<const float> condensed, int label) {
        for (std::size_t k = 0; k < dense.size(); ++k) {
            const double difference = std::abs(static_cast<double>(dense[k]) - static_cast<double>(condensed[k]));
            m_equality.largestDifference =
                std::max(m_equality.largestDifference,
                         std::isfinite(difference) ? difference : std::numeric_limits<double>::infinity());
        }
        ++m_equality.images;
        if (best(dense) == best(condensed)) ++m_equality.agreeing;
        if (label < 0) m_allLabelled = false;
        if (best(dense) == label) ++m_denseRight;
        if (best(condensed) == label) ++m_condensedRight;
    }

    const ModelFile& m_model;
    ThreadPool& m_pool;
    Inference m_dense, m_condensed;
    Tensor m_input;
    std::vector<int> m_labels;  // of the pictures in m_input
    bool m_allLabelled = true;
    int m_denseRight = 0, m_condensedRight = 0;
    Equality m_equality;
};

}  // namespace

Result<Equality> measureEquality(const NetworkForms& forms, const ModelFile& model, ThreadPool& pool,
                                 const EqualityOptions& options) {
    auto pictures = openPictures(model, options);
    if (!pictures) return tl::unexpected(pictures.error());
    Comparer comparer(forms, model, pool);
    const std::vector<std::size_t> places = spreadPlaces(pictures->count, options.images);
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (options.progress && i % kAtOnce == 0)
            options.progress(static_cast<int>(i), static_cast<int>(places.size()));
        if (options.stop.stop_requested())
            return fail(ErrorCode::kCancelled, "stopped", "", "the comparison was asked to end");
        const auto one = pictures->read(places[i]);
        if (one) comparer.add(*one);
    }
    Equality equality = comparer.finished(pictures->of);
    if (equality.images == 0 && options.mustReadData) {
        return fail(ErrorCode::kBadData, "cannot compare the two forms", options.data,
                    "none of its pictures is readable", "name data with pictures that can be decoded");
    }
    return equality;
}

}  // namespace condenser
