#include <QAbstractItemView>
#include <QDir>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QStackedWidget>
#include <QTest>

#include "connections/connections_page.h"
#include "connections/map_pane.h"
#include "connections/scrubber.h"
#include "look/theme.h"
#include "maps/cell_map.h"
#include "recorded_runs.h"

using namespace condenser;
using namespace condenser::testing;

class TestConnectionsPage : public QObject {
    Q_OBJECT

  private slots:
    void init() { failOnWarnings(); }

    // To be looked at, if a folder is named: CONDENSER_GRABS, and a run in CONDENSER_RUN.
    void looks() {
        const QString folder = qEnvironmentVariable("CONDENSER_GRABS");
        if (folder.isEmpty()) QSKIP("nobody looks");
        QDir().mkpath(folder);
        for (const Theme* theme : {&darkTheme(), &lightTheme()}) {
            qApp->setPalette(paletteOf(*theme));
            qApp->setStyleSheet(styleSheetOf(*theme, QApplication::font().pointSizeF()));
            ConnectionsPage page(m_home.settings());
            page.resize(916, 660);
            page.setTheme(*theme);
            page.setAttribute(Qt::WA_StyledBackground);
            page.show();
            page.showRun(toPath(qEnvironmentVariable("CONDENSER_RUN")));
            ConnectionsState& state = page.state();
            QTRY_VERIFY_WITH_TIMEOUT(state.record() != nullptr, kWaitMs);
            const auto keep = [&](const char* name) {
                QTest::qWait(50);
                QPixmap picture(page.size() * page.devicePixelRatioF());
                picture.setDevicePixelRatio(page.devicePixelRatioF());
                picture.fill(theme->window);
                page.render(&picture);
                picture.save(QStringLiteral("%1/%2-%3.png")
                                 .arg(folder, theme->dark ? QStringLiteral("dark") : QStringLiteral("light"),
                                      QLatin1String(name)));
            };
            keep("1-network");
            state.setMoment(state.source()->momentAt(3.2));
            QTRY_VERIFY_WITH_TIMEOUT(state.recordMoment() == state.moment(), kWaitMs);
            keep("2-network-early");
            state.setPlace({MapLevel::kLayer, 6, 0});
            state.setShowsNextToGo(true);
            keep("3-layer");
            state.setTrace({.what = Trace::What::kReads, .layer = 6, .group = 1});
            keep("4-layer-traced");
            state.setPlace({MapLevel::kGroup, 6, 1});
            keep("5-group-unkept");
            state.setMoment(state.source()->count() - 1);
            QTRY_VERIFY_WITH_TIMEOUT(state.weights() != nullptr, kWaitMs);
            keep("6-group");
            state.setPlace({MapLevel::kLayer, 6, 0});
            state.setArrangement(Arrangement::kByIndex);
            QTest::qWait(1000);
            keep("7-index");
            find<QPushButton>(page, "compareToggle")->click();
            keep("8-compare");
            ConnectionsPage empty(m_home.settings());
            empty.resize(916, 660);
            empty.setTheme(*theme);
            empty.show();
            empty.grab().save(folder +
                              (theme->dark ? QStringLiteral("/dark-empty.png") : QStringLiteral("/light-empty.png")));
        }
    }

  private:
    PrivateHome m_home;
};

QTEST_MAIN(TestConnectionsPage)
#include "tst_connections_page.moc"
