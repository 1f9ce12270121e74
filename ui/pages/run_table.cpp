#include "pages/run_table.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QSettings>
#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "look/look.h"
#include "look/theme.h"
#include "models/run_words.h"
#include "pages/run_delegate.h"

namespace condenser {
namespace {

using Model = RunListModel;

const QString kWidthsKey = QStringLiteral("runs/columns");
const QString kSortKey = QStringLiteral("runs/sortColumn");
const QString kOrderKey = QStringLiteral("runs/sortDescending");
constexpr int kNarrowest = 40, kWidest = 1200;  // pixels, of a remembered column
constexpr int kMostName = 320, kMostText = 220;
// A name that was not given begins with date and time, which must be seen.
constexpr int kLeastName = 168, kLeastData = 77, kLeastNetwork = 88;
constexpr std::size_t kSeries = std::tuple_size_v<decltype(Theme::series)>;
constexpr int kHeadPadding = 27;  // beside a column's name, with room for the sign of sorting

}  // namespace

RunTable::RunTable(RunListModel& runs, QSettings& settings, QWidget* parent)
    : QTableView(parent),
      m_runs(runs),
      m_settings(settings),
      m_delegate(new RunDelegate(this)),
      m_hint(new QLabel(viewport())) {
    setObjectName(QStringLiteral("runTable"));
    setAccessibleName(tr("Runs"));
    m_filtered.setSourceModel(&runs);
    // Before the view connects, so that this comes first.
    connect(&m_filtered, &QAbstractItemModel::rowsAboutToBeRemoved, this, [this] { m_removing = true; });
    connect(
        &m_filtered, &QAbstractItemModel::rowsRemoved, this,
        [this] {
            m_removing = false;
            takeSelection(Cause::kRows);
            showHint();
        },
        Qt::QueuedConnection);
    connect(
        &m_filtered, &QAbstractItemModel::rowsInserted, this,
        [this] {
            fitColumns();
            showHint();
        },
        Qt::QueuedConnection);
    setModel(&m_filtered);
    setItemDelegate(m_delegate);
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setEditTriggers(NoEditTriggers);  // F2 is an action of the page; a double click opens
    setTabKeyNavigation(false);
    setShowGrid(false);
    setWordWrap(false);
    setHorizontalScrollMode(ScrollPerPixel);
    setVerticalScrollMode(ScrollPerPixel);
    setMouseTracking(true);
    setContextMenuPolicy(Qt::CustomContextMenu);
    setCornerButtonEnabled(false);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 12);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setMinimumSectionSize(kNarrowest);
    horizontalHeader()->setAccessibleName(tr("Columns of the runs"));

    m_hint->setAlignment(Qt::AlignCenter);
    m_hint->setWordWrap(true);
    m_hint->setTextFormat(Qt::PlainText);
    m_hint->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_hint->setObjectName(QStringLiteral("runTableHint"));
    setLook(m_hint, "tone", "muted");
    m_hint->hide();

    restoreColumns();
    connect(horizontalHeader(), &QHeaderView::sectionResized, this, [this] {
        if (m_fitting) return;
        m_columnsChosen = true;
        saveColumns();
    });
    connect(horizontalHeader(), &QHeaderView::sortIndicatorChanged, this, &RunTable::saveColumns);
    connect(selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        if (!m_removing) takeSelection(Cause::kUser);
    });
    connect(selectionModel(), &QItemSelectionModel::currentRowChanged, viewport(), qOverload<>(&QWidget::update));
    connect(this, &QTableView::doubleClicked, this,
            [this](const QModelIndex& index) { emit runOpened(folderAt(index)); });
}

void RunTable::setTheme(const Theme& theme) {
    m_delegate->setTheme(theme);
    viewport()->update();
}

// ---- columns --------------------------------------------------------------------------------------------------------

void RunTable::restoreColumns() {
    bool good = false;
    int column = m_settings.value(kSortKey, static_cast<int>(Model::kDate)).toInt(&good);
    if (!good || column < 0 || column >= Model::kColumns) column = Model::kDate;
    const bool descending = m_settings.value(kOrderKey, true).toBool();
    horizontalHeader()->setSortIndicator(column, descending ? Qt::DescendingOrder : Qt::AscendingOrder);
    setSortingEnabled(true);

    const QStringList widths = m_settings.value(kWidthsKey).toStringList();
    if (widths.size() != Model::kColumns) return;
    m_columnsChosen = true;
    for (int i = 0; i < Model::kColumns; ++i) {
        setColumnWidth(i, std::clamp(widths.at(i).toInt(), kNarrowest, kWidest));
    }
}

