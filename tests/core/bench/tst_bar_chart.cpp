#include <QXmlStreamReader>
#include <QtTest>

#include "bench/bar_chart.h"

using namespace condenser;

namespace {

struct Element {
    QString name, text;
    QXmlStreamAttributes attributes;

    double number(const char* attribute) const { return attributes.value(QLatin1String(attribute)).toDouble(); }
    QString value(const char* attribute) const { return attributes.value(QLatin1String(attribute)).toString(); }
};

// All elements in order, those below one another too; fails the test where it is no XML.
std::vector<Element> elementsOf(const std::string& svg) {
    QXmlStreamReader reader(QByteArray::fromStdString(svg));
    std::vector<Element> elements;
    while (!reader.atEnd()) {
        reader.readNext();
        if (reader.isStartElement()) elements.push_back({reader.name().toString(), {}, reader.attributes()});
        if (reader.isCharacters() && !elements.empty()) elements.back().text += reader.text();
    }
    if (reader.hasError()) qFatal("no XML: %s", qPrintable(reader.errorString()));
    return elements;
}

std::vector<Element> named(const std::vector<Element>& all, const char* name) {
    std::vector<Element> found;
    for (const Element& element : all) {
        if (element.name == QLatin1String(name)) found.push_back(element);
    }
    return found;
}

bool holdsText(const std::vector<Element>& all, const QString& text) {
    return std::any_of(all.begin(), all.end(), [&](const Element& e) { return e.text.trimmed() == text; });
}

}  // namespace

class BarChartTest : public QObject {
    Q_OBJECT

  private slots:
    void barsAreDrawnToScale() {
        const auto elements = elementsOf(
            barChartSvg("Title", "Subtitle", "ms", {{"slow", 8, 7, 10, false}, {"fast", 2, 1.5, 2.5, true}}));
        QCOMPARE(elements.front().name, "svg");
        for (const char* text : {"Title", "Subtitle", "slow", "fast", "8 ms", "2 ms"})
            QVERIFY2(holdsText(elements, text), text);
        const auto rects = named(elements, "rect");
        QCOMPARE(rects.size(), std::size_t{3});  // the background first
        // The background covers the picture: it reads on any page.
        QVERIFY(rects[0].number("width") >= elements.front().number("width") - 1);
        QVERIFY(rects[0].number("height") >= elements.front().number("height") - 1);
        QCOMPARE(rects[0].value("fill"), "#ffffff");
        QVERIFY(std::abs(rects[1].number("width") / rects[2].number("width") - 4) < 1e-3);
        QCOMPARE(rects[1].number("x"), rects[2].number("x"));
        QVERIFY(rects[1].number("y") + rects[1].number("height") < rects[2].number("y"));
        QVERIFY(rects[1].value("fill") != rects[2].value("fill"));
        // Everything lies within.
        for (const Element& text : named(elements, "text")) {
            QVERIFY(text.number("x") >= 0 && text.number("x") < elements.front().number("width"));
            QVERIFY(text.number("y") >= 0 && text.number("y") < elements.front().number("height"));
        }
    }

    // A whisker reaches from low to high, on the bars' scale.
    void whiskersAreDrawnToScale() {
        const auto elements = elementsOf(barChartSvg("", "", "ms", {{"a", 8, 4, 16, false}}));
        const double left = named(elements, "rect")[1].number("x"),
                     perUnit = named(elements, "rect")[1].number("width") / 8;
        const QString path = named(elements, "path").back().value("d");
        const auto match = QRegularExpression("^M([0-9.]+) [0-9.]+H([0-9.]+)M").match(path);
        QVERIFY2(match.hasMatch(), qPrintable(path));
        QVERIFY(std::abs(match.captured(1).toDouble() - (left + 4 * perUnit)) < 0.05);
        QVERIFY(std::abs(match.captured(2).toDouble() - (left + 16 * perUnit)) < 0.05);
    }

    void textsAreEscaped() {
        const std::string odd = "<b>&amp;\x01\n";
        const auto elements = elementsOf(barChartSvg(odd, odd, "ms", {{odd, 1, 1, 1, false}}));
        QVERIFY(named(elements, "b").empty());
        QVERIFY(holdsText(elements, QString("<b>&amp;\uFFFD\uFFFD")));
    }

    void whatIsNoUtf8IsReplaced() {
        const struct {
            std::string text;
            QString shown;
        } cases[] = {{"mod\xc3\xa8le", QString::fromUtf8("modèle")},
                     {"a\xff"
                      "b",
                      QString("a\uFFFD"
                              "b")},
                     {"cut\xe2\x82", QString("cut\uFFFD\uFFFD")},
                     {"\xc0\xafx", QString("\uFFFD\uFFFDx")},          // longer than needed
                     {"\xed\xa0\x80", QString("\uFFFD\uFFFD\uFFFD")},  // half a surrogate pair
                     {"\xef\xbf\xbf", QString("\uFFFD\uFFFD\uFFFD")},  // no character
                     {"\xf0\x9f\x90\x88", QString::fromUtf8("\xf0\x9f\x90\x88")},
                     {"\xf4\x90\x80\x80", QString("\uFFFD\uFFFD\uFFFD\uFFFD")}};  // beyond Unicode
        for (const auto& [text, shown] : cases) {
            const auto elements = elementsOf(barChartSvg("", "", "ms", {{text, 1, 1, 1, false}}));
            QVERIFY2(holdsText(elements, shown), qPrintable(shown));
        }
    }

    void longLabelsAreCut() {
        const std::string label(500, 'm');
        const auto elements = elementsOf(barChartSvg("", "", "ms", {{label, 1, 1, 1, false}}));
        QVERIFY(elements.front().number("width") < 1500);
        QVERIFY(!holdsText(elements, QString::fromStdString(label)));
    }

    // Nothing is fetched from elsewhere.
    void itStandsAlone() {
        const std::string svg = barChartSvg("t", "s", "ms", {{"a", 1, 1, 1, false}});
        for (const char* part : {"href", "url(", "@import", "<script", "<style", "<image"})
            QVERIFY2(svg.find(part) == std::string::npos, part);
        QCOMPARE(svg.find("http"), svg.rfind("http"));  // the namespace
    }

    void nothingToDraw() {
        QCOMPARE(named(elementsOf(barChartSvg("t", "s", "ms", {})), "rect").size(), std::size_t{1});
        elementsOf(barChartSvg("t", "s", "ms", {{"zero", 0, 0, 0, false}}));
    }
};

QTEST_GUILESS_MAIN(BarChartTest)
#include "tst_bar_chart.moc"
