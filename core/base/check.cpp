#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace condenser {

void checkFailed(const char* condition, const char* file, int line) {
    std::fprintf(stderr, "condenser: internal check failed: %s (%s:%d)\n", condition, file, line);
    std::abort();
}

}  // namespace condenser
