#include "ops/vector_lanes.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "vector_lanes.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "ops/tiles-inl.h"

HWY_BEFORE_NAMESPACE();
namespace condenser {
namespace HWY_NAMESPACE {

int lanesOfTarget() {
    return static_cast<int>(hwy::HWY_NAMESPACE::Lanes(hwy::HWY_NAMESPACE::ScalableTag<float>()));
}

int rowsOfTarget(int rows) {
    return tileRows(rows);
}

int gradientTileOfTarget(int left) {
    return gradientTile(left);
}

}  // namespace HWY_NAMESPACE
}  // namespace condenser
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace condenser {

HWY_EXPORT(lanesOfTarget);
HWY_EXPORT(rowsOfTarget);
HWY_EXPORT(gradientTileOfTarget);

int vectorLanes() {
    return HWY_DYNAMIC_DISPATCH(lanesOfTarget)();
}

int largestTileRows(int rows) {
    return HWY_DYNAMIC_DISPATCH(rowsOfTarget)(rows);
}

int nextGradientTile(int left) {
    return HWY_DYNAMIC_DISPATCH(gradientTileOfTarget)(left);
}

}  // namespace condenser
#endif  // HWY_ONCE
