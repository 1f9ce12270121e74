#include <QtTest>

#include "data/class_names.h"

using namespace condenser;

class ClassNamesTest : public QObject {
    Q_OBJECT

  private slots:
    void plainText() {
        for (const char* name : {"cat", "two words", "\xc3\xa4pfel", "\xe6\xa2\xa8", "\xf0\x9f\x90\x88"}) {
            QVERIFY2(isPlainText(name), name);
        }
        for (const char* name : {"", "a\nb", "\x7f", "\xff", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80"}) {
            QVERIFY2(!isPlainText(name), name);
        }
    }

    void alikeNames_data() {
        QTest::addColumn<QString>("a");
        QTest::addColumn<QString>("b");
        QTest::addColumn<QString>("how");
        QTest::newRow("case") << "Cat"
                              << "cat"
                              << "upper and lower case";
        QTest::newRow("blank") << "sea lion"
                               << "sea_lion"
                               << "blanks";
        QTest::newRow("blank at the end") << "cat "
                                          << "cat"
                                          << "blanks";
        QTest::newRow("umlaut's case") << "\u00c4pfel"
                                       << "\u00e4pfel"
                                       << "upper and lower case";
        QTest::newRow("Cyrillic") << "\u041a\u043e\u0442"
                                  << "\u043a\u043e\u0442"
                                  << "upper and lower case";
        QTest::newRow("Greek") << "\u0393\u03b1\u03c4\u03b1"
                               << "\u03b3\u03b1\u03c4\u03b1"
                               << "upper and lower case";
        QTest::newRow("accent") << "caf\u00e9"
                                << "cafe\u0301"
                                << "look the same";
        QTest::newRow("two accents") << "Vi\u1ec7t"
                                     << "Vie\u0323\u0302t"
                                     << "look the same";
        QTest::newRow("kana") << "\u304c"
                              << "\u304b\u3099"
                              << "look the same";
        QTest::newRow("Korean") << "\ud55c\uae00"
                                << "\u1112\u1161\u11ab\u1100\u1173\u11af"
                                << "look the same";
        QTest::newRow("accent and case") << "CAF\u00c9"
                                         << "cafe\u0301"
                                         << "upper and lower case";
        QTest::newRow("other") << "cat"
                               << "cats"
                               << "";
        QTest::newRow("accent or none") << "caf\u00e9"
                                        << "cafe"
                                        << "";
        QTest::newRow("other letter") << "caf\u00e9"
                                      << "cafx"
                                      << "";
        QTest::newRow("other syllable") << "\ud55c"
                                        << "\u1100\u1161\u11ab"
                                        << "";
        QTest::newRow("marks") << "-"
                               << "_"
                               << "";
    }
    void alikeNames() {
        QFETCH(QString, a);
        QFETCH(QString, b);
        QFETCH(QString, how);
        for (const auto& [one, other] : {std::pair(a, b), std::pair(b, a)}) {
            const QString found = QString::fromStdString(alikeness(one.toStdString(), other.toStdString()));
            QVERIFY2(how.isEmpty() ? found.isEmpty() : found.contains(how), qPrintable(found));
        }
    }

    void warns() {
        const auto warnings = warnOfAlike({"Cat", "cat", "dog"});
        QCOMPARE(warnings.size(), 1u);
        QVERIFY(warnings[0].starts_with("two classes, \"Cat\" and \"cat\": they differ"));
        QVERIFY(warnOfAlike({"a", "b"}).empty());
    }
};

QTEST_GUILESS_MAIN(ClassNamesTest)
#include "tst_class_names.moc"
