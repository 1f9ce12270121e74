#include "train/evaluate.h"

#include <algorithm>
#include <chrono>

#include "base/check.h"
#include "data/loader.h"
#include "infer/inference.h"
#include "ops/loss.h"

namespace condenser {
namespace {

// Seconds for which an interruption may be left unasked; half of that is worth twice the images.
constexpr double kShort = 0.01;

}  // namespace

Result<Evaluation> evaluate(const Network& network, const Dataset& dataset, const DataPart& part, ThreadPool& pool,
                            const EvaluateOptions& options) {
    const std::size_t classes = dataset.classes.size();
    CORE_CHECK(classes == static_cast<std::size_t>(network.spec().classes) && part.count() > 0);
    Evaluation report;
    report.images = part.count();
    report.classImages.resize(classes);
    report.classTop1.resize(classes);
    report.confusion.assign(classes, std::vector<int>(classes));
    const BatchPlan plan{options.batch};
    const std::vector<std::int32_t> order = epochOrder(part.count(), plan, 0);
    Inference inference(network);
    RegionResizer unused;
    Batch batch;
    std::vector<float> logits;
    int atOnce = pool.size();  // images between two questions
    double lossSum = 0, seconds = 0;
    int top1 = 0, top5 = 0, done = 0;
    for (int i = 0; i < batchesPerEpoch(part, plan); ++i) {
        makeBatch(dataset, part, plan, order, 0, i, unused, batch);
        const ConstView images = batch.images.view();
        inference.prepare(images, pool);
        logits.clear();
        for (int n = 0, count = 0; n < images.n; n += count) {
            if (isInterrupted(options.interruption)) {
                return fail(ErrorCode::kCancelled, "the evaluation was stopped", "", "");
            }
            count = std::min(atOnce, images.n - n);
            const auto start = std::chrono::steady_clock::now();
            const std::span<const float> answers = inference.run(images.images(n, count), pool);
            const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
            seconds += took;
            if (took < kShort && atOnce < options.batch) atOnce *= 2;
            logits.insert(logits.end(), answers.begin(), answers.end());
        }
        const LossReport loss = softmaxCrossEntropy(logits, static_cast<int>(classes), batch.labels, {});
        lossSum += loss.loss * batch.count();
        top1 += loss.top1;
        top5 += loss.top5;
        for (std::size_t n = 0; n < batch.labels.size(); ++n) {
            const std::span<const float> row = std::span(logits).subspan(n * classes, classes);
            const std::size_t answer = static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin());
            const std::size_t truth = static_cast<std::size_t>(batch.labels[n]);
            ++report.classImages[truth];
            ++report.confusion[truth][answer];
        }
        done += batch.count();
        if (options.progress) options.progress(done, part.count());
    }
    report.top1 = static_cast<double>(top1) / report.images;
    report.top5 = static_cast<double>(top5) / report.images;
    report.loss = lossSum / report.images;
    report.imagesPerSecond = seconds > 0 ? report.images / seconds : 0;
    for (std::size_t k = 0; k < classes; ++k) {
        if (report.classImages[k] > 0)
            report.classTop1[k] = static_cast<double>(report.confusion[k][k]) / report.classImages[k];
    }
    return report;
}

}  // namespace condenser
