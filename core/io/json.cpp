#include "io/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

namespace condenser {
namespace {

using Library = nlohmann::json;

// Builds our values from the library's events, so that a limit that is passed ends the reading at once.
class Builder : public nlohmann::json_sax<Library> {
  public:
    explicit Builder(std::string& why) : m_why(why) { m_open.reserve(kMaxJsonDepth); }

    Json take() { return std::move(m_root); }

    bool null() override { return add({nullptr}) != nullptr; }
    bool boolean(bool value) override { return add({value}) != nullptr; }
    bool number_integer(number_integer_t value) override { return add({std::int64_t{value}}) != nullptr; }
    bool number_unsigned(number_unsigned_t value) override { return add({std::uint64_t{value}}) != nullptr; }
    bool number_float(number_float_t value, const string_t&) override { return add({double{value}}) != nullptr; }
    bool string(string_t& value) override { return add({std::move(value)}) != nullptr; }
    bool binary(binary_t&) override { return false; }  // not in JSON text
    bool start_object(std::size_t) override { return open({Json::Object{}}); }
    bool start_array(std::size_t) override { return open({Json::Array{}}); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }

    bool key(string_t& name) override {
        auto& object = std::get<Json::Object>(m_open.back()->value);
        const auto [place, isNew] = object.try_emplace(std::move(name));
        if (!isNew) return refuse(fmt::format("the name {} occurs twice in its JSON", inQuotes(place->first)));
        m_slot = &place->second;
        return true;
    }

    bool parse_error(std::size_t position, const std::string&, const Library::exception&) override {
        return refuse(fmt::format("its JSON is not valid at byte {}", position));
    }

  private:
    bool refuse(std::string why) {
        m_why = std::move(why);
        return false;
    }

    // Puts a value where the next one belongs: at the root, behind a name, or at an array's end.
    Json* add(Json value) {
        if (++m_count > kMaxJsonValues) {
            refuse(fmt::format("its JSON has more than {} values", kMaxJsonValues));
            return nullptr;
        }
        Json* place = &m_root;
        if (m_slot != nullptr) {
            place = std::exchange(m_slot, nullptr);
        } else if (!m_open.empty()) {
            place = &std::get<Json::Array>(m_open.back()->value).emplace_back();
        }
        *place = std::move(value);
        return place;
    }

    bool open(Json value) {
        if (m_open.size() >= kMaxJsonDepth) {
            return refuse(fmt::format("its JSON is nested more than {} deep", kMaxJsonDepth));
        }
        Json* place = add(std::move(value));
        if (place == nullptr) return false;
        m_open.push_back(place);
        return true;
    }

    bool close() {
        m_open.pop_back();
        return true;
    }

