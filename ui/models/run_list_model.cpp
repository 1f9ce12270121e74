#include "models/run_list_model.h"

#include <QCollator>
#include <algorithm>
#include <utility>

#include "look/format.h"
#include "models/run_words.h"

namespace condenser {
namespace {

const QString kUnknown = QStringLiteral("–");

bool isNumber(int column) {
    return column >= RunListModel::kEpochs && column <= RunListModel::kDisk;
}

QVariant known(double value) {
    return value > 0 ? QVariant(value) : QVariant();
}

}  // namespace

int RunListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_runs.size());
}

int RunListModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kColumns;
}

QVariant RunListModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= kColumns) return {};
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(Qt::AlignVCenter | (isNumber(section) ? Qt::AlignRight : Qt::AlignLeft));
    }
    if (role == Qt::ToolTipRole) {
        switch (section) {
            case kCondensing:
                return tr("Condensing factor C and groups G");
            case kEpochs:
                return tr("Epochs done of all");
            case kBest:
                return tr("The best: of the epoch that is kept as the run's model");
            case kMacs:
                return tr("Multiply-adds of the condensed network for one picture");
            case kLatency:
                return tr("Time of the condensed network for one picture on this machine, as measured");
            case kDisk:
                return tr("Disk used by the run's folder");
            default:
                return {};
        }
    }
    if (role != Qt::DisplayRole) return {};
    switch (section) {
        case kName:
            return tr("Name");
        case kState:
            return tr("State");
        case kData:
            return tr("Data");
        case kNetwork:
            return tr("Network");
        case kCondensing:
            return tr("Condensing");
        case kEpochs:
            return tr("Epochs");
        case kBest:
            return tr("Accuracy");
        case kMacs:
            return tr("Multiply-adds");
        case kLatency:
            return tr("Latency");
        case kDisk:
            return tr("Disk");
        case kDate:
            return tr("Started");
        default:
            return {};
    }
}

Qt::ItemFlags RunListModel::flags(const QModelIndex& index) const {
    Qt::ItemFlags flags = QAbstractTableModel::flags(index);
    if (index.isValid()) flags |= Qt::ItemNeverHasChildren;
    if (index.isValid() && index.column() == kName) flags |= Qt::ItemIsEditable;
    return flags;
}

QVariant RunListModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const RunSummary& run = this->run(index.row());
    const int column = index.column();
    switch (role) {
        case Qt::AccessibleTextRole:
            if (const QString place = placeOf(run); column == kName && !place.isEmpty())
                return tr("%1, in %2").arg(text(run, column).toString(), place);
            [[fallthrough]];
        case Qt::DisplayRole:
            return text(run, column);
        case Qt::EditRole:
            return column == kName ? QVariant(QString::fromStdString(run.name)) : text(run, column);
        case Qt::ToolTipRole:
            // Names of files may look like markup.
            return tip(run, column).toHtmlEscaped();
        case Qt::TextAlignmentRole:
            return QVariant::fromValue(Qt::AlignVCenter | (isNumber(column) ? Qt::AlignRight : Qt::AlignLeft));
        case kSortRole:
            return sortValue(run, column);
        case kColourRole: {
            const auto colour = m_colours.find(run.folder);
            return colour == m_colours.end() ? -1 : colour->second;
        }
        case kPlaceRole:
            return placeOf(run);
        case kNoteRole:
            return QString::fromStdString(run.note);
        case kStateRole:
            return static_cast<int>(run.state);
        case kProblemRole:
            return QString::fromStdString(run.problem);
        default:
            return {};
    }
}

QString RunListModel::placeOf(const RunSummary& run) const {
    return run.folder.parent_path() == m_store ? QString() : runPlaceWords(run.folder);
}

