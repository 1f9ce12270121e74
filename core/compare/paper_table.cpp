#include "compare/paper_table.h"

namespace condenser {

const std::vector<PaperNetwork>& paperNetworks() {
    static const std::vector<PaperNetwork> networks{
        {"VGG-16", "vgg-16", false, 354},
        {"ResNet-18", "resnet-18", false, 8.14},
        {"MobileNet 1.0", "mobilenet-1.0", false, 1.96},
        {"CondenseNet-74 C=G=4", "condensenet-74-g4", true, 1.89},
        {"CondenseNet-74 C=G=8", "condensenet-74-g8", true, 0.99},
    };
    return networks;
}

Result<std::vector<BenchModel>> openPaperNetworks(std::uint64_t /*seed*/) {
    return fail(ErrorCode::kUnsupported, "cannot open the networks", "", "not built yet");
}

}  // namespace condenser