    std::string& m_why;
    Json m_root;
    std::vector<Json*> m_open;  // the containers around the next value; none grows while one inside it is open
    Json* m_slot = nullptr;     // where the value of the name just read goes
    std::size_t m_count = 0;
};

Library toLibrary(const Json& json) {
    return std::visit(
        [](const auto& value) -> Library {
            using T = std::decay_t<decltype(value)>;
            if constexpr (std::is_same_v<T, Json::Array>) {
                Library array = Library::array();
                for (const Json& element : value) array.push_back(toLibrary(element));
                return array;
            } else if constexpr (std::is_same_v<T, Json::Object>) {
                Library object = Library::object();
                for (const auto& [name, element] : value) object[name] = toLibrary(element);
                return object;
            } else {
                return Library(value);
            }
        },
        json.value);
}

// NaN where it is no number.
double realOf(const Json& json) {
    if (const auto* value = std::get_if<double>(&json.value)) return *value;
    if (const auto* value = std::get_if<std::int64_t>(&json.value)) return static_cast<double>(*value);
    if (const auto* value = std::get_if<std::uint64_t>(&json.value)) return static_cast<double>(*value);
    return std::numeric_limits<double>::quiet_NaN();
}

const Json kNothing{};

}  // namespace

Json::Json() = default;
Json::Json(Value what) : value(std::move(what)) {}
Json::Json(const Json& other) = default;
Json::Json(Json&& other) noexcept = default;
Json& Json::operator=(const Json& other) = default;
Json& Json::operator=(Json&& other) noexcept = default;
Json::~Json() = default;

std::int64_t Json::index() const {
    const auto* number = std::get_if<std::uint64_t>(&value);
    if (number == nullptr || *number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return -1;
    return static_cast<std::int64_t>(*number);
}

Result<Json> parseJson(std::string_view text, const Reading& reading) {
    // The library takes a zero byte for the end, and would not look at what is hidden behind it.
    if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos) {
        return reading.bad(fmt::format("its JSON is not valid at byte {}", zero + 1));
    }
    std::string why = "its JSON is not valid";
    Builder builder(why);
    if (!Library::sax_parse(text.begin(), text.end(), &builder)) return reading.bad(std::move(why));
    return builder.take();
}

std::string jsonText(const Json& json, int indent) {
    return toLibrary(json).dump(indent, ' ', false, Library::error_handler_t::replace);
}

double shortDouble(float value) {
    char digits[32];
    const auto written = std::to_chars(digits, digits + sizeof digits, value);
    double shortest = 0;
    std::from_chars(digits, written.ptr, shortest);
    return static_cast<float>(shortest) == value ? shortest : static_cast<double>(value);
}

std::string inQuotes(std::string_view text) {
    std::size_t length = std::min<std::size_t>(text.size(), 60);
    // Not in the middle of a character.
    while (length < text.size() && length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80) --length;
    std::string shown = "\"";
    for (const char c : text.substr(0, length)) shown += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c;
    return shown + (length < text.size() ? "...\"" : "\"");
}

JsonFields::JsonFields(const Json& json, Reading reading) : m_object(json.object()), m_reading(std::move(reading)) {
    static const Json::Object kEmpty;
    if (m_object == nullptr) {
        m_object = &kEmpty;
        refuse("its JSON is not an object");
    }
}

bool JsonFields::has(const char* key) const {
    return m_object->contains(key);
}

void JsonFields::refuse(std::string why) {
    refuse(m_reading.bad(std::move(why)).value());
}

void JsonFields::refuse(Error error) {
    if (!std::exchange(m_failed, true)) m_error = std::move(error);
}

Result<> JsonFields::result() const {
    if (m_failed) return tl::unexpected(m_error);
    return {};
}

const Json* JsonFields::find(const char* key, const char* expected) {
    if (m_failed) return nullptr;
    const auto found = m_object->find(key);
    if (found != m_object->end()) return &found->second;
    refuse(fmt::format("\"{}\" is missing; {} is expected", key, expected));
    return nullptr;
}

const Json& JsonFields::any(const char* key) {
    const Json* json = find(key, "a value");
    return json != nullptr ? *json : kNothing;
}

std::string JsonFields::text(const char* key, std::size_t maxLength) {
    const Json* json = find(key, "a text");
    if (json == nullptr) return {};
    if (json->text() == nullptr) {
        refuse(fmt::format("\"{}\" is not a text", key));
    } else if (json->text()->size() > maxLength) {
        refuse(fmt::format("\"{}\" has {} bytes, and at most {} are allowed", key, json->text()->size(), maxLength));
    } else {
        return *json->text();
    }
    return {};
}

bool JsonFields::flag(const char* key) {
    const Json* json = find(key, "true or false");
    if (json == nullptr) return false;
    if (const bool* value = std::get_if<bool>(&json->value)) return *value;
    refuse(fmt::format("\"{}\" is neither true nor false", key));
    return false;
}

std::int64_t JsonFields::integer(const char* key, std::int64_t low, std::int64_t high) {
    const Json* json = find(key, "a whole number");
    if (json == nullptr) return low;
    const auto* negative = std::get_if<std::int64_t>(&json->value);
    const std::int64_t value = negative != nullptr ? *negative : json->index();
    if ((negative != nullptr || value >= 0) && value >= low && value <= high) return value;
    refuse(fmt::format("\"{}\" is not a whole number from {} to {}", key, low, high));
    return low;
}

std::uint64_t JsonFields::unsignedInteger(const char* key) {
    const Json* json = find(key, "a whole number");
    if (json == nullptr) return 0;
    if (const auto* value = std::get_if<std::uint64_t>(&json->value)) return *value;
    refuse(fmt::format("\"{}\" is not a whole number from 0 to 2^64 - 1", key));
    return 0;
}

double JsonFields::real(const char* key, double low, double high) {
    const Json* json = find(key, "a number");
    if (json == nullptr) return low;
    const double value = realOf(*json);
    if (value >= low && value <= high) return value;
    refuse(fmt::format("\"{}\" is not a number from {} to {}", key, low, high));
    return low;
}

std::vector<std::string> JsonFields::texts(const char* key, std::size_t maxCount, std::size_t maxLength) {
    const Json* json = find(key, "a list of texts");
    if (json == nullptr) return {};
    if (json->array() == nullptr || json->array()->size() > maxCount) {
        refuse(fmt::format("\"{}\" is not a list of at most {} texts", key, maxCount));
        return {};
    }
    std::vector<std::string> texts;
    for (const Json& element : *json->array()) {
        if (element.text() == nullptr || element.text()->size() > maxLength) {
            refuse(
                fmt::format("entry {} of \"{}\" is not a text of at most {} bytes", texts.size() + 1, key, maxLength));
            return {};
        }
        texts.push_back(*element.text());
    }
    return texts;
}

std::vector<double> JsonFields::reals(const char* key, std::size_t count, double low, double high) {
    const Json* json = find(key, "a list of numbers");
    std::vector<double> numbers;
    if (json != nullptr && json->array() != nullptr && json->array()->size() == count) {
        for (const Json& element : *json->array()) {
            const double value = realOf(element);
            if (value >= low && value <= high) numbers.push_back(value);
        }
    }
    if (numbers.size() == count) return numbers;
    if (json != nullptr) refuse(fmt::format("\"{}\" is not a list of {} numbers from {} to {}", key, count, low, high));
    return std::vector<double>(count, low);
}

void JsonFields::version1(const std::string& ofWhat) {
    const std::int64_t version = integer("version", 1, std::numeric_limits<std::int64_t>::max());
    if (m_failed || version == 1) return;
    refuse(Error{ErrorCode::kUnsupported, m_reading.what, m_reading.where,
                 fmt::format("it is {} of version {}, and this program knows version 1", ofWhat, version),
                 "use a newer version of Condenser"});
}

}  // namespace condenser
