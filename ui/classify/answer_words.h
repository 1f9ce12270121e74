// What all views of the Classify page say of a picture, in the same words.
#pragma once

#include <QImage>
#include <QString>

#include "classify/answer_model.h"

namespace condenser {

// As the network saw it, small; null before there is an answer.
inline QImage thumbnailOf(const AnsweredPicture& picture) {
    return picture.seen;
}

// The class that its folder names; empty: unknown.
inline QString trueClassOf(const AnsweredPicture& picture) {
    if (picture.truth < 0 || !picture.modelFile) return {};
    const auto index = static_cast<std::size_t>(picture.truth);
    return index < picture.modelFile->classes.size() ? QString::fromStdString(picture.modelFile->classes[index])
                                                     : QString();
}

// "ring / star": the dense answer and the condensed one.
inline QString bothAnswers(const AnsweredPicture& picture) {
    return QStringLiteral("%1 / %2").arg(QString::fromStdString(picture.dense.front().name),
                                         QString::fromStdString(picture.condensed.front().name));
}

}  // namespace condenser
