#include "connections/connections_page.h"

namespace condenser {

ConnectionsPage::ConnectionsPage(QSettings&, QWidget* parent) : Page(parent) {}
ConnectionsPage::~ConnectionsPage() = default;
void ConnectionsPage::setTheme(const Theme&) {}
void ConnectionsPage::mainAction() {}
QString ConnectionsPage::helpPage() const {
    return QStringLiteral("connections");
}
std::optional<Exhibit> ConnectionsPage::exhibit() const {
    return std::nullopt;
}
void ConnectionsPage::showRun(const std::filesystem::path&, bool) {}
void ConnectionsPage::showTraining(const RunStarted&) {}
void ConnectionsPage::momentRecorded() {}
void ConnectionsPage::trainingEnded() {}
void ConnectionsPage::showModel(const CurrentModel&) {}
std::filesystem::path ConnectionsPage::run() const {
    return {};
}
void ConnectionsPage::showEpoch(double) {}
void ConnectionsPage::setPicture(const std::shared_ptr<const Picture>&, const QString&) {}

}  // namespace condenser
