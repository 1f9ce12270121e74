#include "classify/answer_export.h"

#include <QWidget>

namespace condenser {

AnswerExport::AnswerExport(AnswerModel& /*model*/, AnswerFilter& /*filter*/, QWidget* owner) : QObject(owner) {}

AnswerExport::~AnswerExport() = default;

void AnswerExport::addTo(QMenu& /*menu*/) {}

QString AnswerExport::csv() const {
    return {};
}

bool AnswerExport::busy() const {
    return false;
}

void AnswerExport::cancel() {}

}  // namespace condenser