QVariant RunListModel::text(const RunSummary& run, int column) const {
    if (column == kName) return runNameWithoutDate(QString::fromStdString(run.name));
    if (column == kState) return runStateWord(run);
    if (column == kDisk) return formatBytes(static_cast<double>(run.bytes));
    if (!run.problem.empty()) return column == kData ? QString::fromStdString(run.problem) : QString();
    switch (column) {
        case kData:
            return runDataWords(run.record);
        case kNetwork:
            return runNetworkWords(run.record);
        case kCondensing:
            return runCondensingWords(run.record);
        case kEpochs:
            return tr("%1 / %2").arg(formatCount(run.epochs), formatCount(run.record.settings.epochs));
        case kBest:
            return run.bestTop1 ? formatShare(*run.bestTop1) : kUnknown;
        case kMacs:
            return run.condensedMacs > 0 ? formatAmount(static_cast<double>(run.condensedMacs)) : kUnknown;
        case kLatency:
            return run.latency ? formatMilliseconds(run.latency->medianMs) : kUnknown;
        case kDate:
            return runDateWords(run.record);
        default:
            return {};
    }
}

QVariant RunListModel::sortValue(const RunSummary& run, int column) const {
    if (column == kName || column == kState) return text(run, column);
    if (column == kDisk) return static_cast<double>(run.bytes);
    if (!run.problem.empty()) return {};
    switch (column) {
        case kCondensing:
            return run.record.spec.condenseFactor * 10'000.0 + run.record.spec.groups1x1;
        case kEpochs:
            return static_cast<double>(run.epochs);
        case kBest:
            return run.bestTop1 ? QVariant(*run.bestTop1) : QVariant();
        case kMacs:
            return known(static_cast<double>(run.condensedMacs));
        case kLatency:
            return run.latency ? known(run.latency->medianMs) : QVariant();
        case kDate:
            return QString::fromStdString(run.record.created);  // ISO 8601 in UTC sorts as text
        default:
            return text(run, column);
    }
}

QString RunListModel::tip(const RunSummary& run, int column) const {
    switch (column) {
        case kName:
            return run.note.empty() ? toQString(run.folder) : QString::fromStdString(run.note);
        case kState:
            return runStateSentence(run);
        default:
            break;
    }
    if (!run.problem.empty()) return QString::fromStdString(run.problem);
    switch (column) {
        case kData:
            return QString::fromStdString(run.record.data);
        case kNetwork:
            return QString::fromStdString(run.record.spec.text());
        case kBest:
            if (run.bestTop1) {
                return tr("Epoch %1, on the %2 part")
                    .arg(run.bestEpoch)
                    .arg(QString::fromStdString(run.record.testName));
            }
            if (!run.lastTop1) return tr("No epoch is done yet");
            return tr("Epochs count from the last condensing step on; the latest has %1")
                .arg(formatShare(*run.lastTop1));
        case kMacs:
            return tr("Dense %1, condensed %2")
                .arg(formatAmount(static_cast<double>(run.denseMacs)),
                     formatAmount(static_cast<double>(run.condensedMacs)));
        case kLatency:
            if (!run.latency) return tr("Not measured yet");
            return tr("Median; 5 % to 95 %: %1 to %2. Threads: %3. %4, %5")
                .arg(formatMilliseconds(run.latency->p5Ms), formatMilliseconds(run.latency->p95Ms))
                .arg(run.latency->threads)
                .arg(QString::fromStdString(run.latency->isa), QString::fromStdString(run.latency->cpu));
        default:
            return {};
    }
}

bool RunListModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid) || role != Qt::EditRole || index.column() != kName) {
        return false;
    }
    RunSummary& run = m_runs[static_cast<std::size_t>(index.row())];
    const QString name = value.toString().simplified();
    if (name == QString::fromStdString(run.name)) return true;
    run.name = name.isEmpty() ? run.folder.filename().string() : name.toStdString();
    emit dataChanged(index, index);
    emit renamed(run.folder, name);
    return true;
}

int RunListModel::rowOf(const std::filesystem::path& folder) const {
    const auto found =
        std::find_if(m_runs.begin(), m_runs.end(), [&](const RunSummary& run) { return run.folder == folder; });
    return found == m_runs.end() ? -1 : static_cast<int>(found - m_runs.begin());
}

void RunListModel::update(int row, const RunSummary& run) {
    RunSummary& old = m_runs[static_cast<std::size_t>(row)];
    const RunSummary before = std::exchange(old, run);
    int first = -1, last = -1;
    for (int column = 0; column < kColumns; ++column) {
        const bool same = text(before, column) == text(run, column) &&
                          sortValue(before, column) == sortValue(run, column) &&
                          tip(before, column) == tip(run, column) && (column != kName || before.note == run.note);
        if (same) continue;
        if (first < 0) first = column;
        last = column;
    }
    // Not the name where it stays: an editor that is open in it would lose what was typed.
    if (first >= 0) emit dataChanged(index(row, first), index(row, last));
}

