// Golden data in tests of Qt Test: one row a case.
#pragma once

#include <QTest>

#include "support/golden.h"

namespace condenser::golden {

// Of the fixtures (or CONDENSER_GOLDEN); read once.
inline const Manifest& manifest() {
    static const Manifest read = [] {
        auto manifest = readManifest(folder(CONDENSER_FIXTURES));
        if (!manifest) qFatal("%s", manifest.error().text().c_str());
        return std::move(*manifest);
    }();
    return read;
}

// The cases of a group whose names begin so; at least one.
inline std::vector<const Case*> casesOf(std::string_view group, std::string_view prefix = "") {
    std::vector<const Case*> cases = manifest().ofGroup(group);
    std::erase_if(cases, [&](const Case* which) { return !which->nameStartsWith(prefix); });
    if (cases.empty()) qFatal("no golden case of the group %s", std::string(group).c_str());
    return cases;
}

// For a test's _data function.
inline void addRows(std::string_view group, std::string_view prefix = "") {
    QTest::addColumn<QString>("name");
    for (const Case* which : casesOf(group, prefix))
        QTest::newRow(which->name.c_str()) << QString::fromStdString(which->name);
}

// The case of the row ("name") that is being tested.
inline const Case& caseOfRow() {
    const QString name = *static_cast<QString*>(QTest::qData("name", qMetaTypeId<QString>()));
    return *manifest().find(name.toStdString());
}

// Runs it by the first handler that fits.
inline void runRow(std::span<const Handler> handlers) {
    double worst = 0;
    const std::string problems = runCase(caseOfRow(), handlers, worst);
    QVERIFY2(problems.empty(), problems.c_str());
    qInfo("largest error: %.4f of what is allowed", worst);
}

}  // namespace condenser::golden
