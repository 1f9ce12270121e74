// The flags that name a model, and what they open.
#pragma once

#include <optional>
#include <string>

#include "cli/frame.h"
#include "run/model_source.h"

namespace condenser::cli {

// What --variant takes besides dense and condensed, where both may be asked for.
inline constexpr const char* kBothVariants = "dense,condensed";

struct ModelOptions {
    std::string model, weights;
    std::string variant;  // dense, condensed, kBothVariants; empty: the form stored
    std::optional<double> classifierKeep;
    bool referenceQuirks = false;
};

// --model and --weights.
void addModelFlags(Command& command, ModelOptions& options);
// --variant dense|condensed.
void addVariantFlag(Command& command, ModelOptions& options);
// --classifier-keep and --reference-quirks, which act where a dense network is condensed.
void addConversionFlags(Command& command, ModelOptions& options);

// An error, begun by `what`, where `out` is one of the files that the network is read from: what is written would be
// all that is left, and no way leads back.
Result<> refuseSource(const ModelOptions& options, const std::string& out, const char* what);

// Opens the network and tells on stderr what the user should know about it.
Result<OpenedModel> openModel(const ModelOptions& options, const Common& common);

}  // namespace condenser::cli
