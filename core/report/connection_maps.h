// Which connections of a network live and how strong they are, as pictures.
#pragma once

#include <cstddef>
#include <string>

#include "io/connections_file.h"
#include "network/network_spec.h"

namespace condenser::report {

// The map of the whole network and one of each layer, with what they mean written below. `connectionsLeft` is how many
// connections (group x input) may still be drawn one by one; it is lowered by those that are. Where it does not
// suffice, layers are left out evenly, and the text says so.
std::string connectionMaps(const NetworkSpec& spec, const std::vector<ConnectionsLayer>& layers,
                           const ConnectionsRecord& record, std::size_t& connectionsLeft);

}  // namespace condenser::report
