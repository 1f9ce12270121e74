// inspect --connections: which connections of a network live and how strong they are, of a model as it is, or of a run
// at the moments that it recorded.
#pragma once

#include <string>

#include "cli/frame.h"
#include "cli/output.h"
#include "io/model_file.h"

namespace condenser::cli {

struct ConnectionsRequest {
    std::string layer =
        "all";                // a learned convolution's name in full, without "features." or as "1.2"; "all": every one
    std::string at = "last";  // of a run (inspect_moments.h)
    std::string csv;          // a file to write, a line for each moment, layer, group and input; empty: none
};

// What inspect prints of it: a text for people, or members of the object that --json prints.
struct ShownConnections {
    std::string text;
    Json members;
};

// Writes the table, too, if one was asked for.
Result<ShownConnections> showConnections(const ModelFile& model, const ConnectionsRequest& request, bool json);

// Whether `model` is the folder of a run.
bool isRunFolder(const std::string& model);

// The whole command for a run's folder. Runs in training can be looked at.
Outcome inspectRun(const std::string& folder, const ConnectionsRequest& request, const Common& common);

}  // namespace condenser::cli
