// The rows of the table of answers.
#include <QTest>

#include "run/answer_table.h"

using namespace condenser;

class TestAnswerTable : public QObject {
    Q_OBJECT

  private slots:
    void bothForms() {
        Prediction prediction;
        prediction.forms = {{Variant::kDense, {{1, "moon", 0.5}, {0, "star", 0.25}}, {}, 2.5},
                            {Variant::kCondensed, {{0, "star", 0.625}, {1, "moon", 0.5}}, {}, 1.25}};
        prediction.speaking = 1;
        QCOMPARE(answerTable({answerRow("a/b.png", prediction, "moon")}),
                 std::string("file,answer,probability,margin,dense_answer,dense_probability,agree,true_class,dense_ms,"
                             "condensed_ms,problem\n"
                             "a/b.png,star,0.625,0.125,moon,0.5,no,moon,2.5000,1.2500,\n"));
        prediction.speaking = 0;
        QCOMPARE(answerRow("a/b.png", prediction).answer->name, std::string("moon"));
    }

    void oneForm() {
        Prediction prediction;
        prediction.forms = {{Variant::kCondensed, {{0, "star", 1}}, {}, 1}};
        const std::string table = answerTable({answerRow("a.png", prediction)});
        QCOMPARE(table.substr(table.find('\n') + 1), std::string("a.png,star,1,1,,,,,,1.0000,\n"));
        prediction.forms[0].variant = Variant::kDense;
        const std::string dense = answerTable({answerRow("a.png", prediction)});
        QCOMPARE(dense.substr(dense.find('\n') + 1), std::string("a.png,star,1,1,star,1,,,1.0000,,\n"));
    }

    void oddNamesAndProblems() {
        AnswerRow row;
        row.file = "a,\"b\"\n.png";
        row.truth = "cat, big";
        row.problem = "cannot read the picture: it is empty";
        const std::string table = answerTable({row});
        QCOMPARE(table.substr(table.find('\n') + 1),
                 std::string("\"a,\"\"b\"\"\n.png\",,,,,,,\"cat, big\",,,cannot read the picture: it is empty\n"));
    }
};

QTEST_GUILESS_MAIN(TestAnswerTable)
#include "tst_answer_table.moc"
