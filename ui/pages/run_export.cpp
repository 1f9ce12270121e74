#include "pages/run_export.h"

#include <QDesktopServices>
#include <QFileInfo>
#include <QUrl>
#include <exception>
#include <fstream>
#include <system_error>

#include "base/atomic_file.h"
#include "base/thread_pool.h"
#include "io/run_folder.h"
#include "look/format.h"
#include "look/save_dialog.h"
#include "pages/notices.h"
#include "plots/exhibit_menu.h"
#include "report/html_report.h"
#include "run/model_export.h"
#include "session/engine_use.h"

namespace condenser {
namespace {

const QString kNotice = QStringLiteral("exportNotice");
constexpr std::size_t kPiece = 1 << 20;  // bytes
constexpr std::uint64_t kCheckSeed = 1;

Result<> exportOnnxOf(const std::filesystem::path& model, const std::filesystem::path& file) {
    ModelRequest request;
    request.model = model.string();
    request.variant = Variant::kCondensed;
    const auto opened = openModel(request);
    if (!opened) return tl::unexpected(opened.error());
    const std::shared_lock share(engine());  // what was written is run once and compared
    ThreadPool pool(1, ThreadPriority::kLow);
    const auto exported = exportOnnx(*opened, file, OnnxInput::kNormalised, kCheckSeed, pool);
    if (!exported) return tl::unexpected(exported.error());
    return {};
}

// A name as a file's: what could be taken for a folder becomes a dash.
QString fileName(const std::string& name) {
    QString text = QString::fromStdString(name);
    text.replace(u'/', u'-');
    if (text.startsWith(u'.')) text[0] = u'-';
    return text;
}

}  // namespace

Result<> copyFileAtomically(const std::filesystem::path& from, const std::filesystem::path& to) {
    constexpr const char* kWhat = "cannot copy the file";
    std::error_code error;
    if (std::filesystem::equivalent(from, to, error)) {
        return fail(ErrorCode::kUsage, kWhat, to.string(), "it would take its own place", "choose another name");
    }
    std::ifstream in(from, std::ios::binary);
    if (!in) return fail(ErrorCode::kUnreadable, kWhat, from.string(), "it cannot be opened");
    AtomicFile out(to);
    if (auto opened = out.open(); !opened) return opened;
    std::vector<char> piece(kPiece);
    while (in) {
        in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
        const auto count = static_cast<std::size_t>(in.gcount());
        if (auto written = out.write(std::string_view(piece.data(), count)); !written) return written;
    }
    if (in.bad() || !in.eof()) return fail(ErrorCode::kUnreadable, kWhat, from.string(), "it cannot be read");
    return out.commit();
}

RunExport::RunExport(NoticeArea& notices, QWidget& window) : m_notices(notices), m_window(window) {}

RunExport::~RunExport() = default;

void RunExport::model(const RunSummary& run) {
    ask(tr("Export the model"), fileName(run.name), {tr("Model (*.safetensors)")},
        [this, from = run.folder / kModelName](const std::filesystem::path& file) {
            start(file, [from](const std::filesystem::path& to) { return copyFileAtomically(from, to); });
        });
}

void RunExport::onnx(const RunSummary& run) {
    ask(tr("Export the condensed model as ONNX"), fileName(run.name), {tr("ONNX (*.onnx)")},
        [this, from = run.folder / kModelName](const std::filesystem::path& file) {
            start(file, [from](const std::filesystem::path& to) { return exportOnnxOf(from, to); });
        });
}

void RunExport::report(const std::vector<RunSummary>& runs) {
    std::vector<std::filesystem::path> folders;
    for (const RunSummary& run : runs) folders.push_back(run.folder);
    const QString name = runs.size() == 1 ? fileName(runs.front().name) : tr("runs");
    ask(tr("Export a report"), name, {tr("Web page (*.html)")}, [this, folders](const std::filesystem::path& file) {
        start(file, [folders](const std::filesystem::path& to) -> Result<> {
            const auto written = writeHtmlReport(folders, to);
            if (!written) return tl::unexpected(written.error());
            return {};
        });
    });
}

void RunExport::seen(const Exhibit& exhibit) {
    QStringList filters{tr("Picture (*.png)"), tr("Drawing (*.svg)"), tr("Page (*.pdf)")};
    if (exhibit.csv) filters << tr("Numbers (*.csv)");
    ask(tr("Export what is seen"), exhibit.name, filters,
        [this, exhibit](const std::filesystem::path& file) { say(file, writeExhibit(exhibit, file)); });
}

void RunExport::ask(const QString& title, const QString& name, const QStringList& filters,
                    std::function<void(const std::filesystem::path&)> chosen) {
    askWhereToSave(&m_window, {title, ExhibitMenu::folder(), name, filters},
                   [chosen = std::move(chosen)](const QString& file) {
                       ExhibitMenu::setFolder(QFileInfo(file).path());
                       chosen(toPath(file));
                   });
}

void RunExport::start(const std::filesystem::path& file, Write write) {
    m_notices.show(kNotice, {Notice::Kind::kInfo, tr("Writing %1 …").arg(toQString(file.filename()))});
    m_worker.post([this, file, write = std::move(write)](const std::stop_token& stop) {
        if (stop.stop_requested()) return;
        Result<> written;
        try {
            written = write(file);
        } catch (const std::exception& error) {
            written = fail(ErrorCode::kTooLarge, "cannot export", file.string(), error.what(),
                           "close other programs and try again");
        }
        QMetaObject::invokeMethod(
            this, [this, file, written] { say(file, written); }, Qt::QueuedConnection);
    });
}

void RunExport::say(const std::filesystem::path& file, const Result<>& written) {
    if (!written) {
        m_notices.show(kNotice, {Notice::Kind::kError, errorTitle(written.error()), errorDetail(written.error())});
        return;
    }
    const QString folder = QFileInfo(toQString(file)).absolutePath();
    m_notices.show(kNotice,
                   {Notice::Kind::kInfo,
                    tr("Exported to %1").arg(toQString(file.filename())),
                    folder,
                    {},
                    {{tr("Open folder"), [folder] { QDesktopServices::openUrl(QUrl::fromLocalFile(folder)); }}}});
}

}  // namespace condenser
