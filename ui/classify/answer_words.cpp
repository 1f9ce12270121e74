#include "classify/answer_words.h"

#include <QCoreApplication>

namespace condenser {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("answers", text);
}

}  // namespace

QString trueClassOf(const AnsweredPicture& picture) {
    if (picture.truth < 0) return {};
    return QString::fromStdString(picture.modelFile->classes[static_cast<std::size_t>(picture.truth)]);
}

QString bothAnswers(const AnsweredPicture& picture) {
    return QStringLiteral("%1 / %2").arg(QString::fromStdString(picture.said.forms.front().best().name),
                                         QString::fromStdString(picture.said.forms.back().best().name));
}

QString otherAnswer(const AnsweredPicture& picture) {
    const bool dense = picture.answer().variant == Variant::kDense;
    const FormAnswer& other = dense ? picture.said.forms.back() : picture.said.forms.front();
    return (dense ? tr("condensed: %1") : tr("dense: %1")).arg(QString::fromStdString(other.best().name));
}

QString millisecondsOf(const FormAnswer& form) {
    const double ms = form.milliseconds;
    return QString::number(ms, 'f', ms < 9.995 ? 2 : ms < 99.95 ? 1 : 0);
}

QString withoutDenseForm(const AnsweredPicture& picture) {
    return tr("No dense form: %1").arg(picture.noDense);
}

}  // namespace condenser
