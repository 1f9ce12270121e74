#include <QTemporaryDir>
#include <QTest>

#include "pages/kept_history.h"
#include "ui_support.h"

using namespace condenser;

class TestKeptHistory : public QObject {
    Q_OBJECT

  private slots:
    void layersNameTheirBlocks() {
        QCOMPARE(blockOfLayer("features.denseblock_1.denselayer_1.conv_1"), 0);
        QCOMPARE(blockOfLayer("features.denseblock_12.denselayer_3.conv_1"), 11);
        QCOMPARE(blockOfLayer("features.transition_2.conv"), 1);
        for (const char* name : {"", "classifier", "features.denseblock_", "features.denseblock_2",
                                 "features.denseblock_0.a", "features.denseblock_x.a", "features.denseblock_-1.a"}) {
            QCOMPARE(blockOfLayer(name), -1);
        }
    }

    void everyBlockIsCountedAfterEveryStep() {
        const std::filesystem::path folder = toPath(m_folder.path());
        QVERIFY(keptAfterStages(folder, 2).empty());
        // Two layers in the first block, one in the second.
        const std::vector<ConnectionsLayer> layers{{"features.denseblock_1.denselayer_1.conv_1", 2, 4, 4},
                                                   {"features.denseblock_1.denselayer_2.conv_1", 2, 8, 4},
                                                   {"features.denseblock_2.denselayer_1.conv_1", 2, 6, 4}};
        const auto append = [&](ConnectionsMoment moment, int stage, int dropFirst, int dropSecond) {
            ConnectionsRecord record{.key = {moment, stage, stage * 10, stage}, .layers = {}};
            for (std::size_t l = 0; l < layers.size(); ++l) {
                const auto count = static_cast<std::size_t>(layers[l].groups * layers[l].inputs);
                LayerConnections one{std::vector<std::uint8_t>(count, 1), std::vector<float>(count, 0.5F)};
                const int drop = l == 2 ? dropSecond : dropFirst;
                for (int i = 0; i < drop; ++i) one.mask[static_cast<std::size_t>(i)] = 0;
                record.layers.push_back(std::move(one));
            }
            QVERIFY(appendConnections(folder, layers, record));
        };
        append(ConnectionsMoment::kEpochEnd, 0, 0, 0);
        append(ConnectionsMoment::kBeforeStep, 1, 0, 0);  // says nothing of stage 1
        append(ConnectionsMoment::kAfterStep, 1, 3, 6);
        append(ConnectionsMoment::kEpochEnd, 2, 6, 9);
        const auto kept = keptAfterStages(folder, 2);
        QCOMPARE(kept.size(), std::size_t(2));
        QCOMPARE(kept.at(1), (std::vector<double>{18 / 24.0, 6 / 12.0}));
        QCOMPARE(kept.at(2), (std::vector<double>{12 / 24.0, 3 / 12.0}));
        // A network of other blocks is not that of the run.
        QVERIFY(keptAfterStages(folder, 1).empty());
        QVERIFY(keptAfterStages(folder, 3).empty());
    }

  private:
    QTemporaryDir m_folder;
};

QTEST_MAIN(TestKeptHistory)
#include "tst_kept_history.moc"
