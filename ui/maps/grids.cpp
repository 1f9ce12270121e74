#include "maps/grids.h"

namespace condenser {

CellGridPtr networkGrid(const ConnectionLayout&, const std::vector<ConnectionsLayer>&, const ConnectionsRecord&) {
    return nullptr;
}
CellGridPtr layerGrid(const ConnectionLayout&, const std::vector<ConnectionsLayer>&, const ConnectionsRecord&, int, int,
                      int) {
    return nullptr;
}
CellGridPtr groupGrid(const ConnectionLayout&, const LayerWeights&, int, int) {
    return nullptr;
}

}  // namespace condenser
