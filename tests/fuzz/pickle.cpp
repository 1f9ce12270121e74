#include "exchange/pickle.h"

#include "base/check.h"

using namespace condenser;
using Kind = Pickle::Kind;

// Every value can be asked for what it is.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = std::as_bytes(std::span(data, size));
    std::size_t offset = 0;
    while (offset < size) {
        const std::size_t before = offset;
        const auto pickle = Pickle::read(bytes, offset, {"cannot read the checkpoint", "fuzz"});
        if (!pickle) {
            CORE_CHECK(!pickle.error().why.empty());
            return 0;
        }
        CORE_CHECK(offset > before && offset <= size && pickle->root() < pickle->size());
        for (Pickle::Id id = 0; id < pickle->size(); ++id) {
            switch (pickle->kind(id)) {
                case Kind::kNone:
                    break;
                case Kind::kBool:
                case Kind::kInt:
                    static_cast<void>(pickle->integer(id));
                    break;
                case Kind::kReal:
                    static_cast<void>(pickle->real(id));
                    break;
                case Kind::kBigInt:
                case Kind::kText:
                case Kind::kBytes:
                    CORE_CHECK(pickle->text(id).size() <= size);
                    break;
                case Kind::kName:
                    CORE_CHECK(!pickle->text(id).empty());
                    break;
                default:
                    for (const Pickle::Id item : pickle->items(id)) CORE_CHECK(item < pickle->size());
                    CORE_CHECK(!pickle->is(id, Kind::kDict) || pickle->count(id) % 2 == 0);
                    CORE_CHECK(!pickle->is(id, Kind::kBuilt) || pickle->is(pickle->items(id)[0], Kind::kName));
            }
        }
    }
    return 0;
}
