// What all views of the Classify page say of a picture that is answered, in the same words.
#pragma once

#include <QString>

#include "classify/answer_model.h"

namespace condenser {

// The class that its folder names; empty: unknown.
QString trueClassOf(const AnsweredPicture& picture);

// "ring / star": the dense answer and the condensed one. Of a model with both forms, as what follows.
QString bothAnswers(const AnsweredPicture& picture);

// "dense: ring": the answer of the form that does not speak for the model.
QString otherAnswer(const AnsweredPicture& picture);

// A time in milliseconds, to three digits; without its unit.
QString millisecondsOf(const FormAnswer& form);

// "No dense form: ..."; of a model that has none.
QString withoutDenseForm(const AnsweredPicture& picture);

}  // namespace condenser
