#include "cli/baseline_model.h"

#include "io/safetensors.h"

namespace condenser::cli {

Result<Graph> openBaseline(const ModelOptions& options, int height, int width, const Common& common) {
    if (!options.variant.empty() && options.variant != "dense") {
        return fail(ErrorCode::kUsage, "cannot use --variant " + options.variant, options.model,
                    "only CondenseNets have another form than dense", "leave out --variant");
    }
    if (options.weights.empty()) return baselineGraph(options.model, height, width, common.seed());
    const auto file = readSafetensors(options.weights);
    if (!file) return tl::unexpected(file.error());
    auto graph = baselineGraph(options.model, height, width, file->tensors);
    if (!graph && graph.error().where.empty()) graph.error().where = options.weights;
    return graph;
}

}  // namespace condenser::cli
