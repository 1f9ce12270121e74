// The connection map as a table for screen readers.
#pragma once

namespace condenser {

// Once is enough; more often does no harm.
void installCellMapAccessibility();

}  // namespace condenser
