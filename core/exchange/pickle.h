// Python's pickles, read as what they describe and never as what they do: a pickle is a program for a little machine
// that may call any function by name. This is no such machine with a filter but a parser of a closed list of opcodes
// and a closed list of names, which builds plain values and nothing else. No name stands for any code of ours.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "io/json.h"

namespace condenser {

// One pickle as a graph of values, which may share parts and even hold themselves; whoever walks over it takes steps of
// known number and never recurses. Texts are views of the bytes that it was read from, which must outlive it.
class Pickle {
  public:
    enum class Kind : std::uint8_t {
        kNone,
        kBool,
        kInt,
        kBigInt,  // beyond 64 bits: text() is its two's complement, little-endian
        kReal,
        kText,
        kBytes,
        kList,  // sets, too
        kTuple,
        kDict,       // items: key, value, key, value, ... in order, as they were set; OrderedDict, too
        kName,       // text: "torch.FloatStorage"
        kBuilt,      // "what this function would make of that": items: a name, a tuple of arguments
        kPersistent  // a thing outside of the pickle; items: its description
    };
    using Id = std::uint32_t;  // of a value: below size()

    // Reads the pickle at `offset` and moves that behind it. Of protocols 1 to 5 whatever a state dict may be written
    // with; protocol 0 can hold no tensors. Bounded are its bytes, values and depth, and its memory: a small multiple
    // of the bytes, whatever they say.
    static Result<Pickle> read(std::span<const std::byte> bytes, std::size_t& offset, const Reading& reading);

    Id root() const { return m_root; }
    std::size_t size() const { return m_values.size(); }

    Kind kind(Id id) const { return m_values[id].kind; }
    bool is(Id id, Kind kind) const { return m_values[id].kind == kind; }
    // Whether it is the name, "collections.OrderedDict".
    bool isName(Id id, std::string_view name) const { return is(id, Kind::kName) && text(id) == name; }
    std::int64_t integer(Id id) const;   // kBool, kInt
    double real(Id id) const;            // kReal
    std::string_view text(Id id) const;  // kText, kBytes, kBigInt, kName
    std::size_t count(Id id) const;      // of the items of a container, kBuilt or kPersistent
    std::vector<Id> items(Id id) const;  // look at count() first: a file may hold many references to one long list

  private:
    class Parser;

    struct Value {
        Kind kind = Kind::kNone;
        std::uint16_t depth = 0;            // of values below; that of a list as it was when it was last appended to
        std::uint32_t count = 0;            // items, or bytes of text
        std::uint32_t first = 0, last = 0;  // cells, where count > 0
        std::int64_t number = 0;            // or the bits of a double, the place of a text, the number of a name
    };
    // Items are chained, so that a list can grow wherever it stands without any memory of its own.
    struct Cell {
        Id item = 0;
        std::uint32_t next = 0;
    };

    std::span<const std::byte> m_bytes;
    std::vector<Value> m_values;
    std::vector<Cell> m_cells;
    Id m_root = 0;
};

}  // namespace condenser
