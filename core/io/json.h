// JSON from files that nobody vouches for: bounded in depth and in number, no name twice, and every field asked for by
// type and range.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace condenser {

struct Json {
    using Array = std::vector<Json>;
    using Object = std::map<std::string, Json>;
    // Whole numbers without a sign are unsigned, those with one are signed, all others (and too large ones) double.
    using Value = std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, double, std::string, Array, Object>;
    Value value;

    // Defined in one place: inlined everywhere, GCC 12 warns of uninitialised memory that it only believes in.
    Json();
    Json(Value what);
    Json(const Json& other);
    Json(Json&& other) noexcept;
    Json& operator=(const Json& other);
    Json& operator=(Json&& other) noexcept;
    ~Json();

    const Array* array() const { return std::get_if<Array>(&value); }
    const Object* object() const { return std::get_if<Object>(&value); }
    const std::string* text() const { return std::get_if<std::string>(&value); }
    // A whole number from 0 to the largest int64, or -1.
    std::int64_t index() const;
};

// What is being read; begins every error about it.
struct Reading {
    std::string what;   // "cannot read the model"
    std::string where;  // the file

    tl::unexpected<Error> bad(std::string why) const {
        return fail(ErrorCode::kBadFormat, what, where, std::move(why));
    }
};

inline constexpr int kMaxJsonDepth = 16;
inline constexpr std::size_t kMaxJsonValues = std::size_t{1} << 18;  // about 40 MB of them

Result<Json> parseJson(std::string_view text, const Reading& reading);

// UTF-8; bytes that are not become U+FFFD. Doubles are in their shortest form that reads back as the same bits.
// `indent` < 0: on one line.
std::string jsonText(const Json& json, int indent = -1);

// `float` as the double whose shortest form is the float's own: 0.4914 and not 0.4913999915122986.
double shortDouble(float value);

// A piece of a file for an error message: in quotes, control characters replaced, cut at 60 bytes or so.
std::string inQuotes(std::string_view text);

// An object's fields, each with its type and range. The first that is not right is remembered, and from then on every
// call returns the least harmful value (0, "", low), so that the caller asks for all of them and looks at error() once.
class JsonFields {
  public:
    JsonFields(const Json& json, Reading reading);

    bool has(const char* key) const;
    const Json& any(const char* key);
    std::string text(const char* key, std::size_t maxLength);
    bool flag(const char* key);
    std::int64_t integer(const char* key, std::int64_t low, std::int64_t high);
    int number(const char* key, int low, int high) { return static_cast<int>(integer(key, low, high)); }
    std::uint64_t unsignedInteger(const char* key);
    double real(const char* key, double low, double high);  // finite
    std::vector<std::string> texts(const char* key, std::size_t maxCount, std::size_t maxLength);
    std::vector<double> reals(const char* key, std::size_t count, double low, double high);

    // `version` must be 1: a newer one is kUnsupported, in words.
    void version1(const std::string& ofWhat);

    // For a rule that a caller finds broken.
    void refuse(std::string why);
    void refuse(Error error);

    Result<> result() const;

  private:
    const Json* find(const char* key, const char* expected);

    const Json::Object* m_object;
    Reading m_reading;
    bool m_failed = false;
    Error m_error;
};

}  // namespace condenser
