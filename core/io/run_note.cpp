#include "io/run_note.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <system_error>

#include "base/atomic_file.h"
#include "data/class_names.h"
#include "io/json.h"

namespace condenser {
namespace {

constexpr std::size_t kMaxName = 200, kMaxNote = 10'000;                  // characters
constexpr std::size_t kMaxFileBytes = (kMaxName + kMaxNote) * 12 + 1024;  // each may be two \uXXXX

std::size_t charactersOf(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// UTF-8 in which line ends and tabs are the only control characters.
bool isFreeText(std::string_view text) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of("\n\r\t"), text.size());
        if (end > 0 && !isPlainText(text.substr(0, end))) return false;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return true;
}

// Empty, or what is wrong.
std::string faultOf(const RunNote& note) {
    if (!note.name.empty() && !isPlainText(note.name)) return "the name is not one line of UTF-8 text";
    if (!isFreeText(note.note)) return "the note is not UTF-8 text";
    const std::size_t name = charactersOf(note.name), text = charactersOf(note.note);
    if (name > kMaxName) return fmt::format("the name has {} characters, and at most {} are allowed", name, kMaxName);
    if (text > kMaxNote) return fmt::format("the note has {} characters, and at most {} are allowed", text, kMaxNote);
    return {};
}

}  // namespace

Result<RunNote> parseRunNote(std::string_view text, const std::string& name) {
    const Reading reading{"cannot read the run's note", name};
    const auto json = parseJson(text, reading);
    if (!json) return tl::unexpected(json.error());
    JsonFields fields(*json, reading);
    fields.version1("a note");
    RunNote note{fields.text("name", kMaxFileBytes), fields.text("note", kMaxFileBytes)};
    if (auto ok = fields.result(); !ok) return tl::unexpected(ok.error());
    if (std::string fault = faultOf(note); !fault.empty()) return reading.bad(std::move(fault));
    return note;
}

Result<RunNote> readRunNote(const std::filesystem::path& folder) {
    const std::filesystem::path path = folder / kRunNoteName;
    const auto text = readWholeFile(path, kMaxFileBytes);
    if (text) return parseRunNote(*text, path.string());
    Error error = text.error();
    if (error.code == ErrorCode::kNotFound) return RunNote{};
    error.what = "cannot read the run's note";
    return tl::unexpected(std::move(error));
}

Result<> writeRunNote(const std::filesystem::path& folder, const RunNote& note) {
    constexpr const char* kWhat = "cannot write the run's note";
    const std::filesystem::path path = folder / kRunNoteName;
    if (std::string fault = faultOf(note); !fault.empty()) {
        return fail(ErrorCode::kUsage, kWhat, path.string(), std::move(fault));
    }
    if (note.name.empty() && note.note.empty()) {
        std::error_code error;
        std::filesystem::remove(path, error);  // an absent one is no error
        if (error) return fail(ErrorCode::kWrite, kWhat, path.string(), error.message());
        return {};
    }
    const Json json{Json::Object{{"version", {std::uint64_t{1}}}, {"name", {note.name}}, {"note", {note.note}}}};
    auto written = writeFileAtomically(path, jsonText(json, 2) + "\n");
    if (!written) written.error().what = kWhat;
    return written;
}

}  // namespace condenser
