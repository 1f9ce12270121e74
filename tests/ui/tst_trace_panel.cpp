// The Trace panel: lists equal counts made by hand, every way along the path by mouse and keyboard, contents follow the
// record.
#include <QLabel>
#include <QPushButton>
#include <QTest>
#include <cmath>

#include "connections/layer_weights.h"
#include "connections/reuse_picture.h"
#include "connections/trace_panel.h"
#include "connections/trace_words.h"
#include "panel_by_hand.h"

using namespace condenser;
using namespace condenser::testing;

namespace {

const Trace kNothing{};
const Trace kGroup{.what = Trace::What::kReads, .layer = 2, .group = 1};
const Trace kFeature{.what = Trace::What::kReadBy, .source = 1, .channel = 9};

}  // namespace

class TracePanelTest : public QObject, private PanelByHand<TracePanel> {
    Q_OBJECT

  private slots:
    void init();
    void cleanup() { end(); }

    void explainsHowToTrace();
    void listsWhatAGroupReads();
    void sumsUpBySource();
    void listsWhatALayerReads();
    void listsWhoReadsAFeature();
    void sumsUpByLayer();
    void listsWhoReadsASource();
    void lastLayerIsReadByTheClassifier();
    void saysWhatGroupsDidWithAFeature();
    void ownWeightsOfAFilter();
    void followsByClickAndComesBack();
    void followsByKeyboard();
    void switchesDirections();
    void survivesScrubbing();
    void sleepsWhileHidden();
    void reusePictureIsLitAlongThePath();
    void reusePictureGoesToALayer();

  private:
    QString title() const { return plain(find<QLabel>(*m_panel, "traceTitle")->text()); }
    void click(const char* button) { QTest::mouseClick(find<QPushButton>(*m_panel, button), Qt::LeftButton); }
};

// Group 2 of 2.1 reads f 14 of 1.2, f 3 of the stem and f 9 of 1.1; f 9 is dropped by group 1 of 2.2.
void TracePanelTest::init() {
    begin();
    keepOnly(*m_record, 2, 1, {{3, 0.5}, {9, 0.25}, {14, 0.75}});
    drop(*m_record, 3, 0, 9);
    m_state->setSource(m_source);
    show(0);
}

void TracePanelTest::explainsHowToTrace() {
    QTRY_VERIFY(sentence().contains(QStringLiteral("press R")));
    QVERIFY(table()->isHidden());
    m_state->setTrace(kGroup);
    QVERIFY(table()->isVisible());
    m_state->setSource(nullptr);
    QTRY_COMPARE(sentence(), QStringLiteral("Nothing has been recorded yet."));
}

void TracePanelTest::listsWhatAGroupReads() {
    m_state->setTrace(kGroup);
    QCOMPARE(title(), QStringLiteral("Layer 2.1"));
    QCOMPARE(sentence(), QStringLiteral("Keeps 3 of 16 inputs, read by all its 4 filters."));
    QVERIFY(plain(find<QLabel>(*m_panel, "traceGroup")->text()).contains(QStringLiteral("group 2")));
    QVERIFY(find<QLabel>(*m_panel, "traceGroup")->text().contains(darkTheme().series[1].name()));
    QCOMPARE(rows(), QStringList({QStringLiteral("f 14|1.2|0.750"), QStringLiteral("f 3|stem|0.500"),
                                  QStringLiteral("f 9|1.1|0.250")}));
}

void TracePanelTest::sumsUpBySource() {
    m_state->setTrace(kGroup);
    click("traceSummed");
    QCOMPARE(rows(), QStringList({QStringLiteral("stem|1 of 8|0.500"), QStringLiteral("1.1|1 of 4|0.250"),
                                  QStringLiteral("1.2|1 of 4|0.750")}));
    click("traceSummed");
    QCOMPARE(rows().size(), 3);
    QCOMPARE(rows().first(), QStringLiteral("f 14|1.2|0.750"));
}

void TracePanelTest::listsWhatALayerReads() {
    m_state->setTrace({.what = Trace::What::kReads, .layer = 2});
    // Group 1 keeps all 16, group 2 three.
    QCOMPARE(sentence(), QStringLiteral("Keeps 19 of 32 connections (59.4 %) of its 2 groups to 3 of 3 sources."));
    QCOMPARE(rows(), QStringList({QStringLiteral("stem|9 of 16|0.944"), QStringLiteral("1.1|5 of 8|0.850"),
                                  QStringLiteral("1.2|5 of 8|0.950")}));
    QVERIFY(find<QPushButton>(*m_panel, "traceSummed")->isHidden());
}

