// Which pictures are held back to choose the best epoch with.
#pragma once

#include <cstdint>

#include "data/data_source.h"

namespace condenser {

// Moves a share of the training pictures to the test part, which is then named "validation": chosen by the seed, the
// same share of each class and at least one of each; a class of one picture keeps it. Both parts stay in the data's own
// order; what was in the test part is dropped.
void splitValidation(DataSource& source, double share, std::uint64_t seed);

}  // namespace condenser
