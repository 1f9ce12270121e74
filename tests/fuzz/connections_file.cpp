#include "io/connections_file.h"

#include "base/check.h"
#include "support/io_scratch.h"

using namespace condenser;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const test::ScratchFolder folder;
    test::writeBytes(folder / kConnectionsName, {reinterpret_cast<const char*>(data), size});
    const auto index = readConnectionsIndex(folder.path());
    if (!index) return 0;
    for (std::size_t i = 0; i < index->records.size(); ++i) {
        const auto record = readConnections(folder.path(), i);
        if (!record) continue;
        CORE_CHECK(record->layers.size() == index->layers.size());
        // What has been read can be written.
        CORE_CHECK(appendConnections(folder.path(), index->layers, *record));
    }
    CORE_CHECK(cutConnections(folder.path(), 0, 0));
    CORE_CHECK(readConnectionsIndex(folder.path()));
    return 0;
}
