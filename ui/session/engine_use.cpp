#include "session/engine_use.h"

namespace condenser {

std::shared_mutex& engine() {
    static std::shared_mutex mutex;
    return mutex;
}

}  // namespace condenser