void RunListModel::setRuns(const std::vector<RunSummary>& runs) {
    std::map<std::filesystem::path, const RunSummary*> wanted;
    for (const RunSummary& run : runs) wanted.emplace(run.folder, &run);
    for (int row = rowCount() - 1; row >= 0; --row) {
        const auto found = wanted.find(run(row).folder);
        if (found == wanted.end()) {
            beginRemoveRows({}, row, row);
            m_runs.erase(m_runs.begin() + row);
            endRemoveRows();
        } else {
            update(row, *found->second);
            wanted.erase(found);
        }
    }
    std::vector<RunSummary> added;
    for (const RunSummary& run : runs) {
        if (wanted.erase(run.folder) > 0) added.push_back(run);
    }
    if (added.empty()) return;
    beginInsertRows({}, rowCount(), rowCount() + static_cast<int>(added.size()) - 1);
    m_runs.insert(m_runs.end(), std::make_move_iterator(added.begin()), std::make_move_iterator(added.end()));
    endInsertRows();
}

void RunListModel::setNote(const std::filesystem::path& folder, const QString& note) {
    const int row = rowOf(folder);
    if (row < 0) return;
    m_runs[static_cast<std::size_t>(row)].note = note.toStdString();
    emit dataChanged(index(row, kName), index(row, kName), {kNoteRole, Qt::ToolTipRole});
}

void RunListModel::setColours(const std::map<std::filesystem::path, int>& colours) {
    const auto before = std::exchange(m_colours, colours);
    for (int row = 0; row < rowCount(); ++row) {
        const auto old = before.find(run(row).folder), now = colours.find(run(row).folder);
        const int was = old == before.end() ? -1 : old->second, is = now == colours.end() ? -1 : now->second;
        if (was != is) emit dataChanged(index(row, kName), index(row, kName), {kColourRole});
    }
}

// ---- sorting and filtering ------------------------------------------------------------------------------------------

RunFilterModel::RunFilterModel(QObject* parent) : QSortFilterProxyModel(parent) {
    setSortRole(RunListModel::kSortRole);
    setDynamicSortFilter(true);
}

void RunFilterModel::setFilter(const QString& words) {
    m_words = words.split(u' ', Qt::SkipEmptyParts);
    invalidateFilter();
}

bool RunFilterModel::filterAcceptsRow(int row, const QModelIndex& parent) const {
    if (m_words.isEmpty()) return true;
    const QModelIndex name = sourceModel()->index(row, RunListModel::kName, parent);
    QString all =
        name.data(RunListModel::kNoteRole).toString() + u'\n' + name.data(RunListModel::kPlaceRole).toString();
    for (int column = 0; column < sourceModel()->columnCount(parent); ++column) {
        all += u'\n' + sourceModel()->index(row, column, parent).data().toString();
    }
    // As it is typed: the spaces of numbers are narrow ones.
    all.replace(QChar(0x202f), u' ');
    return std::all_of(m_words.begin(), m_words.end(),
                       [&](const QString& word) { return all.contains(word, Qt::CaseInsensitive); });
}

bool RunFilterModel::lessThan(const QModelIndex& left, const QModelIndex& right) const {
    const QVariant a = left.data(RunListModel::kSortRole), b = right.data(RunListModel::kSortRole);
    if (!a.isValid() || !b.isValid()) {
        if (a.isValid() == b.isValid()) return left.row() < right.row();
        // Last in both directions.
        return (sortOrder() == Qt::AscendingOrder) == a.isValid();
    }
    if (a.typeId() == QMetaType::QString) {
        static const QCollator collator = [] {
            // The C locale, which minimal systems have, would not count "run-10" after "run-9".
            QCollator natural(QLocale().language() == QLocale::C ? QLocale(QLocale::English) : QLocale());
            natural.setNumericMode(true);
            natural.setCaseSensitivity(Qt::CaseInsensitive);
            return natural;
        }();
        return collator.compare(a.toString(), b.toString()) < 0;
    }
    return a.toDouble() < b.toDouble();
}

}  // namespace condenser