void RunTable::saveColumns() {
    m_settings.setValue(kSortKey, horizontalHeader()->sortIndicatorSection());
    m_settings.setValue(kOrderKey, horizontalHeader()->sortIndicatorOrder() == Qt::DescendingOrder);
    if (!m_columnsChosen) return;
    QStringList widths;
    for (int i = 0; i < Model::kColumns; ++i) widths << QString::number(columnWidth(i));
    m_settings.setValue(kWidthsKey, widths);
}

void RunTable::fitColumns() {
    if (m_columnsChosen || m_filtered.rowCount() == 0) return;
    m_fitting = true;
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * 0.9);
    const QFontMetrics metrics(small);
    std::array<int, Model::kColumns> widths{};
    int sum = 0;
    for (int i = 0; i < Model::kColumns; ++i) {
        int& width = widths[static_cast<std::size_t>(i)];
        const QString head = m_runs.headerData(i, Qt::Horizontal, Qt::DisplayRole).toString();
        width = std::max(sizeHintForColumn(i), metrics.horizontalAdvance(head) + kHeadPadding);
        const bool text = i == Model::kName || i == Model::kData || i == Model::kNetwork;
        if (text) width = std::min(width, i == Model::kName ? kMostName : kMostText);
        if (i == Model::kState) width = std::max(width, m_delegate->widestState(font()));  // it changes
        sum += width;
    }
    int over = sum - viewport()->width();
    constexpr std::pair<int, int> kLeast[] = {
        {Model::kData, kLeastData}, {Model::kName, kLeastName}, {Model::kNetwork, kLeastNetwork}};
    for (const auto& [i, enough] : kLeast) {
        if (over <= 0) break;
        int& width = widths[static_cast<std::size_t>(i)];
        const int least = std::min(width, enough);
        const int less = std::min(over, width - least);
        width -= less;
        over -= less;
    }
    if (over < 0) widths[Model::kName] -= over;
    for (int i = 0; i < Model::kColumns; ++i) setColumnWidth(i, widths[static_cast<std::size_t>(i)]);
    m_fitting = false;
}

void RunTable::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    fitColumns();
    m_hint->setGeometry(viewport()->rect());
}

// ---- which runs -----------------------------------------------------------------------------------------------------

std::filesystem::path RunTable::folderAt(const QModelIndex& index) const {
    return index.isValid() ? m_runs.run(m_filtered.mapToSource(index).row()).folder : std::filesystem::path();
}

QModelIndex RunTable::indexOf(const std::filesystem::path& folder) const {
    const int row = m_runs.rowOf(folder);
    return row < 0 ? QModelIndex() : m_filtered.mapFromSource(m_runs.index(row, Model::kName));
}

std::filesystem::path RunTable::currentRun() const {
    return folderAt(currentIndex());
}

void RunTable::takeSelection(Cause cause) {
    std::set<std::filesystem::path> now;
    for (const QModelIndex& index : selectionModel()->selectedRows()) now.insert(folderAt(index));
    std::vector<std::filesystem::path> selected;
    for (const std::filesystem::path& folder : m_selected) {
        const bool hidden = cause == Cause::kRows && m_runs.rowOf(folder) >= 0 && !indexOf(folder).isValid();
        if (now.erase(folder) > 0 || hidden) selected.push_back(folder);
    }
    // Those that are new, from top to bottom.
    for (int row = 0; row < m_filtered.rowCount() && !now.empty(); ++row) {
        const std::filesystem::path folder = folderAt(m_filtered.index(row, 0));
        if (now.erase(folder) > 0) selected.push_back(folder);
    }
    if (selected == m_selected) return;
    m_selected = std::move(selected);
    colour();
    emit selectedRunsChanged();
}

