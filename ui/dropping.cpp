#include "dropping.h"

#include <QCoreApplication>
#include <QPainter>
#include <algorithm>
#include <system_error>

#include "data/data_guess.h"
#include "data/data_name.h"
#include "data/image_io.h"
#include "look/format.h"
#include "run/stored_run.h"

namespace condenser {
namespace {

namespace fs = std::filesystem;

constexpr const char* kModelEndings[] = {".safetensors", ".pth", ".pt", ".pth.tar"};
constexpr int kMostEntries = 10'000;  // of a folder that are looked at

QString tr(const char* text) {
    return QCoreApplication::translate("dropping", text);
}

QString quoted(const fs::path& path) {
    return tr("“%1”").arg(toQString(path.filename()));
}

bool isModelFile(const fs::path& path) {
    const std::string name = path.filename().string();
    return std::any_of(std::begin(kModelEndings), std::end(kModelEndings),
                       [&](const char* ending) { return name.ends_with(ending); });
}

struct FolderContent {
    bool folders = false;
    std::vector<fs::path> pictures;
};

FolderContent look(const fs::path& folder) {
    FolderContent content;
    std::error_code error;
    int entries = 0;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end && entries < kMostEntries;
         entry.increment(error), ++entries) {
        if (entry->is_directory(error)) {
            content.folders = true;
            return content;
        }
        if (isPictureFile(entry->path())) content.pictures.push_back(entry->path());
    }
    std::sort(content.pictures.begin(), content.pictures.end());
    return content;
}

// Data of a kind that is no folder of class folders.
bool isOtherData(const fs::path& path) {
    const auto data = dataNameOf(path);
    return data && data->rfind(kFolderPrefix, 0) != 0;
}

DropPlan planData(const fs::path& path) {
    return {DropPlan::Kind::kData, {path}, tr("Use %1 as data to train on").arg(quoted(path))};
}

DropPlan planFolder(const fs::path& folder) {
    if (isRunFolder(folder)) return {DropPlan::Kind::kRun, {folder}, tr("Open the run %1").arg(quoted(folder))};
    if (isOtherData(folder)) return planData(folder);
    FolderContent content = look(folder);
    if (content.folders) {
        return {DropPlan::Kind::kData,
                {folder},
                tr("Use %1 as data to train on, one class for each sub-folder").arg(quoted(folder))};
    }
    if (content.pictures.empty())
        return {
            DropPlan::Kind::kNothing, {}, tr("%1 holds neither pictures nor folders of pictures").arg(quoted(folder))};
    const auto count = static_cast<std::int64_t>(content.pictures.size());
    return {DropPlan::Kind::kPictures, std::move(content.pictures),
            tr("Classify the %1 in %2").arg(formatPlural(count, tr("picture"), tr("pictures")), quoted(folder))};
}

}  // namespace

DropPlan planDrop(const std::vector<fs::path>& paths) {
    if (paths.empty()) return {DropPlan::Kind::kNothing, {}, tr("Only files and folders can be dropped here")};
    std::error_code error;
    if (paths.size() == 1) {
        const fs::path& path = paths.front();
        if (fs::is_directory(path, error)) return planFolder(path);
        if (isModelFile(path)) return {DropPlan::Kind::kModel, {path}, tr("Open the model %1").arg(quoted(path))};
        if (isOtherData(path)) return planData(path);
    }
    DropPlan plan{DropPlan::Kind::kPictures, {}, {}};
    for (const fs::path& path : paths) {
        if (fs::is_directory(path, error)) {
            const FolderContent content = look(path);
            plan.files.insert(plan.files.end(), content.pictures.begin(), content.pictures.end());
        } else {
            plan.files.push_back(path);
        }
    }
    if (plan.files.empty()) return {DropPlan::Kind::kNothing, {}, tr("There is no picture in these folders")};
    const auto count = static_cast<std::int64_t>(plan.files.size());
    plan.words = count == 1 ? tr("Classify %1").arg(quoted(plan.files.front()))
                            : tr("Classify %1").arg(formatPlural(count, tr("picture"), tr("pictures")));
    if (plan.files.size() > kMostPictures) {
        plan.files.resize(kMostPictures);
        plan.words = tr("Classify the first %1 of %2 pictures").arg(formatCount(kMostPictures), formatCount(count));
    }
    return plan;
}

DropPlan planDrop(const QList<QUrl>& urls) {
    std::vector<fs::path> paths;
    for (const QUrl& url : urls) {
        if (url.isLocalFile()) paths.push_back(toPath(url.toLocalFile()));
    }
    return planDrop(paths);
}

DropOverlay::DropOverlay(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("dropOverlay"));
    setAttribute(Qt::WA_TransparentForMouseEvents);
    hide();
}

void DropOverlay::showWords(const QString& words, bool accepted) {
    m_words = words;
    m_accepted = accepted;
    setAccessibleName(words);
    setGeometry(parentWidget()->rect());
    raise();
    show();
    update();
}

void DropOverlay::paintEvent(QPaintEvent* /*event*/) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QColor veil = palette().color(QPalette::Window);
    veil.setAlpha(225);
    painter.fillRect(rect(), veil);
    const QColor color = palette().color(m_accepted ? QPalette::Highlight : QPalette::Mid);
    painter.setPen(QPen(color, 2, Qt::DashLine));
    painter.drawRoundedRect(QRectF(rect()).adjusted(24, 24, -24, -24), 12, 12);
    QFont font = this->font();
    font.setPointSizeF(font.pointSizeF() * 1.15);
    font.setBold(true);
    painter.setFont(font);
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawText(rect().adjusted(60, 40, -60, -40), Qt::AlignCenter | Qt::TextWordWrap, m_words);
}

}  // namespace condenser
