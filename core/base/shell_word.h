// Commands that users can paste into a shell.
#pragma once

#include <string>

namespace condenser {

// `text` as one word for a POSIX shell: in quotes if it holds anything but letters, digits and "-_./:=,+@%".
std::string shellWord(const std::string& text);

}  // namespace condenser