void TracePanelTest::listsWhoReadsAFeature() {
    m_state->setTrace(kFeature);
    QCOMPARE(title(), QStringLiteral("Feature f 9"));
    QCOMPARE(sentence(), QStringLiteral("Made by 1.1, read by 5 groups of 3 later layers, of 6 that could."));
    QCOMPARE(rows(),
             QStringList({QStringLiteral("1.2|1|1.000"), QStringLiteral("1.2|2|1.000"), QStringLiteral("2.1|1|1.000"),
                          QStringLiteral("2.1|2|0.250"), QStringLiteral("2.2|2|1.000")}));
}

void TracePanelTest::sumsUpByLayer() {
    m_state->setTrace(kFeature);
    click("traceSummed");
    QCOMPARE(rows(), QStringList({QStringLiteral("1.2|2 of 2|1.000"), QStringLiteral("2.1|2 of 2|0.625"),
                                  QStringLiteral("2.2|1 of 2|1.000")}));
}

void TracePanelTest::listsWhoReadsASource() {
    m_state->setTrace({.what = Trace::What::kReadBy, .source = 1});
    QCOMPARE(title(), QStringLiteral("What 1.1 makes"));
    QCOMPARE(sentence(), QStringLiteral("Read by 6 groups of 3 later layers, of 6 that could."));
    QCOMPARE(rows(), QStringList({QStringLiteral("1.2|8 of 8|1.000"), QStringLiteral("2.1|5 of 8|0.850"),
                                  QStringLiteral("2.2|7 of 8|1.000")}));
}

void TracePanelTest::lastLayerIsReadByTheClassifier() {
    m_state->setTrace({.what = Trace::What::kReadBy, .source = 4, .channel = 21});
    QCOMPARE(sentence(), QStringLiteral("Made by 2.2, the last layer: only the classifier reads it."));
    QCOMPARE(rows(), QStringList());
}

void TracePanelTest::saysWhatGroupsDidWithAFeature() {
    m_state->setTrace(kFeature);
    m_state->setPlace({MapLevel::kLayer, 2, 0});
    // Group 1 of 2.1 has 16 equal inputs, of which the first four would go; group 2 has too few left to lose any.
    QVERIFY2(sentence().endsWith(QStringLiteral("In 2.1: kept by groups 1 (1st of 16) and 2 (3rd of 3).")),
             qPrintable(sentence()));
    m_state->setPlace({MapLevel::kLayer, 3, 0});
    QVERIFY2(sentence().endsWith(QStringLiteral("In 2.2: kept by group 2 (1st of 20), dropped by group 1.")),
             qPrintable(sentence()));
    m_state->setTrace({.what = Trace::What::kReadBy, .source = 0, .channel = 2});
    QVERIFY2(sentence().endsWith(QStringLiteral("In 2.2: next to go from groups 1 and 2.")), qPrintable(sentence()));
    m_state->setTrace({.what = Trace::What::kReadBy, .source = 4, .channel = 21});  // it cannot read this one
    QVERIFY(!sentence().contains(QStringLiteral("In 2.2")));
}

void TracePanelTest::ownWeightsOfAFilter() {
    const auto model = modelByHand(*m_source);
    auto connections = connectionsOf(*model);
    QVERIFY(connections.has_value());
    m_record = std::make_shared<ConnectionsRecord>(connections->record);
    m_source = std::make_shared<ConnectionsSource>(*m_source);
    m_source->folder = "another";
    m_source->models.back() = "model";
    m_state->setSource(m_source);
    // Row 5 of the layer is of group 2: rows belong to the groups in turn.
    m_state->setTrace({.what = Trace::What::kReads, .layer = 1, .group = 1, .filter = 5});
    QTRY_COMPARE(title(), QStringLiteral("Filter 6 of 1.2"));
    QCOMPARE(sentence(), QStringLiteral("Keeps 12 of 12 inputs, the same for all 4 filters of its group."));
    QCOMPARE(table()->model()->headerData(2, Qt::Horizontal).toString(), QStringLiteral("mean |w|"));
    m_state->setWeights(m_source->count() - 1, model);
    QTRY_COMPARE(table()->model()->headerData(2, Qt::Horizontal).toString(), QStringLiteral("|w|"));
    const auto weights = layerWeights(*model, m_source->layout, 1);
    QVERIFY(weights.has_value());
    std::vector<std::pair<double, int>> expected;
    for (int channel = 0; channel < 12; ++channel)
        expected.emplace_back(-std::abs(weights->pointwise[static_cast<std::size_t>(5 * 12 + channel)]), channel);
    std::ranges::sort(expected);
    QCOMPARE(rows().size(), 12);
    for (int row = 0; row < 12; ++row) {
        const auto& [weight, channel] = expected[static_cast<std::size_t>(row)];
        QVERIFY2(rows().at(row).startsWith(QStringLiteral("f %1|").arg(channel)), qPrintable(rows().at(row)));
        QVERIFY2(rows().at(row).endsWith(u'|' + weightWords(-weight)), qPrintable(rows().at(row)));
    }
}

