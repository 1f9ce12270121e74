// Where a model trained on shapes10 looks: of the test pictures that it classifies correctly, in how many the largest
// value of the answer's class activation map lies inside the object's bounding box. bench_activation MODEL
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "data/shapes10.h"
#include "run/class_activation.h"
#include "run/model_source.h"

using namespace condenser;

namespace {

// Picture `index` is of class index % 10.
struct Tally {
    int pictures = 0, right = 0, inside = 0;
    double distance = 0;  // of peaks outside of the box, to the box, in pixels
    double boxShare = 0;  // what a peak anywhere would hit: the share of the picture that the boxes cover

    void add(const Tally& other) {
        pictures += other.pictures;
        right += other.right;
        inside += other.inside;
        distance += other.distance;
        boxShare += other.boxShare;
    }
};

double distanceTo(const BoundingBox& box, const ActivationMap::Place& place) {
    const double dx = std::max({box.x0 - place.x, place.x - box.x1, 0.0});
    const double dy = std::max({box.y0 - place.y, place.y - box.y1, 0.0});
    return std::hypot(dx, dy);
}

bool isInside(const BoundingBox& box, const ActivationMap::Place& place) {
    return place.x >= box.x0 && place.x < box.x1 && place.y >= box.y0 && place.y < box.y1;
}

void print(const std::string& name, const Tally& tally) {
    const int outside = tally.right - tally.inside;
    fmt::print("{:<10} {:8} {:5}  {:9.1f} %  {:8.1f} %  {:19.1f}\n", name, tally.pictures, tally.right,
               100.0 * tally.inside / std::max(1, tally.right), 100 * tally.boxShare / std::max(1, tally.right),
               tally.distance / std::max(1, outside));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        fmt::print(stderr, "bench_activation MODEL, which must have been trained on shapes10\n");
        return 2;
    }
    const auto model = readStoredModel(argv[1]);
    if (!model || model->file.classes != shapesClasses()) {
        fmt::print(stderr, "{}\n", model ? "its classes are not those of shapes10" : model.error().text());
        return 1;
    }
    auto activation = ClassActivation::make(model->file);
    if (!activation) {
        fmt::print(stderr, "{}\n", activation.error().text());
        return 1;
    }
    ThreadPool pool(1);
    std::vector<Tally> classes(shapesClasses().size());
    int cells = 0;
    for (int i = 0; i < kShapesTestCount; ++i) {
        const DrawnShape shape = drawShape(ShapesPart::kTest, i);
        Tally& tally = classes[static_cast<std::size_t>(shape.label)];
        ++tally.pictures;
        const ActivationMap map = activation->maps(shape.picture, pool).maps.front();
        cells = map.width;
        if (map.classIndex != shape.label) continue;
        const auto place = map.peak(kShapesSize, kShapesSize);
        ++tally.right;
        tally.inside += isInside(shape.box, place) ? 1 : 0;
        tally.distance += distanceTo(shape.box, place);
        tally.boxShare +=
            (shape.box.x1 - shape.box.x0) * (shape.box.y1 - shape.box.y0) / double{kShapesSize * kShapesSize};
    }
    Tally all;
    fmt::print("{}: maps of {} x {} for pictures of {} x {}\n", argv[1], cells, cells, kShapesSize, kShapesSize);
    fmt::print("class      pictures right  peak in box  box covers  outside by (pixels)\n");
    for (std::size_t k = 0; k < classes.size(); ++k) {
        print(shapesClasses()[k], classes[k]);
        all.add(classes[k]);
    }
    print("all", all);
    return 0;
}
