#include "base/result.h"

namespace condenser {

std::string Error::text() const {
    std::string text = what;
    for (const std::string* part : {&where, &why}) {
        if (!part->empty()) text += ": " + *part;
    }
    if (!remedy.empty()) {
        text += ". " + remedy;
        char& first = text[text.size() - remedy.size()];  // a sentence of its own
        if (first >= 'a' && first <= 'z') first = static_cast<char>(first - 'a' + 'A');
    }
    return text;
}

}  // namespace condenser
