#include "classify/activation_session.h"

namespace condenser {

ActivationSession::ActivationSession(QObject* parent) : QObject(parent) {}
ActivationSession::~ActivationSession() = default;

void ActivationSession::compute(const std::shared_ptr<const ModelFile>& /*model*/,
                                const std::shared_ptr<const Picture>& /*picture*/,
                                const std::filesystem::path& /*path*/, const std::vector<int>& /*classes*/) {}

void ActivationSession::forget() {}

}  // namespace condenser
