#include <QtTest>
#include <set>

#include "data/split.h"

using namespace condenser;

namespace {

std::vector<int> counts(const std::vector<LabelledPicture>& part) {
    std::vector<int> of(3);
    for (const LabelledPicture& picture : part) ++of[static_cast<std::size_t>(picture.label)];
    return of;
}

std::vector<std::uint32_t> indexes(const std::vector<LabelledPicture>& part) {
    std::vector<std::uint32_t> list;
    for (const LabelledPicture& picture : part) list.push_back(picture.index);
    return list;
}

}  // namespace

class SplitTest : public QObject {
    Q_OBJECT

  private slots:
    void isStratifiedAndSeeded() {
        const DataSource tenth = split(0.1, 1);
        QCOMPARE(tenth.testName, std::string("validation"));
        QCOMPARE(counts(tenth.test), (std::vector<int>{5, 1, 0}));
        QCOMPARE(counts(tenth.train), (std::vector<int>{45, 6, 1}));
        QCOMPARE(counts(split(0.99, 1).train), (std::vector<int>{1, 1, 1}));
        // Nothing is lost and nothing is in both.
        std::set<std::uint32_t> all;
        for (const auto* part : {&tenth.train, &tenth.test}) {
            for (const std::uint32_t index : indexes(*part)) all.insert(index);
        }
        QCOMPARE(all.size(), 58u);
        QCOMPARE(indexes(split(0.1, 1).test), indexes(tenth.test));
        QVERIFY(indexes(split(0.1, 2).test) != indexes(tenth.test));
    }

    // What a run of an earlier version held back is held back still.
    void theChoiceIsKept() {
        QCOMPARE(indexes(split(0.1, 1).test), (std::vector<std::uint32_t>{18, 20, 26, 36, 47, 55}));
    }

    // Whatever the order of the data: each class is split as if it stood alone, and the order stays.
    void mixedClassesKeepTheirOrder() {
        DataSource mixed;
        mixed.classes = {"a", "b"};
        for (std::uint32_t i = 0; i < 60; ++i) mixed.train.push_back({static_cast<std::int32_t>(i % 2), i});
        DataSource sorted = mixed;
        std::stable_sort(sorted.train.begin(), sorted.train.end(),
                         [](const LabelledPicture& a, const LabelledPicture& b) { return a.label < b.label; });
        splitValidation(mixed, 0.2, 3);
        splitValidation(sorted, 0.2, 3);
        const auto list = indexes(mixed.test), other = indexes(sorted.test);
        QVERIFY(std::is_sorted(list.begin(), list.end()));
        QCOMPARE(list.size(), 12u);
        QCOMPARE(std::set(list.begin(), list.end()), std::set(other.begin(), other.end()));
    }

  private:
    static DataSource split(double share, std::uint64_t seed) {
        DataSource source;
        source.classes = {"a", "b", "c"};
        for (const auto& [label, count] : {std::pair(0, 50), {1, 7}, {2, 1}}) {
            for (int i = 0; i < count; ++i)
                source.train.push_back({label, static_cast<std::uint32_t>(source.train.size())});
        }
        source.test = {{0, 99}};
        splitValidation(source, share, seed);
        return source;
    }
};

QTEST_GUILESS_MAIN(SplitTest)
#include "tst_split.moc"
