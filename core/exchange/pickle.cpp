#include "exchange/pickle.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <optional>
#include <string>

#include "base/check.h"
#include "exchange/pickle_words.h"

namespace condenser {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{32} << 20;
constexpr std::size_t kMaxValues = std::size_t{2} << 20;
constexpr std::size_t kMaxCells = std::size_t{8} << 20;
constexpr int kMaxDepth = 64;
constexpr std::uint8_t kNewestProtocol = 5;

}  // namespace

// The stack machine, its stack holding ids. Every step returns false once something is wrong.
class Pickle::Parser {
  public:
    Parser(std::span<const std::byte> bytes, const Reading& reading) : m_bytes(bytes), m_reading(reading) {
        m_pickle.m_bytes = bytes;
        m_pickle.m_values = {Value{}, Value{Kind::kBool}, Value{Kind::kBool}};
        m_pickle.m_values[kTrueId].number = 1;
    }

    Result<Pickle> run() {
        while (!m_stopped) {
            m_opcodeAt = m_at;
            std::uint8_t opcode = 0;
            if (!number(opcode) || !step(opcode)) {
                CORE_CHECK(m_error);
                return tl::unexpected(std::move(*m_error));
            }
        }
        return std::move(m_pickle);
    }

    std::size_t position() const { return m_at; }

  private:
    static constexpr Id kNoneId = 0, kFalseId = 1, kTrueId = 2;
    static constexpr Id kNothing = ~Id{0};  // in the memo

    bool refuse(ErrorCode code, const std::string& why, std::string remedy = {}) {
        m_error = Error{code, m_reading.what, m_reading.where,
                        fmt::format("its pickle, at byte {}: {}", m_opcodeAt, why), std::move(remedy)};
        return false;
    }
    bool bad(const std::string& why) { return refuse(ErrorCode::kBadFormat, why); }
    bool tooLarge(const std::string& why) { return refuse(ErrorCode::kTooLarge, why); }

    bool refuseName(std::string_view name) {
        std::string shown = inQuotes(name);
        shown = shown.substr(1, shown.size() - 2);
        return refuse(ErrorCode::kUnsupported,
                      fmt::format("it asks for {}, which no state dict needs; nothing was run", shown),
                      "save the weights alone, as in torch.save(model.state_dict(), FILE)");
    }

    // ---- input ------------------------------------------------------------------------------------------------------

    bool take(std::uint64_t count, std::span<const std::byte>& taken) {
        if (count > m_bytes.size() - m_at) return bad("it is cut short, or longer than can be read");
        taken = m_bytes.subspan(m_at, static_cast<std::size_t>(count));
        m_at += static_cast<std::size_t>(count);
        return true;
    }

    // Little-endian, as this machine is.
    template <class T>
    bool number(T& value) {
        std::span<const std::byte> bytes;
        if (!take(sizeof value, bytes)) return false;
        std::memcpy(&value, bytes.data(), sizeof value);
        return true;
    }

    bool line(std::string_view& text) {
        const auto rest = m_bytes.subspan(m_at);
        const auto end = std::find(rest.begin(), rest.end(), std::byte{'\n'});
        if (end == rest.end()) return bad("it is cut short");
        const auto length = static_cast<std::size_t>(end - rest.begin());
        text = {reinterpret_cast<const char*>(rest.data()), length};
        m_at += length + 1;
        return true;
    }

    // ---- values -----------------------------------------------------------------------------------------------------

    bool add(Value value, Id& id) {
        if (m_pickle.m_values.size() >= kMaxValues)
            return tooLarge(fmt::format("it has more than {} values", kMaxValues));
        id = static_cast<Id>(m_pickle.m_values.size());
        m_pickle.m_values.push_back(value);
        return true;
    }

    bool pushNew(Value value) {
        Id id = 0;
        return add(value, id) && push(id);
    }

    bool push(Id id) {
        m_stack.push_back(id);
        return true;
    }

    bool pushInt(std::int64_t number) {
        Value value{Kind::kInt};
        value.number = number;
        return pushNew(value);
    }

