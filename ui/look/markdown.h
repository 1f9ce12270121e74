// Markdown as our help pages use it.
#pragma once

#include <QString>

namespace condenser {

// Text that stands for itself, whatever signs it has: a path, a key.
QString markdownEscaped(const QString& text);

}  // namespace condenser
