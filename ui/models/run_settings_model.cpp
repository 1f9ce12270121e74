#include "models/run_settings_model.h"

#include <algorithm>

#include "look/format.h"
#include "models/run_words.h"

namespace condenser {
namespace {

QString dashed(const std::vector<int>& numbers) {
    QStringList words;
    for (const int number : numbers) words << QString::number(number);
    return words.join(u'-');
}

QString number(double value) {
    return QString::number(value, 'g', 6);
}

}  // namespace

std::vector<RunSetting> settingsOf(const RunSummary& run) {
    const auto tr = [](const char* text) { return RunSettingsModel::tr(text); };
    const RunRecord& record = run.record;
    const NetworkSpec& spec = record.spec;
    const TrainSettings& settings = record.settings;
    return {
        {tr("data"), QString::fromStdString(record.data)},
        {tr("training pictures"), formatCount(record.trainImages)},
        {tr("test pictures"),
         tr("%1 (%2)").arg(formatCount(record.testImages), QString::fromStdString(record.testName))},
        {tr("classes"), formatCount(spec.classes)},
        {tr("network"), QString::fromStdString(record.model)},
        {tr("layers per block"), dashed(spec.stages)},
        {tr("growth"), dashed(spec.growth)},
        {tr("condensing factor C"), QString::number(spec.condenseFactor)},
        {tr("groups G of 1×1"), QString::number(spec.groups1x1)},
        {tr("groups of 3×3"), QString::number(spec.groups3x3)},
        {tr("bottleneck"), QString::number(spec.bottleneck)},
        {tr("transitions"),
         spec.hasTransitions() ? tr("1×1 to %1 of the channels").arg(number(spec.compression)) : tr("pooling alone")},
        {tr("picture size"), tr("%1 × %2 px").arg(spec.width).arg(spec.height)},
        {tr("stem stride"), QString::number(spec.stemStride)},
        {tr("epochs"), formatCount(settings.epochs)},
        {tr("batch"), tr("%1 pictures").arg(formatCount(settings.batch))},
        {tr("learning rate"), number(settings.learningRate)},
        {tr("momentum"), number(settings.momentum)},
        {tr("weight decay"), number(settings.weightDecay)},
        {tr("group lasso"), number(settings.groupLassoLambda)},
        {tr("held back for validation"), formatShare(settings.validation)},
        {tr("augmentation"), QString::fromLatin1(augmentationName(settings.augmentation))},
        {tr("seed"), QString::number(settings.seed)},
        {tr("condensing"), condensingWords(settings.condensing)},
        {tr("reference quirks"), settings.referenceQuirks ? tr("yes") : tr("no")},
        {tr("threads"), QString::number(record.threads)},
        {tr("instruction set"), QString::fromStdString(record.isa)},
        {tr("made by"), tr("Condenser %1").arg(QString::fromStdString(record.program))},
        {tr("training time"), formatDuration(run.seconds)},
        {tr("folder"), toQString(run.folder)},
    };
}

int RunSettingsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int RunSettingsModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_names.size()) + 1;
}

QVariant RunSettingsModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    const QString& text = index.column() == 0 ? row.name : row.values.at(index.column() - 1);
    switch (role) {
        case Qt::DisplayRole:
        case Qt::AccessibleTextRole:
            return text;
        case Qt::ToolTipRole:
            return text.toHtmlEscaped();
        default:
            return {};
    }
}

QVariant RunSettingsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) return {};
    if (role == Qt::TextAlignmentRole) return QVariant::fromValue(Qt::AlignVCenter | Qt::AlignLeft);
    if (role == Qt::DisplayRole) return section == 0 ? tr("Setting") : shortRunNames(m_names).at(section - 1);
    const bool whole = section > 0 && (role == Qt::ToolTipRole || role == Qt::AccessibleTextRole);
    return whole ? QVariant(m_names.at(section - 1).toHtmlEscaped()) : QVariant();
}

void RunSettingsModel::setRuns(const std::vector<RunSummary>& runs) {
    QStringList names;
    std::vector<Row> rows;
    for (const RunSummary& run : runs) {
        if (!run.problem.empty()) continue;
        names << QString::fromStdString(run.name);
        const std::vector<RunSetting> settings = settingsOf(run);
        rows.resize(settings.size());
        for (std::size_t i = 0; i < settings.size(); ++i) {
            rows[i].name = settings[i].name;
            rows[i].values << settings[i].value;
        }
    }
    if (names.size() > 1) {
        // Each run has a folder and a training time of its own: they are no settings.
        rows.resize(rows.size() - 2);
        std::erase_if(rows, [](const Row& row) {
            return std::all_of(row.values.begin(), row.values.end(),
                               [&](const QString& value) { return value == row.values.first(); });
        });
    }
    if (names == m_names && rows == m_rows) return;
    beginResetModel();
    m_names = std::move(names);
    m_rows = std::move(rows);
    endResetModel();
}

}  // namespace condenser
