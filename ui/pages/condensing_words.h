// What is told of a condensing step: before it, what it will do; after it, what it did.
#pragma once

#include <QString>

#include "run/condensing_effect.h"

namespace condenser {

// "loss 0.41 → 0.93, test accuracy 81.2 % → 63.0 %, recovered after 3.2 epochs"; empty while nothing is measured.
// `nextStep` is the epoch of the condensing step after it, or infinite.
QString effectWords(const CondensingEffect& effect, double nextStep, const QString& testName);

// In short lines, for the cursor. `removed` as "1/4".
QString explainStep(const CondensingEffect& effect, double nextStep, const QString& removed, const QString& testName);

}  // namespace condenser