void TracePanelTest::followsByClickAndComesBack() {
    m_state->setPlace({MapLevel::kLayer, 2, 1});
    m_state->setTrace(kGroup);
    auto* back = find<QPushButton>(*m_panel, "traceBack");
    QVERIFY(back->isHidden());
    clickRow(*table(), 2);  // f 9
    QCOMPARE(m_state->trace(), kFeature);
    QCOMPARE(m_state->place(), (MapPlace{MapLevel::kLayer, 2, 1}));
    clickRow(*table(), 4);  // group 2 of 2.2
    QCOMPARE(m_state->trace(), (Trace{.what = Trace::What::kReads, .layer = 3, .group = 1}));
    QCOMPARE(m_state->place(), (MapPlace{MapLevel::kLayer, 3, 1}));
    click("traceBack");
    QCOMPARE(m_state->trace(), kFeature);
    QCOMPARE(m_state->place(), (MapPlace{MapLevel::kLayer, 2, 1}));
    click("traceBack");
    QCOMPARE(m_state->trace(), kGroup);
    QVERIFY(back->isHidden());
    clickRow(*table(), 0);
    QVERIFY(back->isVisible());
    m_state->setTrace({.what = Trace::What::kReads, .layer = 0, .group = 0});  // asked elsewhere
    QVERIFY(back->isHidden());
}

void TracePanelTest::followsByKeyboard() {
    m_state->setTrace({.what = Trace::What::kReads, .layer = 2});
    m_panel->activateWindow();
    table()->setFocus(Qt::TabFocusReason);
    QTRY_VERIFY(table()->hasFocus());
    QTest::keyClick(table(), Qt::Key_Down);
    QTest::keyClick(table(), Qt::Key_Return);
    QCOMPARE(m_state->trace(), (Trace{.what = Trace::What::kReadBy, .source = 1}));
    QTest::keyClick(table(), Qt::Key_End, Qt::ControlModifier);
    QTest::keyClick(table(), Qt::Key_Enter);
    QCOMPARE(m_state->trace(), (Trace{.what = Trace::What::kReads, .layer = 3}));
    QCOMPARE(m_state->place().layer, 3);
}

void TracePanelTest::switchesDirections() {
    m_state->setTrace(kGroup);
    auto *reads = find<QPushButton>(*m_panel, "traceReads"), *readBy = find<QPushButton>(*m_panel, "traceReadBy");
    QVERIFY(reads->isChecked() && !readBy->isChecked());
    QTest::mouseClick(readBy, Qt::LeftButton);
    QCOMPARE(m_state->trace(), (Trace{.what = Trace::What::kReadBy, .source = 3}));
    QVERIFY(readBy->isChecked() && !reads->isChecked());
    QTest::mouseClick(readBy, Qt::LeftButton);  // stays
    QVERIFY(readBy->isChecked());
    QTest::keyClick(reads, Qt::Key_Space);
    QCOMPARE(m_state->trace(), kGroup);  // the group that was left
    m_state->setTrace({.what = Trace::What::kReadBy, .source = 0, .channel = 2});
    QVERIFY(!reads->isEnabled());  // the stem reads the picture
    m_state->setTrace(kGroup);
    const FakeRun other("other", 6, 1,
                        "condensenet:stages=2-2,growth=8-8,groups=2,condense=4,bottleneck=2,group3x3=2,size=32");
    m_state->setSource(nullptr);
    m_record = std::make_shared<ConnectionsRecord>(*other.record(0));
    m_state->setSource(other.source());
    QCOMPARE(m_state->trace(), kNothing);
    m_state->setTrace({.what = Trace::What::kReadBy, .source = 3});
    QTest::mouseClick(reads, Qt::LeftButton);
    QCOMPARE(m_state->trace(), (Trace{.what = Trace::What::kReads, .layer = 2}));  // no group of the other network
    m_state->setTrace(kNothing);
    QVERIFY(reads->isHidden() && readBy->isHidden());
}

