#include "pages/condensing_words.h"

#include <QCoreApplication>
#include <QStringList>

#include "look/format.h"

namespace condenser {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("condensingWords", text);
}

QStringList effectParts(const CondensingEffect& effect, const QString& testName) {
    QStringList parts;
    if (effect.lossBefore && effect.lossAfter) {
        parts << tr("loss %1 → %2").arg(*effect.lossBefore, 0, 'f', 2).arg(*effect.lossAfter, 0, 'f', 2);
    }
    if (effect.top1Before && effect.top1After) {
        parts
            << tr("%1 accuracy %2 → %3").arg(testName, formatShare(*effect.top1Before), formatShare(*effect.top1After));
    }
    using Recovery = CondensingEffect::Recovery;
    switch (effect.recovery) {
        case Recovery::kUnknown:
            break;
        case Recovery::kNoDrop:
            parts << tr("no drop");
            break;
        case Recovery::kRecovered:
            parts << tr("recovered after %1").arg(formatPlural(effect.epochs, tr("epoch"), tr("epochs")));
            break;
        case Recovery::kNotYet:
            parts << tr("not yet recovered");
            break;
        case Recovery::kNextStepFirst:
            parts << tr("not recovered before the next step");
            break;
    }
    return parts;
}

}  // namespace

QString effectWords(const CondensingEffect& effect, const QString& testName) {
    return effectParts(effect, testName).join(QStringLiteral(", "));
}

QString explainStep(const CondensingStep& step, const QString& removed, bool done, const CondensingEffect& effect,
                    const QString& testName) {
    QStringList lines{(done ? tr("condensing step %1 removed %2 of what was left;")
                            : tr("condensing step %1 removes %2 of what is left;"))
                          .arg(step.stage)
                          .arg(removed),
                      tr("a jump here is expected")};
    if (done) lines << effectParts(effect, testName);
    return lines.join(u'\n');
}

}  // namespace condenser
