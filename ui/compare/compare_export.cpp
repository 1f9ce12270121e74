#include "compare/compare_export.h"

#include <QAction>
#include <QClipboard>
#include <QDesktopServices>
#include <QFileInfo>
#include <QGuiApplication>
#include <QMenu>
#include <QUrl>
#include <utility>

#include "base/atomic_file.h"
#include "compare/bench_document.h"
#include "look/format.h"
#include "look/save_dialog.h"
#include "pages/notices.h"
#include "plots/exhibit_menu.h"
#include "session/guarded.h"

namespace condenser {
namespace {

const QString kNotice = QStringLiteral("compareExportNotice");

QString fileName(const Comparison& comparison, const char* what) {
    QString name = QString::fromStdString(comparison.name);
    name.replace(u'/', u'-');
    if (name.startsWith(u'.')) name[0] = u'-';
    return name + QLatin1String(what);
}

}  // namespace

CompareExport::CompareExport(NoticeArea& notices, QWidget& window, std::function<Contents()> now,
                             std::function<Exhibit()> page)
    : QObject(&window),
      m_notices(notices),
      m_window(window),
      m_now(std::move(now)),
      m_page(new ExhibitMenu(&window, std::move(page))) {
    connect(m_page, &ExhibitMenu::exported, this, &CompareExport::sayDone);
    connect(m_page, &ExhibitMenu::exportFailed, this, &CompareExport::sayFailed);
}

CompareExport::~CompareExport() = default;

void CompareExport::addTo(QMenu& menu) {
    const auto add = [&](const char* name, const QString& text, auto act) {
        QAction* action = menu.addAction(text, this, act);
        action->setObjectName(QLatin1String(name));
        return action;
    };
    const QString csv = tr("Table of numbers (*.csv)"), md = tr("Markdown (*.md)");
    const QList<QAction*> ofComparison{
        add("saveJson", tr("Every sample, JSON…"),
            [this] {
                const ComparisonPtr shown = m_now().comparison;
                write(tr("Save with every sample"), fileName(*shown, "-comparison"), tr("JSON (*.json)"),
                      [shown] { return comparisonJson(*shown, Samples::kEvery); });
            }),
        add("saveCsv", tr("Figures, CSV…"),
            [this, csv] {
                const ComparisonPtr shown = m_now().comparison;
                write(tr("Save the figures"), fileName(*shown, "-comparison"), csv,
                      [shown] { return benchCsv(shown->bench); });
            }),
        add("saveLayersCsv", tr("Layers, CSV…"),
            [this, csv] {
                const ComparisonPtr shown = m_now().comparison;
                write(tr("Save the layers"), fileName(*shown, "-layers"), csv,
                      [shown] { return layersCsv(shown->bench); });
            }),
        add("saveMarkdown", tr("Table for a README, Markdown…"),
            [this, md] {
                const ComparisonPtr shown = m_now().comparison;
                write(tr("Save a table for a README"), fileName(*shown, "-comparison"), md,
                      [shown] { return comparisonMarkdown(*shown); });
            }),
        add("copyMarkdown", tr("Copy the Markdown table"),
            [this] {
                QGuiApplication::clipboard()->setText(QString::fromStdString(comparisonMarkdown(*m_now().comparison)));
                m_notices.show(kNotice, {.title = tr("Copied as a Markdown table.")});
            }),
        add("savePage", tr("Picture of the page…"), [this] { m_page->savePicture(); }),
        add("copyPage", tr("Copy the page as a picture"), [this] {
            m_page->copyPicture();
            m_notices.show(kNotice, {.title = tr("Copied as a picture.")});
        })};
    menu.addSeparator();
    QAction* sweep = add("saveSweep", tr("Threads and batch, CSV…"), [this, csv] {
        write(tr("Save threads and batch"), QStringLiteral("threads-and-batch"), csv,
              [report = m_now().sweep] { return benchCsv(*report); });
    });
    QAction* networks = add("saveNetworks", tr("Other networks, Markdown…"), [this, md] {
        write(tr("Save the other networks"), QStringLiteral("networks-224"), md,
              [report = m_now().networks] { return paperTableMarkdown(*report); });
    });
    connect(&menu, &QMenu::aboutToShow, this, [this, ofComparison, sweep, networks] {
        const Contents contents = m_now();
        for (QAction* action : ofComparison) action->setEnabled(contents.comparison != nullptr);
        sweep->setEnabled(contents.sweep != nullptr);
        networks->setEnabled(contents.networks != nullptr);
    });
}

void CompareExport::write(const QString& title, const QString& name, const QString& filter, Text text) {
    askWhereToSave(&m_window, {title, ExhibitMenu::folder(), name, {filter}}, [this, text](const QString& file) {
        ExhibitMenu::setFolder(QFileInfo(file).path());
        m_worker.post([this, file, text](const std::stop_token&) {
            const std::filesystem::path path = toPath(file);
            const Result<> written =
                guarded("cannot save", path.string(), [&] { return writeFileAtomically(path, text()); });
            QMetaObject::invokeMethod(
                this, [this, file, written] { written ? sayDone(file) : sayFailed(written.error()); },
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
