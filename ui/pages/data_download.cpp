#include "pages/data_download.h"

#include <QDir>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QUrl>
#include <QVBoxLayout>
#include <system_error>
#include <utility>

#include "look/format.h"
#include "look/look.h"

namespace condenser {
namespace {

constexpr double kMegabyte = 1 << 20;
constexpr int kBarParts = 1000;

QString megabytes(double bytes, int decimals) {
    return QString::number(bytes / kMegabyte, 'f', decimals);
}

QLabel* wrappedLabel(const char* objectName) {
    auto* label = new QLabel;
    label->setObjectName(QString::fromLatin1(objectName));
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    return label;
}

QString shownFolder(const std::filesystem::path& folder) {
    const QString path = toQString(folder), home = QDir::homePath() + u'/';
    return path.startsWith(home) ? QStringLiteral("~/") + path.mid(home.size()) : path;
}

}  // namespace

DataDownload::DataDownload(DownloadRequest request, QWidget* parent)
    : QFrame(parent),
      m_request(std::move(request)),
      m_open(new QPushButton(tr("Get CIFAR-10…"), this)),
      m_title(wrappedLabel("downloadTitle")),
      m_bar(new QProgressBar),
      m_detail(wrappedLabel("downloadDetail")),
      m_act(new QPushButton),
      m_close(new QPushButton) {
    setObjectName(QStringLiteral("dataDownload"));
    m_open->setObjectName(QStringLiteral("getDataButton"));
    setLook(m_open, "role", "link");
    m_open->setAccessibleName(tr("Get the data set CIFAR-10"));
    m_open->setToolTip(tr("60 000 small pictures of 10 classes, from their author's page; asks before it begins"));
    setLook(m_title, "strong");
    setLook(m_detail, "tone", "muted");
    setLook(m_detail, "scale", "small");
    m_bar->setObjectName(QStringLiteral("downloadBar"));
    m_bar->setAccessibleName(tr("Progress of the download"));
    m_bar->setTextVisible(false);
    m_bar->setRange(0, kBarParts);
    m_act->setObjectName(QStringLiteral("downloadStart"));
    m_act->setAccessibleName(tr("Download"));
    setLook(m_act, "role", "primary");
    m_close->setObjectName(QStringLiteral("downloadClose"));
    m_close->setAccessibleName(tr("Close"));

    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addStretch(1);
    buttons->addWidget(m_act);
    buttons->addWidget(m_close);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 8, 8, 8);
    layout->setSpacing(6);
    layout->addWidget(m_title);
    layout->addWidget(m_bar);
    layout->addWidget(m_detail);
    layout->addLayout(buttons);
    hide();

    connect(m_open, &QPushButton::clicked, this, &DataDownload::offer);
    connect(m_act, &QPushButton::clicked, this, &DataDownload::start);
    connect(m_close, &QPushButton::clicked, this, &DataDownload::close);
    connect(&m_session, &DownloadSession::progressed, this, &DataDownload::showProgress);
    connect(&m_session, &DownloadSession::finished, this, &DataDownload::showDone);
    connect(&m_session, &DownloadSession::failed, this, &DataDownload::showFailed);
    connect(&m_session, &DownloadSession::cancelled, this, &DataDownload::offer);
}

void DataDownload::lay(const char* notice, const QString& title, const QString& detail, const QString& action,
                       const QString& closing) {
    setLook(this, "notice", notice);
    setAccessibleName(title);
    m_title->setText(title);
    m_detail->setText(detail);
    m_bar->setVisible(m_session.active());
    m_act->setText(action);
    m_act->setAccessibleName(action);
    m_act->setVisible(!action.isEmpty());
    m_close->setText(closing);
    m_close->setAccessibleName(closing);
    m_close->setEnabled(true);
    m_open->setEnabled(false);
    show();
    (action.isEmpty() ? m_close : m_act)->setFocus();
}

void DataDownload::offer() {
    std::filesystem::path part = m_request.target;
    part += ".part";
    std::error_code none;
    const std::uintmax_t come = std::filesystem::file_size(part, none);
    QString detail =
        tr("%1 MB from %2 into %3.")
            .arg(megabytes(static_cast<double>(m_request.bytes.value_or(0)), 0),
                 QUrl(QString::fromStdString(m_request.url)).host(), shownFolder(m_request.target.parent_path()));
    if (!none) detail += tr(" %1 MB of it have come already.").arg(megabytes(static_cast<double>(come), 1));
    lay("info", tr("Download CIFAR-10?"), detail, none ? tr("Download") : tr("Go on"), tr("Not now"));
}

void DataDownload::start() {
    m_last = 0;
    m_bar->setValue(0);
    m_session.start(m_request);
    lay("info", tr("Downloading CIFAR-10"), tr("Asking the server…"), {}, tr("Cancel"));
}

void DataDownload::close() {
    if (m_session.active()) {
        m_close->setEnabled(false);
        m_session.cancel();
        return;
    }
    hide();
    m_open->setEnabled(true);
    m_open->setFocus();
}

void DataDownload::showProgress(const DownloadProgress& progress) {
    if (!m_session.active()) return;
    const auto done = static_cast<double>(progress.done), total = static_cast<double>(progress.total);
    const double seconds = m_time.isValid() ? static_cast<double>(m_time.elapsed()) / 1000 : 0;
    if (m_last == 0 || progress.done < m_last) {
        m_time.start();
        // All of it is one epoch: the speed is the mean since the beginning.
        m_eta.start(static_cast<std::int64_t>(progress.done), static_cast<std::int64_t>(progress.total),
                    static_cast<std::int64_t>(progress.total), 0);
    } else {
        m_eta.advance(static_cast<std::int64_t>(progress.done), seconds);
    }
    m_last = progress.done;
    if (progress.total > 0) m_bar->setValue(static_cast<int>(done / total * kBarParts));
    if (!progress.trouble.empty()) {
        m_detail->setText(QString::fromStdString(progress.trouble));
    } else if (progress.done == progress.total) {
        m_detail->setText(tr("Checking that it is whole…"));
    } else {
        const auto left = m_eta.secondsLeft();
        const QString speed = left && *left > 0
                                  ? tr("%1 MB/s · %2").arg(megabytes((total - done) / *left, 1), formatTimeLeft(*left))
                                  : tr("measuring…");
        m_detail->setText(tr("%1 of %2 MB · %3").arg(megabytes(done, 1), megabytes(total, 1), speed));
    }
}

void DataDownload::showDone(const Downloaded& downloaded) {
    lay("info", tr("CIFAR-10 is here."),
        tr("%1 MB, checksum right, in %2.")
            .arg(megabytes(static_cast<double>(downloaded.bytes), 0), shownFolder(m_request.target.parent_path())),
        {}, tr("Close"));
    emit got("cifar10:" + m_request.target.string());
}

void DataDownload::showFailed(const Error& error) {
    lay("error", tr("CIFAR-10 could not be downloaded."), errorTitle(error) + QStringLiteral(". ") + errorDetail(error),
        tr("Try again"), tr("Close"));
}

}  // namespace condenser