    template <class Length>
    bool pushText(Kind kind) {
        Length length{};
        return number(length) && pushSpan(kind, static_cast<std::uint64_t>(length));
    }

    bool pushSpan(Kind kind, std::uint64_t length) {
        std::span<const std::byte> bytes;
        Value value{kind};
        value.number = static_cast<std::int64_t>(m_at);
        if (!take(length, bytes)) return false;
        value.count = static_cast<std::uint32_t>(length);
        return pushNew(value);
    }

    bool append(Id container, Id item) {
        Value& value = m_pickle.m_values[container];
        value.depth =
            std::max<std::uint16_t>(value.depth, static_cast<std::uint16_t>(m_pickle.m_values[item].depth + 1));
        if (value.depth > kMaxDepth) return tooLarge(fmt::format("it is nested more than {} deep", kMaxDepth));
        if (m_pickle.m_cells.size() >= kMaxCells) {
            return tooLarge(fmt::format("its lists have more than {} items", kMaxCells));
        }
        const auto cell = static_cast<std::uint32_t>(m_pickle.m_cells.size());
        m_pickle.m_cells.push_back({item, 0});
        if (value.count == 0) {
            value.first = cell;
        } else {
            m_pickle.m_cells[value.last].next = cell;
        }
        value.last = cell;
        ++value.count;
        return true;
    }

    bool pushOf(Kind kind, std::span<const Id> items) {
        Id id = 0;
        if (!add(Value{kind}, id)) return false;
        for (const Id item : items) {
            if (!append(id, item)) return false;
        }
        return push(id);
    }

    // ---- stack ------------------------------------------------------------------------------------------------------

    // A mark hides what is below it.
    std::size_t available() const { return m_stack.size() - (m_marks.empty() ? 0 : m_marks.back()); }
    bool needs(std::size_t count) { return available() >= count || bad("it takes more from its stack than there is"); }

    bool pop(Id& id) {
        if (!needs(1)) return false;
        id = m_stack.back();
        m_stack.pop_back();
        return true;
    }

    // What was pushed since the last mark, which is taken away.
    bool popMarked(std::vector<Id>& items) {
        if (m_marks.empty()) return bad("it goes back to a mark that it did not set");
        const auto begin = m_stack.begin() + static_cast<std::ptrdiff_t>(m_marks.back());
        items.assign(begin, m_stack.end());
        m_stack.erase(begin, m_stack.end());
        m_marks.pop_back();
        return true;
    }

    // ---- opcodes ----------------------------------------------------------------------------------------------------

    bool pushTuple(std::size_t count) {
        if (!needs(count)) return false;
        std::array<Id, 3> items{};
        std::copy_n(m_stack.end() - static_cast<std::ptrdiff_t>(count), count, items.begin());
        m_stack.resize(m_stack.size() - count);
        return pushOf(Kind::kTuple, std::span(items).first(count));
    }

    bool pushMarked(Kind kind) {
        std::vector<Id> items;
        if (!popMarked(items)) return false;
        if (kind == Kind::kDict && items.size() % 2 != 0) return bad("a dict has a key without a value");
        return pushOf(kind, items);
    }

    // Adds items to the container below them.
    bool extend(Kind kind, std::span<const Id> items) {
        if (!needs(1)) return false;
        const Id container = m_stack.back();
        if (!m_pickle.is(container, kind)) return bad("it adds items to what is no list or dict");
        if (kind == Kind::kDict && items.size() % 2 != 0) return bad("a dict has a key without a value");
        for (const Id item : items) {
            if (!append(container, item)) return false;
        }
        return true;
    }

    bool extendOne(Kind kind, std::size_t count) {
        if (!needs(count + 1)) return false;
        std::array<Id, 2> items{};
        std::copy_n(m_stack.end() - static_cast<std::ptrdiff_t>(count), count, items.begin());
        m_stack.resize(m_stack.size() - count);
        return extend(kind, std::span(items).first(count));
    }

    bool extendMarked(Kind kind) {
        std::vector<Id> items;
        return popMarked(items) && extend(kind, items);
    }

