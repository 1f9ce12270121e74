// The moments of a run's record, under the names that --at takes.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "io/connections_file.h"

namespace condenser::cli {

// "epoch:12"; "before:2" and "after:2": just before and just after condensing step 2.
std::string momentName(const ConnectionsKey& key);
// "at the end of epoch 12", "just before condensing step 2".
std::string momentWords(const ConnectionsKey& key);

// The records that `at` asks for, by their numbers: "last", "best" (the epoch of the run's model.safetensors), "all" or
// a name. There must be records; `folder` is the run's.
Result<std::vector<std::size_t>> chooseMoments(const std::vector<ConnectionsKey>& records, const std::string& at,
                                               const std::filesystem::path& folder);

}  // namespace condenser::cli
