#include "pages/condensing_words.h"

#include <QCoreApplication>
#include <QStringList>

#include "look/format.h"

namespace condenser {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("condensingWords", text);
}

QStringList effectParts(const CondensingEffect& effect, double nextStep, const QString& testName) {
    QStringList parts;
    if (!effect.done) return parts;
    const bool jump = effect.lossBefore && effect.lossAfter;
    if (jump) parts << tr("loss %1 → %2").arg(*effect.lossBefore, 0, 'f', 2).arg(*effect.lossAfter, 0, 'f', 2);
    if (effect.top1Before && effect.top1After) {
        parts
            << tr("%1 accuracy %2 → %3").arg(testName, formatShare(*effect.top1Before), formatShare(*effect.top1After));
    }
    if (!jump) return parts;
    if (!effect.epochsToRecover) {
        parts << tr("not yet recovered");
    } else if (*effect.epochsToRecover == 0) {
        parts << tr("no jump");
    } else if (effect.step.epoch + *effect.epochsToRecover > nextStep) {
        parts << tr("not recovered before the next step");
    } else {
        parts << tr("recovered after %1 epochs").arg(*effect.epochsToRecover, 0, 'f', 1);
    }
    return parts;
}

}  // namespace

QString effectWords(const CondensingEffect& effect, double nextStep, const QString& testName) {
    return effectParts(effect, nextStep, testName).join(QStringLiteral(", "));
}

QString explainStep(const CondensingEffect& effect, double nextStep, const QString& removed, const QString& testName) {
    if (effect.step.step == 0)
        return tr("before the first training step %1 of the connections were left out").arg(removed);
    QStringList lines{(effect.done ? tr("condensing step %1 removed %2 of what was left;")
                                   : tr("condensing step %1 removes %2 of what is left;"))
                          .arg(effect.step.stage)
                          .arg(removed),
                      tr("a jump here is expected")};
    return (lines + effectParts(effect, nextStep, testName)).join(u'\n');
}

}  // namespace condenser
