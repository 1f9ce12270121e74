#include "compare/compare_page.h"

namespace condenser {

ComparePage::ComparePage(QSettings& /*settings*/, InferenceSession& /*inference*/, TrainingSession& /*training*/,
                         CompareSession& /*session*/, QWidget* parent)
    : Page(parent) {}

void ComparePage::setTheme(const Theme& /*theme*/) {}

void ComparePage::mainAction() {}

QString ComparePage::helpPage() const {
    return QStringLiteral("compare");
}

std::optional<Exhibit> ComparePage::exhibit() const {
    return std::nullopt;
}

}  // namespace condenser