    bool put(std::uint64_t index, bool take) {
        // Each put takes a byte at least, so that an honest index is below their number.
        if (index >= m_bytes.size()) return bad(fmt::format("its memo has no place {}", index));
        if (take) {
            if (index >= m_memo.size() || m_memo[index] == kNothing) {
                return bad(fmt::format("it takes from place {} of its memo, where nothing is", index));
            }
            return push(m_memo[index]);
        }
        if (!needs(1)) return false;
        if (index >= m_memo.size()) m_memo.resize(index + 1, kNothing);
        if (m_memo[index] == kNothing) ++m_memoized;
        m_memo[index] = m_stack.back();
        return true;
    }

    template <class Index>
    bool memo(bool take) {
        Index index{};
        return number(index) && put(index, take);
    }

    bool pushName(std::string_view module, std::string_view name) {
        // The longest known name is short; a hostile one need not be copied.
        constexpr std::size_t kShown = 200;
        const std::string whole = fmt::format("{}.{}", module.substr(0, kShown), name.substr(0, kShown));
        const auto known = std::find_if(std::begin(kPickleNames), std::end(kPickleNames),
                                        [&](const PickleName& entry) { return entry.name == whole; });
        if (known == std::end(kPickleNames)) return refuseName(whole);
        Value value{Kind::kName};
        value.number = known - std::begin(kPickleNames);
        return pushNew(value);
    }

    bool pushGlobal() {
        std::string_view module, name;
        return line(module) && line(name) && pushName(module, name);
    }

    bool pushStackGlobal() {
        Id name = 0, module = 0;
        if (!pop(name) || !pop(module)) return false;
        if (!m_pickle.is(name, Kind::kText) || !m_pickle.is(module, Kind::kText)) return bad("a name is no text");
        return pushName(m_pickle.text(module), m_pickle.text(name));
    }

    // REDUCE and NEWOBJ: what would be called is remembered.
    bool build() {
        Id arguments = 0, function = 0;
        if (!pop(arguments) || !pop(function)) return false;
        if (!m_pickle.is(function, Kind::kName)) return bad("it calls what is no name");
        if (!m_pickle.is(arguments, Kind::kTuple)) return bad("it calls a function with what is no tuple");
        const PickleName& known = kPickleNames[static_cast<std::size_t>(m_pickle.m_values[function].number)];
        if (known.use == PickleUse::kDict) return pushOrderedDict(arguments);
        if (known.use != PickleUse::kFunction) return bad(fmt::format("it calls {}, which is no function", known.name));
        return pushOf(Kind::kBuilt, std::array{function, arguments});
    }

    // Python 2 gives the items as a list of pairs.
    bool pushOrderedDict(Id arguments) {
        Id dict = 0;
        if (!add(Value{Kind::kDict}, dict)) return false;
        if (m_pickle.count(arguments) > 1) return bad("an OrderedDict has more than one argument");
        if (m_pickle.count(arguments) == 1) {
            const Id list = m_pickle.items(arguments).front();
            if (!m_pickle.is(list, Kind::kList)) return bad("an OrderedDict is made of what is no list");
            std::uint32_t cell = m_pickle.m_values[list].first;
            for (std::size_t i = m_pickle.count(list); i > 0; --i, cell = m_pickle.m_cells[cell].next) {
                const Id pair = m_pickle.m_cells[cell].item;
                if ((!m_pickle.is(pair, Kind::kList) && !m_pickle.is(pair, Kind::kTuple)) ||
                    m_pickle.count(pair) != 2) {
                    return bad("an OrderedDict is made of what are no pairs");
                }
                for (const Id item : m_pickle.items(pair)) {
                    if (!append(dict, item)) return false;
                }
            }
        }
        return push(dict);
    }

    // Attributes of an object (`_metadata` of a state dict, a dtype's byte order) say nothing about values.
    bool dropState() {
        Id state = 0;
        if (!pop(state) || !needs(1)) return false;
        const Kind object = m_pickle.kind(m_stack.back());
        if (object != Kind::kBuilt && object != Kind::kDict) return bad("it gives attributes to what has none");
        return true;
    }

