#include "pages/data_picker.h"

#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "look/format.h"
#include "look/look.h"
#include "net/cifar10_download.h"
#include "pages/data_download.h"
#include "pages/form_row.h"
#include "pages/thumbnail_strip.h"
#include "run/training_run.h"

namespace condenser {
namespace {

const QString kShapes = QStringLiteral("shapes10");
const QString kFolder = QStringLiteral("folder:");

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
      m_open(new QPushButton(tr("Open folder…"))),
      m_download(new DataDownload(cifar10Download(defaultDataStore()))),
      m_counts(smallLabel("muted")),
      m_warning(smallLabel("warning")),
      m_pictures(new ThumbnailStrip) {
    m_box->addItem(tr("Shapes-10 (built in)"), kShapes);
    m_box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_box->setMinimumContentsLength(8);
    m_open->setObjectName(QStringLiteral("openDataButton"));
    setLook(m_open, "role", "link");
    m_open->setAccessibleName(tr("Open a folder of pictures as data"));
    m_open->setToolTip(tr("A folder with one sub-folder of pictures for each class (Ctrl+Shift+O)"));
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
    auto* sources = new QVBoxLayout;
    sources->setSpacing(0);
    sources->addWidget(m_open);
    sources->addWidget(m_download->button());
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

    connect(m_box, &QComboBox::currentIndexChanged, this, &DataPicker::select);
    connect(m_open, &QPushButton::clicked, this, &DataPicker::chooseFolder);
    connect(m_download, &DataDownload::got, this, [this](const std::string& data) {
        // While a run trains, its data stay shown: the new ones can be chosen after it.
        if (m_box->isEnabled()) {
            setData(data);
        } else {
            indexOf(toQString(data), QString::fromLatin1(kCifar10FileName));
        }
    });
    connect(&m_preview, &DataPreview::ready, this, &DataPicker::showSummary);
    connect(&m_preview, &DataPreview::failed, this, &DataPicker::showProblem);
    select();
}

std::string DataPicker::data() const {
    return toPath(m_box->currentData().toString()).string();
}

// Any KIND:PATH is shown, and what cannot be read of it says so; what is no name at all gives way to the built-in set.
void DataPicker::setData(const std::string& data) {
    const QString name = toQString(data);
    if (name.startsWith(kFolder)) {
        setFolder(name.mid(kFolder.size()));
    } else if (const qsizetype colon = name.indexOf(u':'); colon > 0) {
        choose(indexOf(name, QFileInfo(name.mid(colon + 1)).fileName()));
    } else {
        m_box->setCurrentIndex(m_box->findData(kShapes));
    }
}

void DataPicker::setFolder(const QString& folder) {
    const QString path = QDir::cleanPath(QFileInfo(folder).absoluteFilePath());
    choose(indexOf(kFolder + path, QFileInfo(path).fileName()));
}

int DataPicker::indexOf(const QString& data, const QString& name) {
    int index = m_box->findData(data);
    if (index >= 0) return index;
    m_box->addItem(name, data);
    index = m_box->count() - 1;
    m_box->setItemData(index, data.mid(data.indexOf(u':') + 1).toHtmlEscaped(), Qt::ToolTipRole);
    return index;
}

void DataPicker::choose(int index) {
    if (index == m_box->currentIndex()) {
        select();  // the folder may have changed since
    } else {
        m_box->setCurrentIndex(index);
    }
}

void DataPicker::setReadOnly(bool on) {
    m_box->setDisabled(on);
    m_open->setDisabled(on);
}

void DataPicker::chooseFolder() {
    if (!m_open->isEnabled()) return;
    auto* dialog = new QFileDialog(this, tr("A folder with one sub-folder of pictures for each class"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, &DataPicker::setFolder);
    dialog->open();
}

void DataPicker::select() {
    m_summary.reset();
    m_problem.clear();
    m_warning->hide();
    m_counts->setText(tr("Looking into it…"));
    m_preview.inspect(data());
    emit changed();
}

void DataPicker::showSummary(const DataSummary& summary) {
    if (summary.data != data()) return;
    m_summary = summary;
    const auto classes = static_cast<std::int64_t>(summary.info.classes.size());
    QString counts = tr("%1 · %2 training")
                         .arg(formatPlural(classes, tr("class"), tr("classes")), formatCount(summary.trainImages()));
    if (summary.testImages() > 0)
        counts += tr(" · %1 %2").arg(formatCount(summary.testImages()), QString::fromStdString(summary.info.testName));
    m_counts->setText(counts);

    QStringList names;
    for (std::size_t i = 0; i < summary.pictures.size(); ++i) {
        names << QString::fromStdString(summary.info.classes[i]);
    }
    m_pictures->setPictures(summary.pictures, names);

    QStringList warnings;
    if (summary.info.testName.empty()) {
        warnings << tr("There is no test folder: a tenth of the pictures is held back to test with.");
    }
    for (const std::string& warning : summary.info.warnings) warnings << QString::fromStdString(warning);
    m_warning->setText(warnings.join(u'\n'));
    m_warning->setVisible(!warnings.isEmpty());
    emit changed();
}

void DataPicker::showProblem(const Error& error) {
    m_problem = errorTitle(error) + QStringLiteral(". ") + errorDetail(error);
    m_counts->setText({});
    m_pictures->setPictures({}, {});
    m_warning->setText(m_problem);
    m_warning->show();
    emit changed();
}

}  // namespace condenser
