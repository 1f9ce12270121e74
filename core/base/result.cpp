#include "base/result.h"

namespace condenser {

std::string Error::text() const {
    std::string text = what;
    for (const std::string* part : {&where, &why}) {
        if (!part->empty()) text += ": " + *part;
    }
    if (!remedy.empty()) text += ". " + remedy;
    return text;
}

}  // namespace condenser
