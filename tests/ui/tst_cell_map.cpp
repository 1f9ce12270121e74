// The connection map under mouse, wheel and keys; what stays while somebody scrubs; the way to the index layer.
#include <QApplication>
#include <QProxyStyle>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

#include "map_support.h"
#include "maps/cell_map.h"
#include "ui_support.h"

using namespace condenser;
using testing::layerAt;
using testing::makeConnections;

namespace {

CellGridPtr network() {
    return makeConnections(testing::kMapModel, 2).networkGrid();
}

class StillStyle : public QProxyStyle {
  public:
    int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                  QStyleHintReturn* data) const override {
        return hint == SH_Widget_Animation_Duration ? 0 : QProxyStyle::styleHint(hint, option, widget, data);
    }
};

}  // namespace

class CellMapTest : public QObject {
    Q_OBJECT

  private slots:
    void init() {
        testing::failOnWarnings();
        m_map = std::make_unique<CellMap>();
        m_map->setTheme(darkTheme());
        m_map->resize(500, 400);
        m_map->setGrid(layerAt(2));
        m_map->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_map.get()));
        m_map->setFocus();
        QTRY_VERIFY(m_map->hasFocus());
        m_map->setCursor(std::nullopt);
    }

    // ---- pointer

    void thePointerReadsTheCellUnderIt() {
        QSignalSpy hovered(m_map.get(), &CellMap::hovered);
        const CellPlace cell{2, 9};
        QTest::mouseMove(m_map.get(), centre(cell));
        QCOMPARE(last(hovered).value<std::optional<CellPlace>>(), std::optional(cell));
        // The record of another moment means something else at the same place.
        const auto before = hovered.size();
        m_map->setGrid(layerAt(1));
        QCOMPARE(hovered.size(), before + 1);
        QEvent leave(QEvent::Leave);
        QApplication::sendEvent(m_map.get(), &leave);
        QCOMPARE(last(hovered).value<std::optional<CellPlace>>(), std::optional<CellPlace>());
    }

    void aClickChoosesACell() {
        QSignalSpy chosen(m_map.get(), &CellMap::chosen), moved(m_map.get(), &CellMap::cursorMoved);
        QTest::mouseClick(m_map.get(), Qt::LeftButton, {}, centre({1, 5}));
        QCOMPARE(chosen.size(), 1);
        QCOMPARE(chosen[0][0].value<CellPlace>(), (CellPlace{1, 5}));
        QCOMPARE(moved.size(), 1);
        QCOMPARE(m_map->cursor(), std::optional(CellPlace{1, 5}));
    }

    void aClickOnAHeadChoosesItsRowColumnOrBand() {
        QSignalSpy rows(m_map.get(), &CellMap::rowChosen), columns(m_map.get(), &CellMap::columnChosen),
            bands(m_map.get(), &CellMap::bandChosen), chosen(m_map.get(), &CellMap::chosen);
        const QPoint cell = centre({2, 13});
        QTest::mouseClick(m_map.get(), Qt::LeftButton, {}, {10, cell.y()});
        QCOMPARE(rows.size(), 1);
        QCOMPARE(rows[0][0].toInt(), 2);
        const int top = static_cast<int>(m_map->cellRect(0, 13).top());
        QTest::mouseClick(m_map.get(), Qt::LeftButton, {}, {cell.x(), top - 3});
        QCOMPARE(columns.size(), 1);
        QCOMPARE(columns[0][0].toInt(), 13);
        QTest::mouseClick(m_map.get(), Qt::LeftButton, {}, {cell.x(), 8});
        QCOMPARE(bands.size(), 1);
        QCOMPARE(bands[0][0].toInt(), 2);  // 1.2
        QCOMPARE(chosen.size(), 0);
    }

    void byIndexTheBandsAboveAreGroups() {
        m_map->setGrid(layerAt(3));
        m_map->setArrangement(Arrangement::kByIndex, false);
        QSignalSpy rows(m_map.get(), &CellMap::rowChosen), bands(m_map.get(), &CellMap::bandChosen),
            columns(m_map.get(), &CellMap::columnChosen);
        const int channel = firstLive(2);
        const QRectF cell = m_map->cellRect(2, channel);
        const int x = static_cast<int>(cell.center().x());
        QTest::mouseClick(m_map.get(), Qt::LeftButton, {}, {x, 8});
        QCOMPARE(rows.size(), 1);
        QCOMPARE(rows[0][0].toInt(), 2);
        QCOMPARE(bands.size(), 0);
        QTest::mouseClick(m_map.get(), Qt::LeftButton, {},
                          {x, static_cast<int>(m_map->cellRect(0, firstLive(0)).top()) - 3});
        QCOMPARE(columns.size(), 1);
        QCOMPARE(columns[0][0].toInt(), channel);
    }

    void aDoubleClickShowsTheWholeMapOrEnters() {
        QSignalSpy enter(m_map.get(), &CellMap::enterWanted);
        QTest::keyClick(m_map.get(), Qt::Key_Plus);
        QVERIFY(m_map->zoom() > 1);
        QTest::mouseDClick(m_map.get(), Qt::LeftButton, {}, seenPlace());
        QCOMPARE(m_map->zoom(), 1.0);
        QCOMPARE(enter.size(), 0);
        QTest::mouseDClick(m_map.get(), Qt::LeftButton, {}, centre({3, 2}));
        QCOMPARE(enter.size(), 1);
        QCOMPARE(enter[0][0].value<CellPlace>(), (CellPlace{3, 2}));
    }

    void theWheelZoomsAtThePointer() {
        const QPoint at = centre({1, 14});
        wheel(at, 120);
        QVERIFY(m_map->zoom() > 1.2 && m_map->zoom() < 1.3);
        QCOMPARE(m_map->cellAt(at), std::optional(CellPlace{1, 14}));
        // Few rows stay as tall as they were.
        const double height = m_map->cellRect(1, 14).height();
        wheel(at, 120);
        QCOMPARE(m_map->cellRect(1, 14).height(), height);
        for (int i = 0; i < 2; ++i) wheel(at, -120);
        QCOMPARE(m_map->zoom(), 1.0);
    }

    void ofManyRowsTheWheelZoomsBoth() {
        m_map->setGrid(makeConnections("condensenet-86", 2).networkGrid());
        const QRectF before = m_map->cellRect(10, 20);
        wheel(before.center(), 240);
        const QRectF after = m_map->cellRect(10, 20);
        QVERIFY(after.width() > before.width());
        QVERIFY(after.height() > before.height());
        QVERIFY(after.contains(before.center()));
    }

    void smallTurnsAddUp() {
        const QPoint at = centre({1, 14});
        for (int i = 0; i < 12; ++i) wheel(at, 10);
        const double zoom = m_map->zoom();
        m_map->showWhole();
        wheel(at, 120);
        QVERIFY(std::abs(zoom - m_map->zoom()) < 1e-6);
    }

    void beyondTheClosestViewTheWheelEnters() {
        QSignalSpy enter(m_map.get(), &CellMap::enterWanted), leave(m_map.get(), &CellMap::leaveWanted);
        const QPoint at = centre({2, 12});
        double zoom = 0;
        while (m_map->zoom() != zoom) {
            zoom = m_map->zoom();
            wheel(at, 120);
        }
        // The last one was the first beyond; one is an accident.
        QCOMPARE(enter.size(), 0);
        wheel(at, 120);
        QCOMPARE(enter.size(), 1);
        QCOMPARE(enter[0][0].value<CellPlace>().row, 2);
        QCOMPARE(leave.size(), 0);
    }

    // What comes next may have to be read from the disk first.
    void whoeverHearsOfItMayTakeTheGridAway() {
        const auto take = [this] { m_map->setGrid(nullptr); };
        connect(m_map.get(), &CellMap::leaveWanted, this, take);
        connect(m_map.get(), &CellMap::enterWanted, this, take);
        connect(m_map.get(), &CellMap::cursorMoved, this, take);
        const QPoint at = centre({2, 12});
        for (int i = 0; i < 3; ++i) wheel(at, -120);
        QVERIFY(m_map->grid() == nullptr);
        m_map->setGrid(layerAt(2));
        QTest::mouseClick(m_map.get(), Qt::LeftButton, {}, at);
        QVERIFY(m_map->grid() == nullptr);
        m_map->setGrid(layerAt(2));
        press(Qt::Key_Right);
        press(Qt::Key_End);
        QVERIFY(m_map->grid() == nullptr);
        m_map->setGrid(layerAt(2));
        QTest::mousePress(m_map.get(), Qt::LeftButton, {}, at);
        m_map->setGrid(nullptr);
        QTest::mouseMove(m_map.get(), at + QPoint(30, 0));
        QTest::mouseRelease(m_map.get(), Qt::LeftButton, {}, at);
    }

    void beyondTheWholeTheWheelLeaves() {
        QSignalSpy leave(m_map.get(), &CellMap::leaveWanted);
        const QPoint at = centre({2, 12});
        wheel(at, 120);
        wheel(at, -120);
        QCOMPARE(m_map->zoom(), 1.0);
        wheel(at, -120);
        QCOMPARE(leave.size(), 0);
        // A change of mind starts anew.
        wheel(at, 120);
        wheel(at, -120);
        wheel(at, -120);
        QCOMPARE(leave.size(), 0);
        wheel(at, -120);
        QCOMPARE(leave.size(), 1);
    }

    void draggingPans() {
        const QPoint at = centre({1, 12});
        for (int i = 0; i < 4; ++i) wheel(at, 120);
        QSignalSpy chosen(m_map.get(), &CellMap::chosen);
        const QRectF before = m_map->cellRect(1, 12);
        QTest::mousePress(m_map.get(), Qt::LeftButton, {}, at);
        QTest::mouseMove(m_map.get(), at + QPoint(15, 0));
        QTest::mouseMove(m_map.get(), at + QPoint(30, 0));
        QTest::mouseRelease(m_map.get(), Qt::LeftButton, {}, at + QPoint(30, 0));
        QVERIFY(std::abs(m_map->cellRect(1, 12).left() - before.left() - 30) <= 1);
        QCOMPARE(chosen.size(), 0);
        // Not beyond the edge.
        for (int i = 0; i < 3; ++i) {
            QTest::mousePress(m_map.get(), Qt::LeftButton, {}, at);
            for (const int x : {40, 200}) QTest::mouseMove(m_map.get(), at + QPoint(x, 0));
            QTest::mouseRelease(m_map.get(), Qt::LeftButton, {}, at + QPoint(200, 0));
        }
        QVERIFY(!m_map->cellRect(1, 0).isEmpty());
    }

    void sidewaysTheWheelPans() {
        const QPoint at = centre({1, 12});
        for (int i = 0; i < 4; ++i) wheel(at, 120);
        const double before = m_map->cellRect(1, 12).left(), zoom = m_map->zoom();
        wheel(at, 120, Qt::ShiftModifier);
        QVERIFY(m_map->cellRect(1, 12).left() > before);
        QCOMPARE(m_map->zoom(), zoom);
    }

    // ---- keys

    void arrowsMoveTheCursor() {
        QSignalSpy moved(m_map.get(), &CellMap::cursorMoved);
        press(Qt::Key_Right);
        QCOMPARE(*m_map->cursor(), (CellPlace{0, 0}));
        press(Qt::Key_Right);
        press(Qt::Key_Down);
        QCOMPARE(*m_map->cursor(), (CellPlace{1, 1}));
        press(Qt::Key_Left);
        press(Qt::Key_Left);  // there is nothing further left
        press(Qt::Key_Up);
        QCOMPARE(*m_map->cursor(), (CellPlace{0, 0}));
        QCOMPARE(moved.size(), 5);
        press(Qt::Key_Right, Qt::ControlModifier);
        QCOMPARE(*m_map->cursor(), (CellPlace{0, 8}));  // of 1.1
        press(Qt::Key_Right, Qt::ControlModifier);
        QCOMPARE(*m_map->cursor(), (CellPlace{0, 12}));
        press(Qt::Key_Left, Qt::ControlModifier);
        press(Qt::Key_Down, Qt::ControlModifier);
        QCOMPARE(*m_map->cursor(), (CellPlace{1, 8}));
        press(Qt::Key_End);
        QCOMPARE(*m_map->cursor(), (CellPlace{1, 23}));
        press(Qt::Key_Home);
        QCOMPARE(*m_map->cursor(), (CellPlace{1, 0}));
        press(Qt::Key_End, Qt::ControlModifier);
        QCOMPARE(*m_map->cursor(), (CellPlace{3, 23}));
        press(Qt::Key_Home, Qt::ControlModifier);
        QCOMPARE(*m_map->cursor(), (CellPlace{0, 0}));
    }

    void arrowsStepOverWhatIsNotThere() {
        m_map->setGrid(network());
        m_map->setCursor(CellPlace{1, 1});
        press(Qt::Key_Left);  // 1.1 cannot read itself
        QCOMPARE(*m_map->cursor(), (CellPlace{1, 1}));
        press(Qt::Key_Down);
        QCOMPARE(*m_map->cursor(), (CellPlace{1, 1}));
        press(Qt::Key_Right);
        press(Qt::Key_Down);
        QCOMPARE(*m_map->cursor(), (CellPlace{2, 2}));
    }

    void byIndexArrowsGoFromPositionToPosition() {
        m_map->setGrid(layerAt(3));
        m_map->setArrangement(Arrangement::kByIndex, false);
        press(Qt::Key_Right);
        std::vector<int> read;
        for (int c = 0; c < m_map->grid()->columns; ++c) {
            if (m_map->grid()->isLive(0, c)) read.push_back(c);
        }
        for (const int channel : read) {
            QCOMPARE(*m_map->cursor(), (CellPlace{0, channel}));
            press(Qt::Key_Right);
        }
        press(Qt::Key_Down);
        QCOMPARE(m_map->cursor()->row, 1);
        QVERIFY(m_map->grid()->isLive(1, m_map->cursor()->column));
    }

    void theCursorStaysInSight() {
        for (int i = 0; i < 5; ++i) press(Qt::Key_Plus);
        QVERIFY(m_map->zoom() > 2);
        press(Qt::Key_Home);
        QVERIFY(!m_map->cellRect(0, 0).isEmpty());
        press(Qt::Key_End);
        QVERIFY(!m_map->cellRect(0, 23).isEmpty());
        QVERIFY(m_map->cellRect(0, 0).isEmpty());
    }

    void keysChooseEnterLeaveAndClear() {
        QSignalSpy chosen(m_map.get(), &CellMap::chosen), rows(m_map.get(), &CellMap::rowChosen),
            columns(m_map.get(), &CellMap::columnChosen), enter(m_map.get(), &CellMap::enterWanted),
            leave(m_map.get(), &CellMap::leaveWanted), cleared(m_map.get(), &CellMap::cleared);
        for (const Qt::Key key : {Qt::Key_Space, Qt::Key_R, Qt::Key_C, Qt::Key_Return}) press(key);
        QCOMPARE(chosen.size() + rows.size() + columns.size() + enter.size(), 0);  // there is no cursor
        m_map->setCursor(CellPlace{2, 7});
        for (const Qt::Key key :
             {Qt::Key_Space, Qt::Key_R, Qt::Key_C, Qt::Key_Return, Qt::Key_Enter, Qt::Key_Backspace, Qt::Key_Escape})
            press(key);
        QCOMPARE(chosen.size(), 1);
        QCOMPARE(chosen[0][0].value<CellPlace>(), (CellPlace{2, 7}));
        QCOMPARE(rows[0][0].toInt(), 2);
        QCOMPARE(columns[0][0].toInt(), 7);
        QCOMPARE(enter.size(), 2);
        QCOMPARE(leave.size(), 1);
        QCOMPARE(cleared.size(), 1);
    }

    void keysZoom() {
        press(Qt::Key_Plus);
        press(Qt::Key_Equal);
        const double zoom = m_map->zoom();
        QVERIFY(zoom > 1.5);
        press(Qt::Key_Minus);
        QVERIFY(m_map->zoom() < zoom);
        press(Qt::Key_0);
        QCOMPARE(m_map->zoom(), 1.0);
    }

    void whoComesByTabSeesTheCursor() {
        QWidget window;
        auto* other = new QWidget(&window);
        other->setFocusPolicy(Qt::StrongFocus);
        auto* map = new CellMap(&window);
        map->resize(300, 200);
        map->setGrid(layerAt(2));
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        other->setFocus();
        QVERIFY(!map->cursor());
        QTest::keyClick(other, Qt::Key_Tab);
        QTRY_VERIFY(map->hasFocus());
        QCOMPARE(map->cursor(), std::optional(CellPlace{0, 0}));
    }

    // ---- grids

    void scrubbingKeepsViewCursorAndMarks() {
        for (int i = 0; i < 3; ++i) wheel(centre({1, 14}), 120);
        m_map->setCursor(CellPlace{1, 14});
        const QRectF cell = m_map->cellRect(1, 14);
        const double zoom = m_map->zoom();
        for (int stage = 0; stage < 4; ++stage) {
            m_map->setGrid(layerAt(stage));
            QCOMPARE(m_map->zoom(), zoom);
            QCOMPARE(m_map->cellRect(1, 14), cell);
            QCOMPARE(m_map->cursor(), std::optional(CellPlace{1, 14}));
        }
        // Another layer is another map.
        m_map->setGrid(layerAt(2, 1));
        QCOMPARE(m_map->zoom(), 1.0);
        QVERIFY(m_map->cursor() != std::optional(CellPlace{1, 14}));
    }

    void withoutAGridThereIsAHint() {
        m_map->setGrid(nullptr);
        const QImage empty = m_map->grab().toImage();
        m_map->setHint(QStringLiteral("Nothing has been recorded yet."));
        QVERIFY(m_map->grab().toImage() != empty);
        QVERIFY(!m_map->cellAt({100, 100}));
        QVERIFY(m_map->cellRect(0, 0).isEmpty());
        for (const Qt::Key key : {Qt::Key_Right, Qt::Key_Space, Qt::Key_Plus, Qt::Key_Home}) press(key);
        QTest::mouseClick(m_map.get(), Qt::LeftButton, {}, {100, 100});
        QTest::mouseMove(m_map.get(), {50, 50});
        wheel({100, 100}, 120);
        QVERIFY(m_map->exhibit(QStringLiteral("x")).paint == nullptr);
    }

    void aSmallMapIsStillAMap() {
        for (const QSize size : {QSize(200, 120), QSize(60, 40), QSize(3, 3)}) {
            m_map->resize(size);
            m_map->grab();
        }
        m_map->resize(200, 120);
        QVERIFY(!m_map->cellRect(3, 23).isEmpty());
    }

    // ---- marks

    void whatIsNotTracedIsDimmed() {
        const CellGrid& grid = *m_map->grid();
        const int channel = firstLive(1), other = firstLive(2);
        const QRgb lit = colourAt({1, channel}), before = colourAt({2, other});
        std::vector<std::uint8_t> traced(grid.live.size());
        traced[grid.at(1, channel)] = 1;
        m_map->setLit(traced);
        QCOMPARE(colourAt({1, channel}), lit);
        QVERIFY(colourAt({2, other}) != before);
        m_map->setLit({});
        QCOMPARE(colourAt({2, other}), before);
    }

    void marksAndCursorAreSeen() {
        const QImage plain = m_map->grab().toImage();
        m_map->setMarked(1, std::nullopt);
        const QImage row = m_map->grab().toImage();
        QVERIFY(row != plain);
        m_map->setMarked(std::nullopt, 4);
        const QImage column = m_map->grab().toImage();
        QVERIFY(column != plain && column != row);
        m_map->setMarked(std::nullopt, std::nullopt);
        QCOMPARE(m_map->grab().toImage(), plain);
        m_map->setCursor(CellPlace{1, 1});
        QVERIFY(m_map->grab().toImage() != plain);
    }

    // A sign, not a colour alone: something of the theme's warning in the cell, and something of its own colour.
    void whatGoesNextHasASign() {
        m_map->setGrid(makeConnections(testing::kMapModel, 1).layerGrid(3, 1));
        const auto warnsIn = [this](const QImage& image, const QRectF& place) {
            const QRectF cell(place.topLeft() * m_map->devicePixelRatioF(), place.size() * m_map->devicePixelRatioF());
            bool warned = false, own = false;
            for (int y = static_cast<int>(cell.top()); y < static_cast<int>(cell.bottom()); ++y) {
                for (int x = static_cast<int>(cell.left()); x < static_cast<int>(cell.right()); ++x) {
                    const QColor seen(image.pixel(x, y)), sign = darkTheme().warning;
                    const int away = std::abs(seen.red() - sign.red()) + std::abs(seen.green() - sign.green()) +
                                     std::abs(seen.blue() - sign.blue());
                    warned = warned || away < 40;
                    own = own || (away > 80 && seen.rgb() != image.pixel(1, 1));
                }
            }
            return warned && own;
        };
        for (const int width : {500, 200}) {  // strokes, then notches
            m_map->resize(width, 400);
            const QImage image = m_map->grab().toImage();
            for (int g = 0; g < 4; ++g) {
                for (int c = 0; c < m_map->grid()->columns; ++c)
                    QCOMPARE(warnsIn(image, m_map->cellRect(g, c)), m_map->grid()->going[m_map->grid()->at(g, c)] != 0);
            }
        }
    }

    // ---- arrangement

    void cellsWalkToTheirPositions() {
        m_map->setGrid(layerAt(3));
        const int channel = firstLive(3);
        const double from = m_map->cellRect(3, channel).left();
        m_map->setArrangement(Arrangement::kByIndex);
        QVERIFY(m_map->rearranging());
        QCOMPARE(m_map->arrangement(), Arrangement::kByIndex);
        double before = from;
        bool between = false;
        while (m_map->rearranging()) {
            QTest::qWait(20);
            const double now = m_map->cellRect(3, channel).left();
            between = between || (now != from && m_map->rearranging());
            QVERIFY(now >= before - 1);
            before = now;
        }
        QVERIFY(between);
        const double to = m_map->cellRect(3, channel).left();
        QVERIFY(to > from);
        // And back again, turned round half way.
        m_map->setArrangement(Arrangement::kBySource);
        QTest::qWait(100);
        m_map->setArrangement(Arrangement::kByIndex);
        QTRY_VERIFY(!m_map->rearranging());
        QCOMPARE(m_map->cellRect(3, channel).left(), to);
        m_map->setArrangement(Arrangement::kBySource);
        QTRY_VERIFY(!m_map->rearranging());
        QCOMPARE(m_map->cellRect(3, channel).left(), from);
    }

    void nothingMovesWhereNobodyWantsIt() {
        StillStyle still;
        m_map->setStyle(&still);
        m_map->setArrangement(Arrangement::kByIndex);
        QVERIFY(!m_map->rearranging());
        m_map->setStyle(nullptr);
        m_map->setArrangement(Arrangement::kBySource, false);
        QVERIFY(!m_map->rearranging());
    }

    void droppedCellsHaveNoPosition() {
        m_map->setArrangement(Arrangement::kByIndex, false);
        const CellGrid& grid = *m_map->grid();
        for (int g = 0; g < grid.rows; ++g) {
            for (int c = 0; c < grid.columns; ++c) QCOMPARE(m_map->cellRect(g, c).isEmpty(), !grid.isLive(g, c));
        }
    }

    void aNetworkHasOneOrderOnly() {
        m_map->setGrid(network());
        const QRectF cell = m_map->cellRect(1, 2);
        m_map->setArrangement(Arrangement::kByIndex);
        QVERIFY(!m_map->rearranging());
        QCOMPARE(m_map->cellRect(1, 2), cell);
    }

  private:
    QPoint centre(const CellPlace& cell) const { return m_map->cellRect(cell.row, cell.column).center().toPoint(); }
    QPoint seenPlace() const { return {m_map->width() / 2, m_map->height() / 2}; }
    int firstLive(int row) const {
        int column = 0;
        while (!m_map->grid()->isLive(row, column)) ++column;
        return column;
    }
    QRgb colourAt(const CellPlace& cell) {
        const double ratio = m_map->devicePixelRatioF();
        const QPointF at = m_map->cellRect(cell.row, cell.column).center() * ratio;
        return m_map->grab().toImage().pixel(at.toPoint());
    }
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = {}) { QTest::keyClick(m_map.get(), key, modifiers); }
    void wheel(const QPointF& at, int angle, Qt::KeyboardModifiers modifiers = {}) {
        QWheelEvent event(at, m_map->mapToGlobal(at), {}, {0, angle}, Qt::NoButton, modifiers, Qt::NoScrollPhase,
                          false);
        QApplication::sendEvent(m_map.get(), &event);
    }
    static QVariant last(const QSignalSpy& spy) { return spy.isEmpty() ? QVariant() : spy.last().at(0); }

    std::unique_ptr<CellMap> m_map;
};

QTEST_MAIN(CellMapTest)
#include "tst_cell_map.moc"