    // A whole number in two's complement.
    bool pushLong(std::int64_t length) {
        if (length < 0) return bad("a whole number has a negative length");
        const auto bytes = static_cast<std::uint64_t>(length);
        if (bytes > sizeof(std::int64_t)) return pushSpan(Kind::kBigInt, bytes);
        std::span<const std::byte> taken;
        if (!take(bytes, taken)) return false;
        std::uint64_t bits = !taken.empty() && (taken.back() & std::byte{0x80}) != std::byte{} ? ~std::uint64_t{0} : 0;
        for (std::size_t i = taken.size(); i > 0; --i) bits = bits << 8 | std::to_integer<std::uint64_t>(taken[i - 1]);
        return pushInt(static_cast<std::int64_t>(bits));
    }

    template <class Length>
    bool pushLong() {
        Length length{};
        return number(length) && pushLong(static_cast<std::int64_t>(length));
    }

    // Decimal: Python 2 writes what passes 32 bits so.
    bool pushDecimal(bool isLong) {
        std::string_view text;
        if (!line(text)) return false;
        if (!isLong && (text == "00" || text == "01")) return push(text == "01" ? kTrueId : kFalseId);
        if (isLong && text.ends_with('L')) text.remove_suffix(1);
        std::int64_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (text.empty() || error != std::errc{} || end != text.data() + text.size()) {
            return bad(fmt::format("{} is no whole number of 64 bits", inQuotes(text)));
        }
        return pushInt(value);
    }

    bool pushReal() {
        std::uint64_t bits = 0;
        if (!number(bits)) return false;
        Value value{Kind::kReal};
        value.number = static_cast<std::int64_t>(__builtin_bswap64(bits));  // big-endian, alone of all
        return pushNew(value);
    }

    template <class T>
    bool pushNumber() {
        T value{};
        return number(value) && pushInt(static_cast<std::int64_t>(value));
    }

    bool protocol() {
        std::uint8_t version = 0;
        if (!number(version)) return false;
        if (version <= kNewestProtocol) return true;
        return refuse(ErrorCode::kUnsupported,
                      fmt::format("it is of protocol {}, and 1 to {} can be read", version, kNewestProtocol));
    }

    bool step(std::uint8_t opcode) {
        std::uint64_t ignored = 0;
        Id dropped = 0;
        std::vector<Id> items;
        switch (opcode) {
            case kProto:
                return protocol();
            case kFrame:
                return number(ignored);
            case kStop:
                m_stopped = true;
                return pop(m_pickle.m_root);
            case kMark:
                m_marks.push_back(m_stack.size());
                return true;
            case kPop:
                return pop(dropped);
            case kPopMark:
                return popMarked(items);
            case kDup:
                return needs(1) && push(m_stack.back());

            case kNoneOp:
                return push(kNoneId);
            case kNewTrue:
                return push(kTrueId);
            case kNewFalse:
                return push(kFalseId);
            case kBinInt:
                return pushNumber<std::int32_t>();
            case kBinInt1:
                return pushNumber<std::uint8_t>();
            case kBinInt2:
                return pushNumber<std::uint16_t>();
            case kIntLine:
                return pushDecimal(/*isLong=*/false);
            case kLongLine:
                return pushDecimal(/*isLong=*/true);
            case kLong1:
                return pushLong<std::uint8_t>();
            case kLong4:
                return pushLong<std::int32_t>();
            case kBinFloat:
                return pushReal();

            // Python 2's strings are texts and bytes in one.
            case kShortBinString:
            case kShortBinUnicode:
                return pushText<std::uint8_t>(Kind::kText);
            case kBinString:
            case kBinUnicode:
                return pushText<std::uint32_t>(Kind::kText);
            case kBinUnicode8:
                return pushText<std::uint64_t>(Kind::kText);
            case kShortBinBytes:
                return pushText<std::uint8_t>(Kind::kBytes);
            case kBinBytes:
                return pushText<std::uint32_t>(Kind::kBytes);
            case kBinBytes8:
                return pushText<std::uint64_t>(Kind::kBytes);

            case kEmptyList:
            case kEmptySet:
                return pushOf(Kind::kList, {});
            case kEmptyTuple:
                return pushOf(Kind::kTuple, {});
            case kEmptyDict:
                return pushOf(Kind::kDict, {});
            case kListOp:
            case kFrozenSet:
                return pushMarked(Kind::kList);
            case kTupleOp:
                return pushMarked(Kind::kTuple);
            case kDictOp:
                return pushMarked(Kind::kDict);
            case kTuple1:
                return pushTuple(1);
            case kTuple2:
                return pushTuple(2);
            case kTuple3:
                return pushTuple(3);
            case kAppend:
                return extendOne(Kind::kList, 1);
            case kAppends:
            case kAddItems:
                return extendMarked(Kind::kList);
            case kSetItem:
                return extendOne(Kind::kDict, 2);
            case kSetItems:
                return extendMarked(Kind::kDict);

            case kBinPut:
                return memo<std::uint8_t>(/*take=*/false);
            case kLongBinPut:
                return memo<std::uint32_t>(/*take=*/false);
            case kMemoize:
                return put(m_memoized, /*take=*/false);
            case kBinGet:
                return memo<std::uint8_t>(/*take=*/true);
            case kLongBinGet:
                return memo<std::uint32_t>(/*take=*/true);

            case kGlobal:
                return pushGlobal();
            case kStackGlobal:
                return pushStackGlobal();
            case kReduce:
            case kNewObj:
                return build();
            case kBuild:
                return dropState();
            case kBinPersId:
                return pushPersistent();
            default:
                return refuse(ErrorCode::kUnsupported,
                              fmt::format("it has the opcode 0x{:02X}, which no state dict needs", opcode));
        }
    }

