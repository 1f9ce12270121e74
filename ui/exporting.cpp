#include "exporting.h"

#include <QClipboard>
#include <QDesktopServices>
#include <QDir>
#include <QFileInfo>
#include <QGuiApplication>
#include <QSettings>
#include <QStandardPaths>
#include <QUrl>

#include "look/format.h"
#include "look/save_dialog.h"
#include "pages/notices.h"

namespace condenser {
namespace {

const QString kNotice = QStringLiteral("exportNotice");
const QString kBriefNotice = QStringLiteral("exportWord");
const QString kFolderKey = QStringLiteral("window/exportFolder");
constexpr int kBriefMs = 4000;
constexpr double kClipboardScale = 2;  // sharp when it is put into a text

}  // namespace

Exporting::Exporting(NoticeArea& notices, QSettings& settings, QWidget* window)
    : QObject(window), m_notices(notices), m_settings(settings), m_window(window) {
    m_brief.setSingleShot(true);
    connect(&m_brief, &QTimer::timeout, this, [this] { m_notices.remove(kBriefNotice); });
}

void Exporting::save(const std::optional<Exhibit>& exhibit) {
    if (!exhibit) return nothingToSee();
    QStringList filters{tr("Picture, sharp in print (*.png)"), tr("Drawing for the web (*.svg)"),
                        tr("Document (*.pdf)")};
    if (exhibit->csv) filters << tr("The numbers, for a spreadsheet (*.csv)");
    const QString last = m_settings.value(kFolderKey).toString();
    const QString folder =
        QFileInfo(last).isDir() ? last : QStandardPaths::writableLocation(QStandardPaths::PicturesLocation);
    askWhereToSave(m_window, {tr("Save what is seen"), folder, exhibit->name, filters},
                   [this, shown = *exhibit](const QString& file) { write(shown, file); });
}

void Exporting::write(const Exhibit& exhibit, const QString& file) {
    if (const auto written = writeExhibit(exhibit, toPath(file)); !written) {
        m_notices.show(kNotice, {.kind = Notice::Kind::kError,
                                 .title = errorTitle(written.error()),
                                 .detail = errorDetail(written.error())});
        return;
    }
    const QString folder = QFileInfo(file).absolutePath();
    m_settings.setValue(kFolderKey, folder);
    m_notices.show(
        kNotice,
        {.title = tr("Saved as %1").arg(QFileInfo(file).fileName()),
         .detail = tr("in %1").arg(QDir::toNativeSeparators(folder)),
         .actions = {{tr("Open folder"), [folder] { QDesktopServices::openUrl(QUrl::fromLocalFile(folder)); }}}});
}

void Exporting::copy(const std::optional<Exhibit>& exhibit) {
    if (!exhibit) return nothingToSee();
    QGuiApplication::clipboard()->setImage(pictureOf(*exhibit, kClipboardScale));
    sayBriefly(tr("Copied as a picture."));
}

void Exporting::nothingToSee() {
    sayBriefly(tr("There is nothing to save on this page yet."));
}

// Nothing to act upon, so that it goes by itself.
void Exporting::sayBriefly(const QString& words) {
    m_notices.show(kBriefNotice, {.title = words});
    m_brief.start(kBriefMs);
}

}  // namespace condenser
