#include "compare/compare_export.h"

#include <QClipboard>
#include <QDesktopServices>
#include <QFileInfo>
#include <QGuiApplication>
#include <QUrl>

#include "base/atomic_file.h"
#include "compare/bench_document.h"
#include "look/format.h"
#include "look/save_dialog.h"
#include "pages/notices.h"
#include "plots/exhibit_menu.h"
#include "session/guarded.h"

namespace condenser {
namespace {

constexpr double kClipboardScale = 2;  // sharp when it is put into a text
const QString kNotice = QStringLiteral("compareExportNotice");

QString fileName(const ComparisonPtr& comparison, const char* what) {
    QString name = QString::fromStdString(comparison->name);
    name.replace(u'/', u'-');
    if (name.startsWith(u'.')) name[0] = u'-';
    return name + QLatin1String(what);
}

}  // namespace

CompareExport::CompareExport(NoticeArea& notices, QWidget& window) : m_notices(notices), m_window(window) {}
CompareExport::~CompareExport() = default;

void CompareExport::json(const ComparisonPtr& comparison) {
    write(tr("Save with every sample"), fileName(comparison, "-comparison"), tr("JSON (*.json)"),
          [comparison] { return comparisonJson(*comparison, Samples::kEvery); });
}

void CompareExport::csv(const ComparisonPtr& comparison) {
    write(tr("Save the figures"), fileName(comparison, "-comparison"), tr("Table of numbers (*.csv)"),
          [comparison] { return benchCsv(comparison->bench); });
}

void CompareExport::layersCsv(const ComparisonPtr& comparison) {
    write(tr("Save the layers"), fileName(comparison, "-layers"), tr("Table of numbers (*.csv)"),
          [comparison] { return condenser::layersCsv(comparison->bench); });
}

void CompareExport::markdown(const ComparisonPtr& comparison) {
    write(tr("Save a table for a README"), fileName(comparison, "-comparison"), tr("Markdown (*.md)"),
          [comparison] { return comparisonMarkdown(*comparison); });
}

void CompareExport::copyMarkdown(const ComparisonPtr& comparison) {
    QGuiApplication::clipboard()->setText(QString::fromStdString(comparisonMarkdown(*comparison)));
    m_notices.show(kNotice, {.title = tr("Copied as a Markdown table.")});
}

void CompareExport::networksMarkdown(const BenchReportPtr& report) {
    write(tr("Save the other networks"), QStringLiteral("networks-224"), tr("Markdown (*.md)"),
          [report] { return paperTableMarkdown(*report); });
}

void CompareExport::sweepCsv(const BenchReportPtr& report) {
    write(tr("Save threads and batch"), QStringLiteral("threads-and-batch"), tr("Table of numbers (*.csv)"),
          [report] { return benchCsv(*report); });
}

void CompareExport::picture(const Exhibit& exhibit) {
    const QStringList filters{tr("PNG picture (*.png)"), tr("SVG drawing (*.svg)"), tr("PDF page (*.pdf)")};
    askWhereToSave(&m_window, {tr("Save the page as a picture"), ExhibitMenu::folder(), exhibit.name, filters},
                   [this, exhibit](const QString& file) {
                       ExhibitMenu::setFolder(QFileInfo(file).path());
                       if (const auto written = writeExhibit(exhibit, toPath(file)); !written) {
                           sayFailed(written.error());
                       } else {
                           sayDone(file);
                       }
                   });
}

void CompareExport::copyPicture(const Exhibit& exhibit) {
    QGuiApplication::clipboard()->setImage(pictureOf(exhibit, kClipboardScale));
    m_notices.show(kNotice, {.title = tr("Copied as a picture.")});
}

void CompareExport::write(const QString& title, const QString& name, const QString& filter, Text text) {
    askWhereToSave(&m_window, {title, ExhibitMenu::folder(), name, {filter}}, [this, text](const QString& file) {
        ExhibitMenu::setFolder(QFileInfo(file).path());
        m_worker.post([this, file, text](const std::stop_token&) {
            const std::filesystem::path path = toPath(file);
            const Result<> written =
                guarded("cannot save", path.string(), [&] { return writeFileAtomically(path, text()); });
            QMetaObject::invokeMethod(
                this,
                [this, file, written] {
                    if (!written) return sayFailed(written.error());
                    sayDone(file);
                },
                Qt::QueuedConnection);
        });
    });
}

void CompareExport::sayDone(const QString& file) {
    const QString folder = QFileInfo(file).absolutePath();
    m_notices.show(
        kNotice,
        {.title = tr("Saved as %1").arg(QFileInfo(file).fileName()),
         .actions = {{tr("Open folder"), [folder] { QDesktopServices::openUrl(QUrl::fromLocalFile(folder)); }}}});
}

void CompareExport::sayFailed(const Error& error) {
    m_notices.show(kNotice, {.kind = Notice::Kind::kError, .title = errorTitle(error), .detail = errorDetail(error)});
}

}  // namespace condenser
