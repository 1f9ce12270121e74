#include <algorithm>
#include <cstdint>
#include <string>

#include "data/cifar_files.h"
#include "sources.h"

using namespace condenser;

// The first byte says which set it is, and how much of the rest is its file of names; what is left is every other file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const bool is10 = data[0] % 2 == 0;
    const std::string rest(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::size_t names = std::min<std::size_t>(data[0] / 2 * 16, rest.size());
    std::map<std::string, std::string> files;
    if (names > 0) files[is10 ? "batches.meta.txt" : "fine_label_names.txt"] = rest.substr(0, names);
    for (const char* name : {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin",
                             "data_batch_5.bin", "test_batch.bin"}) {
        if (is10) files[name] = rest.substr(names);
    }
    if (!is10) files["train.bin"] = files["test.bin"] = rest.substr(names);
    checkSource(cifarFromFiles(is10 ? CifarKind::k10 : CifarKind::k100, std::move(files), "fuzz"));
    return 0;
}
