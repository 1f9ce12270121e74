// Errors of the user's or the world's making travel as values: Result<T> holds a T or an Error.
#pragma once

#include <string>
#include <tl/expected.hpp>

namespace condenser {

enum class ErrorCode {
    kUsage,        // the request itself is wrong (a flag, a spec, a combination)
    kNotFound,     // a file or folder that is not there
    kUnreadable,   // it is there, but cannot be opened, read or decoded
    kBadFormat,    // its content breaks the rules of its format
    kUnsupported,  // its content is of a kind or version that we do not know
    kTooLarge,     // beyond a stated limit, or beyond the memory
    kBadData,      // readable, but of no use (one class only, no pictures, shapes that do not fit)
    kWrite,        // writing failed (disk full, read-only, gone)
    kNotFinite,    // a loss or weight is NaN or infinite
    kCancelled     // the caller asked to stop
};

// One sentence in parts, so that the command line and the window can lay it out as they need:
// "WHAT: WHERE: WHY", then how to mend it.
struct Error {
    ErrorCode code = ErrorCode::kBadData;
    std::string what;    // what could not be done: "cannot read the model"
    std::string where;   // the file, folder, tensor or option concerned; may be empty
    std::string why;     // what was found and what was expected
    std::string remedy;  // what to try; may be empty

    // "WHAT: WHERE: WHY. REMEDY", on one line.
    std::string text() const;
};

template <class T = void>
using Result = tl::expected<T, Error>;

// A failed Result of any type: `return fail(ErrorCode::kNotFound, "cannot open the data", path, "no such folder");`
inline tl::unexpected<Error> fail(ErrorCode code, std::string what, std::string where, std::string why,
                                  std::string remedy = {}) {
    return tl::unexpected<Error>(Error{code, std::move(what), std::move(where), std::move(why), std::move(remedy)});
}

}  // namespace condenser