void TracePanelTest::survivesScrubbing() {
    m_state->setTrace(kGroup);
    m_record = recordByHand(*m_source);
    keepOnly(*m_record, 2, 1, {{9, 0.125}});
    m_state->setMoment(3);
    QTRY_COMPARE(rows(), QStringList({QStringLiteral("f 9|1.1|0.125")}));
    QCOMPARE(m_state->trace(), kGroup);
    m_record = recordByHand(*m_source);
    keepOnly(*m_record, 2, 1, {});
    m_state->setMoment(4);
    QTRY_COMPARE(sentence(), QStringLiteral("It reads nothing any more: all 16 inputs are dropped."));
    QCOMPARE(rows(), QStringList());
    for (int layer = 1; layer < 4; ++layer) {
        for (int group = 0; group < 2; ++group) drop(*m_record, layer, group, 9);
    }
    m_state->setTrace(kFeature);
    QCOMPARE(sentence(),
             QStringLiteral("Made by 1.1. None of the 6 groups that could read it does; the classifier still "
                            "reads it."));
}

void TracePanelTest::sleepsWhileHidden() {
    m_state->setTrace(kGroup);
    m_panel->hide();
    m_state->setTrace(kFeature);
    QCOMPARE(title(), QStringLiteral("Layer 2.1"));
    m_panel->show();
    QCOMPARE(title(), QStringLiteral("Feature f 9"));
}

void TracePanelTest::reusePictureIsLitAlongThePath() {
    auto* picture = find<ReusePicture>(*m_panel, "reusePicture");
    QVERIFY(picture->lit().empty());
    const auto lit = [&](int source, int layer) {
        return picture->lit()[static_cast<std::size_t>(source * 4 + layer)];
    };
    keepOnly(*m_record, 2, 1, {{3, 0.5}, {14, 0.75}});
    m_state->setTrace(kGroup);
    for (int source = 0; source < 4; ++source) {
        for (int layer = 0; layer < 4; ++layer)
            QCOMPARE(int(lit(source, layer)), layer == 2 && (source == 0 || source == 2) ? 1 : 0);
    }
    drop(*m_record, 3, 1, 9);
    m_state->setTrace(kFeature);
    for (int layer = 0; layer < 4; ++layer) QCOMPARE(int(lit(1, layer)), layer == 1 || layer == 2 ? 1 : 0);
    // What is lit has its full colour.
    QCOMPARE(picture->colourOf(1, 1).alpha(), 255);
    QVERIFY(picture->colourOf(0, 0).alpha() < 128);
}

void TracePanelTest::reusePictureGoesToALayer() {
    auto* picture = find<ReusePicture>(*m_panel, "reusePicture");
    QVERIFY(!picture->isVisible());  // the map shows the same
    m_state->setPlace({MapLevel::kLayer, 1, 0});
    QTRY_VERIFY(!picture->cellRect(0, 0).isEmpty());
    QVERIFY(picture->isVisible());
    QTest::mouseClick(picture, Qt::LeftButton, {}, picture->cellRect(0, 2).center().toPoint());
    QCOMPARE(m_state->place(), (MapPlace{MapLevel::kLayer, 2, 0}));
    QTest::mouseClick(picture, Qt::LeftButton, {},
                      picture->cellRect(3, 0).center().toPoint());  // there is no such cell
    QCOMPARE(m_state->place().layer, 2);
    m_panel->activateWindow();
    picture->setFocus(Qt::TabFocusReason);
    QTRY_VERIFY(picture->hasFocus());
    QTest::keyClick(picture, Qt::Key_Down);
    QTest::keyClick(picture, Qt::Key_Right);
    QVERIFY(picture->accessibleDescription().contains(QStringLiteral("2.2 reads 1.1")));
    QCOMPARE(find<QLabel>(*m_panel, "reuseReading")->text(), picture->accessibleDescription());
    QTest::keyClick(picture, Qt::Key_Return);
    QCOMPARE(m_state->place().layer, 3);
    QTest::keyClick(picture, Qt::Key_Right);  // the edge
    QTest::keyClick(picture, Qt::Key_Return);
    QCOMPARE(m_state->place().layer, 3);
}

QTEST_MAIN(TracePanelTest)
#include "tst_trace_panel.moc"
