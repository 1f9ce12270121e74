#include "compare/compare_session.h"

namespace condenser {

CompareSession::CompareSession(const std::filesystem::path& /*store*/, QObject* parent) : QObject(parent) {}
CompareSession::~CompareSession() = default;

void CompareSession::measure(const MeasureRequest& request) {
    m_request = request;
}

void CompareSession::cancel() {}
void CompareSession::list() {}
void CompareSession::read(qint64 /*id*/) {}
void CompareSession::remove(qint64 /*id*/) {}
void CompareSession::keep(ComparisonPtr /*what*/) {}

}  // namespace condenser
