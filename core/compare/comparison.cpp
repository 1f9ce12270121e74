#include "compare/comparison.h"

#include <optional>

#include "compare/paper_table.h"
#include "network/summary_of.h"

namespace condenser {
namespace {

BenchModel benchModel(NetworkForms& forms, Variant variant, const ModelFile& model, const std::string& name) {
    return {name, variantName(variant), forms.graph(variant, model.preprocess.height, model.preprocess.width),
            summaryOf(forms.of(variant)).params};
}

// The dense one first.
std::vector<BenchModel> benchModels(NetworkForms& forms, const ModelFile& model, const std::string& name) {
    return {benchModel(forms, Variant::kDense, model, name), benchModel(forms, Variant::kCondensed, model, name)};
}

Result<std::uint64_t> fileBytes(Network& network, const ModelFile& model) {
    ModelFile file{model.spec, network.variant(), model.classes, model.preprocess, model.trained, network.state()};
    return modelFileBytes(file);
}

BenchPlan planOf(const ComparisonOptions& options) {
    using Stage = ComparisonOptions::Stage;
    BenchPlan plan;
    plan.threads = {options.threads};
    plan.batches = {options.batch};
    plan.timing.seconds = options.seconds;
    plan.timing.stop = options.stop;
    plan.timing.sampled = options.sampled;
    if (options.progress) {
        plan.progress = [progress = options.progress](const std::string&, double done, double total) {
            progress(Stage::kTiming, done, total);
        };
        plan.timing.layersProgress = [progress = options.progress](const std::string&, double done, double total) {
            progress(Stage::kLayers, done, total);
        };
    }
    return plan;
}

}  // namespace

Result<Comparison> compareForms(const ModelFile& model, const std::string& name, const ComparisonOptions& options) {
    auto forms = NetworkForms::make(model);
    if (!forms) return tl::unexpected(forms.error());
    Comparison comparison;
    comparison.name = name;
    comparison.outstandingSteps = forms->outstandingSteps;
    comparison.storedCondensed = model.variant == Variant::kCondensed;
    for (const auto& [network, bytes] : {std::pair(&forms->dense, &comparison.denseFileBytes),
                                         std::pair(&forms->condensed, &comparison.condensedFileBytes)}) {
        const auto size = fileBytes(*network, model);
        if (!size) return tl::unexpected(size.error());
        *bytes = *size;
    }

    {
        ThreadPool pool(options.threads);
        EqualityOptions equality;
        equality.data = options.data;
        equality.stop = options.stop;
        if (options.progress) {
            equality.progress = [&options](int done, int total) {
                options.progress(ComparisonOptions::Stage::kEquality, done, total);
            };
        }
        auto measured = measureEquality(*forms, model, pool, equality);
        if (!measured) return tl::unexpected(measured.error());
        comparison.equality = std::move(*measured);
    }

    BenchPlan plan = planOf(options);
    plan.timing.layers = true;
    auto report = measureBench(benchModels(*forms, model, name), plan);
    if (!report) return tl::unexpected(report.error());
    comparison.bench = std::move(*report);
    return comparison;
}

Result<BenchReport> sweepForms(const ModelFile& model, const std::string& name, const ComparisonOptions& options) {
    auto forms = NetworkForms::make(model);
    if (!forms) return tl::unexpected(forms.error());
    BenchPlan plan = planOf(options);
    plan.threads = sweepThreads(options.threads);
    plan.batches.assign(std::begin(kSweepBatches), std::end(kSweepBatches));
    return measureBench(benchModels(*forms, model, name), plan);
}

Result<BenchReport> measurePaperNetworks(const ComparisonOptions& options) {
    const auto models = openPaperNetworks(1, options.stop);
    if (!models) return tl::unexpected(models.error());
    BenchPlan plan = planOf(options);
    plan.batches = {1};
    plan.paper = true;
    return measureBench(*models, plan);
}

}  // namespace condenser
