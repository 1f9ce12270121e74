#include "pages/data_picker.h"

#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "data/data_guess.h"
#include "data/data_name.h"
#include "look/format.h"
#include "look/look.h"
#include "net/cifar10_download.h"
#include "pages/data_check_row.h"
#include "pages/data_download.h"
#include "pages/form_row.h"
#include "pages/thumbnail_strip.h"
#include "run/training_run.h"

namespace condenser {
namespace {

constexpr int kPatienceMs = 300;  // what takes no longer needs no button to cancel it
const QString kShapes = QString::fromLatin1(kShapesName);

// "1000 training", "2000 training, 90 to 1300 a class".
QString trainingWords(const DatasetInfo& info) {
    const QString all = DataPicker::tr("%1 training").arg(formatCount(info.trainImages()));
    const auto [least, most] = std::minmax_element(info.trainCounts.begin(), info.trainCounts.end());
    if (least == info.trainCounts.end() || *most == 0) return all;
    if (*least == *most) return DataPicker::tr("%1 (%2\u00a0a\u00a0class)").arg(all, formatCount(*most));
    return DataPicker::tr("%1 (%2\u00a0to\u00a0%3\u00a0a\u00a0class)")
        .arg(all, formatCount(*least), formatCount(*most));
}

// "circle: 900 training, 100 test".
QString classWords(const DatasetInfo& info, std::size_t index) {
    QString words = DataPicker::tr("%1: %2 training")
                        .arg(QString::fromStdString(info.classes[index]), formatCount(info.trainCounts[index]));
    if (index < info.testCounts.size() && !info.testName.empty())
        words +=
            DataPicker::tr(", %1 %2").arg(formatCount(info.testCounts[index]), QString::fromStdString(info.testName));
    return words;
}

QLabel* smallLabel(const char* tone) {
    auto* label = new QLabel;
    setLook(label, "tone", tone);
    setLook(label, "scale", "small");
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    return label;
}

}  // namespace

DataPicker::DataPicker(QWidget* parent)
    : QWidget(parent),
      m_box(new QComboBox),
      m_open(new QPushButton(tr("Open… ▾"))),
      m_download(new DataDownload(cifar10Download(defaultDataStore()))),
      m_cancel(new QPushButton),
      m_counts(smallLabel("muted")),
      m_warning(smallLabel("warning")),
      m_pictures(new ThumbnailStrip),
      m_check(new DataCheckRow(m_preview)) {
    m_box->addItem(tr("Shapes-10 (built in)"), kShapes);
    m_box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_box->setMinimumContentsLength(8);
    m_open->setObjectName(QStringLiteral("openDataButton"));
    setLook(m_open, "role", "link");
    m_open->setAccessibleName(tr("Open pictures as data"));
    m_open->setToolTip(
        tr("A folder with one sub-folder of pictures for each class (Ctrl+Shift+O), a list, an archive"));
    auto* menu = new QMenu(m_open);
    menu->addAction(tr("Folder…"), this, &DataPicker::chooseFolder)->setObjectName(QStringLiteral("openDataFolder"));
    menu->addAction(tr("CSV list or CIFAR archive…"), this, &DataPicker::chooseFile)
        ->setObjectName(QStringLiteral("openDataFile"));
    menu->setAccessibleName(tr("Open pictures as data"));
    m_open->setMenu(menu);
    m_cancel->setObjectName(QStringLiteral("dataCancel"));
    setLook(m_cancel, "role", "link");
    m_cancel->hide();
    m_counts->setObjectName(QStringLiteral("dataCounts"));
    m_warning->setObjectName(QStringLiteral("dataProblem"));
    m_warning->hide();
    m_pictures->setObjectName(QStringLiteral("dataPictures"));
    m_pictures->hide();

    auto* grid = makeFormGrid();
    addFormRow(grid, tr("Data"), m_box, QStringLiteral("dataBox"), tr("What the network learns from"));
    auto* countsRow = new QHBoxLayout;
    countsRow->setSpacing(8);
    countsRow->addWidget(m_counts, 1);
    countsRow->addWidget(m_cancel, 0, Qt::AlignTop);
    auto* sources = new QVBoxLayout;
    sources->setSpacing(0);
    sources->addWidget(m_open, 0, Qt::AlignRight);
    sources->addWidget(m_download->button(), 0, Qt::AlignRight);
    sources->addStretch(1);
    countsRow->addLayout(sources);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    layout->addLayout(grid);
    layout->addLayout(countsRow);
    layout->addWidget(m_download);
    layout->addWidget(m_pictures);
    layout->addWidget(m_warning);
    layout->addWidget(m_check);

    connect(m_box, &QComboBox::currentIndexChanged, this, &DataPicker::select);
    connect(m_download, &DataDownload::got, this, [this](const std::string& data) {
        // While a run trains, its data stay shown: the new ones can be chosen after it.
        if (m_box->isEnabled()) {
            setData(data);
        } else {
            add(toQString(data));
        }
    });
    connect(m_check, &DataCheckRow::trainingWanted, this, &DataPicker::trainingWanted);
    m_patience.setSingleShot(true);
    m_patience.setInterval(kPatienceMs);
    connect(&m_patience, &QTimer::timeout, m_cancel, [this] { m_cancel->setVisible(m_looking); });
    connect(m_cancel, &QPushButton::clicked, this, [this] { m_looking ? m_preview.cancel() : select(); });
    connect(&m_preview, &DataPreview::scanning, this, &DataPicker::showScanning);
    connect(&m_preview, &DataPreview::stopped, this, &DataPicker::showStopped);
    connect(&m_preview, &DataPreview::ready, this, &DataPicker::showSummary);
    connect(&m_preview, &DataPreview::failed, this, &DataPicker::showProblem);
    select();
}

std::string DataPicker::data() const {
    return toPath(m_box->currentData().toString()).string();
}

// Any KIND:PATH is shown, and what cannot be read of it says so; what is no name at all gives way to the built-in set.
void DataPicker::setData(const std::string& data) {
    if (const QString name = toQString(data); name.indexOf(u':') > 0) {
        choose(add(name));
    } else {
        m_box->setCurrentIndex(m_box->findData(kShapes));
    }
}

void DataPicker::setPath(const QString& path) {
    const std::string data = dataNameOf(toPath(path)).value_or(kFolderPrefix);
    choose(add(QString::fromStdString(data.substr(0, data.find(':') + 1)) + path));
}

int DataPicker::add(const QString& name) {
    const qsizetype colon = name.indexOf(u':') + 1;
    const QString path = QDir::cleanPath(QFileInfo(name.mid(colon)).absoluteFilePath());
    const QString data = name.left(colon) + path;
    int index = m_box->findData(data);
    if (index >= 0) return index;
    m_box->addItem(QFileInfo(path).fileName(), data);
    index = m_box->count() - 1;
    m_box->setItemData(index, path.toHtmlEscaped(), Qt::ToolTipRole);
    return index;
}

void DataPicker::choose(int index) {
    if (index == m_box->currentIndex()) {
        select();  // the files may have changed since
    } else {
        m_box->setCurrentIndex(index);
    }
}

void DataPicker::setReadOnly(bool on) {
    m_box->setDisabled(on);
    m_check->setReadOnly(on);
    m_open->setDisabled(on);
}

void DataPicker::chooseFolder() {
    if (!m_open->isEnabled()) return;
    auto* dialog = new QFileDialog(this, tr("A folder with one sub-folder of pictures for each class"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, &DataPicker::setPath);
    dialog->open();
}

void DataPicker::chooseFile() {
    if (!m_open->isEnabled()) return;
    auto* dialog = new QFileDialog(this, tr("A list of pictures and their classes, or the archive of CIFAR"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({tr("Lists and archives (*.csv *.tar.gz *.tgz)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, this, &DataPicker::setPath);
    dialog->open();
}

void DataPicker::select() {
    m_summary.reset();
    m_problem.clear();
    m_warning->hide();
    m_check->clear();
    m_looking = true;
    m_counts->setText(tr("Looking…"));
    m_cancel->setText(tr("Cancel"));
    m_cancel->setAccessibleName(tr("Stop looking into the data"));
    m_cancel->hide();
    m_patience.start();
    m_preview.inspect(data());
    emit changed();
}

void DataPicker::showScanning(qint64 found) {
    if (!m_looking) return;
    m_counts->setText(tr("Looking… %1").arg(formatPlural(found, tr("picture"), tr("pictures"))));
}

void DataPicker::showStopped() {
    m_looking = false;
    m_patience.stop();
    m_pictures->setPictures({}, {});
    m_counts->setText(tr("Not looked into."));
    m_cancel->setText(tr("Look again"));
    m_cancel->setAccessibleName(tr("Look into the data again"));
    m_cancel->show();
}

void DataPicker::showSummary(const DataSummary& summary) {
    if (summary.data != data()) return;
    m_looking = false;
    m_patience.stop();
    m_cancel->hide();
    m_summary = summary;
    const auto classes = static_cast<std::int64_t>(summary.info.classes.size());
    QString counts =
        formatPlural(classes, tr("class"), tr("classes")) + QStringLiteral(" · ") + trainingWords(summary.info);
    if (summary.testImages() > 0)
        counts += tr(" · %1 %2").arg(formatCount(summary.testImages()), QString::fromStdString(summary.info.testName));
    m_counts->setText(counts);

    QStringList names;
    for (std::size_t i = 0; i < summary.pictures.size(); ++i) {
        names << classWords(summary.info, i);
    }
    m_pictures->setPictures(summary.pictures, names);

    QStringList warnings;
    if (summary.info.testName.empty()) {
        warnings << tr("There is no test part: a tenth of the pictures is held back to test with.");
    }
    for (const std::string& warning : summary.info.warnings) {
        QString words = QString::fromStdString(warning);
        if (!words.isEmpty()) words[0] = words.at(0).toUpper();
        warnings << words + u'.';
    }
    m_warning->setText(warnings.join(u'\n'));
    m_warning->setVisible(!warnings.isEmpty());
    emit changed();
}

void DataPicker::showProblem(const Error& error) {
    m_looking = false;
    m_patience.stop();
    m_cancel->hide();
    m_problem = errorWords(error);
    m_counts->setText({});
    m_pictures->setPictures({}, {});
    m_warning->setText(m_problem);
    m_warning->show();
    emit changed();
}

}  // namespace condenser
