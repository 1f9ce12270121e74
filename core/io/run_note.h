// note.json in a run's folder: what its user calls it and has to say about it. A file of its own, so that it can be
// changed while the run trains and writes run.json.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace condenser {

inline constexpr const char* kRunNoteName = "note.json";

struct RunNote {
    std::string name;  // empty: the folder's name; at most 200 characters, one line
    std::string note;  // free text; at most 10'000 characters
};

// Both empty where there is no file. UTF-8; sizes are bounded before anything is read.
Result<RunNote> readRunNote(const std::filesystem::path& folder);
// The same from text; `name` stands for the file in messages.
Result<RunNote> parseRunNote(std::string_view text, const std::string& name);

// Atomically; both empty removes the file. kUsage where the limits above are passed.
Result<> writeRunNote(const std::filesystem::path& folder, const RunNote& note);

}  // namespace condenser
