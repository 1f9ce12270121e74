#include "connections/connections_session.h"

namespace condenser {

ConnectionsSession::ConnectionsSession(QObject* parent) : QObject(parent) {}
ConnectionsSession::~ConnectionsSession() = default;

void ConnectionsSession::openRun(const std::filesystem::path&, bool, bool) {}
void ConnectionsSession::openModel(const CurrentModel&) {}
void ConnectionsSession::close() {}
void ConnectionsSession::lookAgain() {}
void ConnectionsSession::setTraining(bool) {}
void ConnectionsSession::readRecord(int) {}
void ConnectionsSession::readWeights(int) {}

}  // namespace condenser
