#include "net/cifar10_download.h"

namespace condenser {

DownloadRequest cifar10Download(const std::filesystem::path& folder) {
    return {.url = std::string("https://") + kCifar10Host + "/~kriz/" + kCifar10FileName,
            .target = folder / kCifar10FileName,
            .bytes = kCifar10Bytes,
            .md5 = "c32a1d4ab5d03f1284b67883e8d87530"};  // as that page has it
}

}  // namespace condenser
