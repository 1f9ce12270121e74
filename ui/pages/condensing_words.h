// What is told of a condensing step: before it, what it will do; after it, what it did.
#pragma once

#include <QString>

#include "plots/condensing_effect.h"
#include "run/training_run.h"

namespace condenser {

// "loss 0.41 → 0.93, test accuracy 81.2 % → 63.0 %, recovered after 3 epochs"; empty while nothing is measured.
QString effectWords(const CondensingEffect& effect, const QString& testName);

// In short lines, for the cursor. `removed` as "1/4"; `effect` is looked at once the step is done.
QString explainStep(const CondensingStep& step, const QString& removed, bool done, const CondensingEffect& effect,
                    const QString& testName);

}  // namespace condenser