void RunTable::colour() {
    std::map<std::filesystem::path, int> colours;
    std::set<int> taken;
    const std::size_t count = std::min(m_selected.size(), kMostDrawn);
    for (std::size_t i = 0; i < count; ++i) {
        const auto had = m_colours.find(m_selected[i]);
        if (had != m_colours.end() && taken.insert(had->second).second) colours.insert(*had);
    }
    for (std::size_t i = 0; i < count; ++i) {
        if (colours.contains(m_selected[i])) continue;
        int number = count > kSeries ? seriesOf(m_selected[i], colours) : 0;
        while (taken.contains(number)) ++number;
        taken.insert(number);
        colours.emplace(m_selected[i], number);
    }
    m_colours = std::move(colours);
    m_runs.setColours(m_colours);
}

// In the colour of the same training with another seed, as often as there are dashes for it; else the first one.
int RunTable::seriesOf(const std::filesystem::path& folder, const std::map<std::filesystem::path, int>& others) const {
    constexpr int kColours = kSeries, kMostAlike = 3;  // dashOf() tells these apart
    const int row = m_runs.rowOf(folder);
    if (row < 0) return 0;
    int last = -1;
    for (const auto& [other, number] : others) {
        const int otherRow = m_runs.rowOf(other);
        if (otherRow >= 0 && differInSeedAlone(m_runs.run(row).record, m_runs.run(otherRow).record))
            last = std::max(last, number);
    }
    return last < 0 || last + kColours >= kColours * kMostAlike ? 0 : last + kColours;
}

void RunTable::selectRuns(const std::vector<std::filesystem::path>& folders) {
    QItemSelection rows;
    std::vector<std::filesystem::path> there;
    for (const std::filesystem::path& folder : folders) {
        const QModelIndex index = indexOf(folder);
        if (!index.isValid()) continue;
        rows.select(index, index);
        there.push_back(folder);
    }
    if (there.empty()) return;
    m_removing = true;  // the order is this one, not that of the rows
    selectionModel()->setCurrentIndex(indexOf(there.front()), QItemSelectionModel::NoUpdate);
    selectionModel()->select(rows, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    m_removing = false;
    scrollTo(currentIndex());
    if (there == m_selected) return;
    m_selected = std::move(there);
    colour();
    emit selectedRunsChanged();
}

bool RunTable::markRun(const std::filesystem::path& folder) {
    const QModelIndex index = indexOf(folder);
    if (!index.isValid()) return false;
    selectionModel()->setCurrentIndex(index, QItemSelectionModel::Select | QItemSelectionModel::Rows);
    scrollTo(index);
    return true;
}

void RunTable::setFilter(const QString& words) {
    m_removing = true;
    m_filtered.setFilter(words);
    QItemSelection shown;
    for (const std::filesystem::path& folder : m_selected) {
        if (const QModelIndex index = indexOf(folder); index.isValid()) shown.select(index, index);
    }
    selectionModel()->select(shown, QItemSelectionModel::Select | QItemSelectionModel::Rows);
    m_removing = false;
    takeSelection(Cause::kRows);
    showHint();
}

void RunTable::showHint() {
    const bool none = m_filtered.rowCount() == 0 && m_runs.rowCount() > 0;
    m_hint->setText(tr("No run has all of these words in its columns or its note."));
    m_hint->setGeometry(viewport()->rect());
    m_hint->setVisible(none);
}

void RunTable::rename(const std::filesystem::path& folder) {
    const QModelIndex index = indexOf(folder);
    if (!index.isValid()) return;
    scrollTo(index);
    edit(index);
}

// ---- keys -----------------------------------------------------------------------------------------------------------

void RunTable::keyPressEvent(QKeyEvent* event) {
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && state() != EditingState) {
        if (currentIndex().isValid()) emit runOpened(currentRun());
        return;
    }
    QTableView::keyPressEvent(event);
}

void RunTable::focusInEvent(QFocusEvent* event) {
    QTableView::focusInEvent(event);
    // Reached by the keyboard, there must be a place to start from.
    if (!currentIndex().isValid() && m_filtered.rowCount() > 0) {
        selectionModel()->setCurrentIndex(m_filtered.index(0, 0), QItemSelectionModel::NoUpdate);
    }
    viewport()->update();
}

void RunTable::focusOutEvent(QFocusEvent* event) {
    QTableView::focusOutEvent(event);
    viewport()->update();
}

}  // namespace condenser