    bool pushPersistent() {
        Id description = 0;
        return pop(description) && pushOf(Kind::kPersistent, std::array{description});
    }

    std::span<const std::byte> m_bytes;
    const Reading& m_reading;
    std::size_t m_at = 0, m_opcodeAt = 0;
    bool m_stopped = false;
    std::optional<Error> m_error;
    Pickle m_pickle;
    std::vector<Id> m_stack;
    std::vector<std::size_t> m_marks;  // heights of the stack
    std::vector<Id> m_memo;
    std::uint64_t m_memoized = 0;  // places of the memo that are taken: where MEMOIZE puts
};

Result<Pickle> Pickle::read(std::span<const std::byte> bytes, std::size_t& offset, const Reading& reading) {
    CORE_CHECK(offset <= bytes.size());
    const std::span<const std::byte> rest = bytes.subspan(offset);
    Parser parser(rest.first(std::min(rest.size(), kMaxBytes)), reading);
    auto pickle = parser.run();
    offset += parser.position();
    return pickle;
}

std::int64_t Pickle::integer(Id id) const {
    CORE_CHECK(is(id, Kind::kInt) || is(id, Kind::kBool));
    return m_values[id].number;
}

double Pickle::real(Id id) const {
    CORE_CHECK(is(id, Kind::kReal));
    return std::bit_cast<double>(m_values[id].number);
}

std::string_view Pickle::text(Id id) const {
    const Value& value = m_values[id];
    if (value.kind == Kind::kName) return kPickleNames[static_cast<std::size_t>(value.number)].name;
    CORE_CHECK(value.kind == Kind::kText || value.kind == Kind::kBytes || value.kind == Kind::kBigInt);
    return {reinterpret_cast<const char*>(m_bytes.data()) + value.number, value.count};
}

std::size_t Pickle::count(Id id) const {
    CORE_CHECK(kind(id) >= Kind::kList && kind(id) != Kind::kName);
    return m_values[id].count;
}

std::vector<Pickle::Id> Pickle::items(Id id) const {
    std::vector<Id> found;
    found.reserve(count(id));
    std::uint32_t cell = m_values[id].first;
    for (std::size_t i = count(id); i > 0; --i, cell = m_cells[cell].next) found.push_back(m_cells[cell].item);
    return found;
}

}  // namespace condenser
