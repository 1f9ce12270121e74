#include "connections/animation_writer.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QPainter>
#include <algorithm>
#include <memory>
#include <optional>
#include <system_error>

#include "base/atomic_file.h"
#include "base/unfinished_folder.h"
#include "connections/kept_connections.h"
#include "data/gif_encoder.h"
#include "io/connections_file.h"
#include "look/format.h"
#include "run/model_source.h"

namespace condenser {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWhat = "cannot write the animation";
constexpr int kWhole = 800, kShortest = 10, kLongest = 50, kStepDelay = 50, kLastDelay = 200;  // 1/100 s
constexpr double kGifScale = 1, kPictureScale = 2;  // a GIF is looked at, pictures are worked with
constexpr int kCaption = 52, kMargin = 12, kTrack = 4, kDot = 10, kTick = 12;  // pixels

QString words(const char* text) {
    return QCoreApplication::translate("AnimationWriter", text);
}

// Which moment of which run, how much is left, and a line of the run's time with its condensing steps.
void paintCaption(QPainter& painter, const QRectF& room, const AnimationPlan& plan, int moment,
                  const ConnectionsRecord& record) {
    const ConnectionsSource& source = *plan.source;
    const Theme& theme = plan.theme;
    const QRectF inside = room.adjusted(kMargin, 0, -kMargin, 0);
    const QRectF line(inside.left(), inside.top(), inside.width(), room.height() - 2 * kTick);
    QFont strong = plan.font;
    strong.setBold(true);
    painter.setFont(strong);
    painter.setPen(theme.text);
    const QString when = source.wordsOf(moment);
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, when);
    const double used = QFontMetricsF(strong, painter.device()).horizontalAdvance(when + QStringLiteral("  "));
    painter.setFont(plan.font);
    painter.setPen(theme.muted);
    const QFontMetricsF metrics(plan.font, painter.device());
    const QString kept = words("%1 of all connections kept")
                             .arg(formatShare(keptConnections(source.layout, source.layers, record).share()));
    const double right = metrics.horizontalAdvance(kept);
    if (used + right <= line.width()) painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, kept);
    const QString run = source.sample ? words("%1 · sample").arg(source.name) : source.name;
    const QRectF between = line.adjusted(used, 0, -right - kMargin, 0);
    if (between.width() > 0) {
        painter.drawText(between, Qt::AlignLeft | Qt::AlignVCenter,
                         metrics.elidedText(run, Qt::ElideRight, between.width()));
    }

    const double y = line.bottom() + kTick / 2.0;
    const auto x = [&](double epoch) {
        const double part = source.epochs > 0 ? std::clamp(epoch / source.epochs, 0.0, 1.0) : 0;
        return inside.left() + part * inside.width();
    };
    const double now = x(source.epochOf(moment));
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.border);
    painter.drawRoundedRect(QRectF(inside.left(), y - kTrack / 2.0, inside.width(), kTrack), 2, 2);
    painter.setBrush(theme.condensed);
    painter.drawRoundedRect(QRectF(inside.left(), y - kTrack / 2.0, now - inside.left(), kTrack), 2, 2);
    for (const CondensingStep& step : source.condensing) {
        const double at = x(step.epoch);
        painter.setBrush(at <= now ? theme.condensed : theme.marker);
        painter.drawRect(QRectF(at - 1, y - kTick / 2.0, 2, kTick));
    }
    painter.setBrush(theme.condensed);
    painter.drawEllipse(QPointF(now, y), kDot / 2.0, kDot / 2.0);
}

// Where the frames go.
class Sink {
  public:
    virtual ~Sink() = default;
    virtual Result<> add(const QImage& frame, int delay) = 0;
    virtual Result<> commit() = 0;
};

class GifSink : public Sink {
  public:
    explicit GifSink(const fs::path& file) : m_file(file) {}

    Result<> add(const QImage& frame, int delay) override {
        const QImage rgb = frame.convertToFormat(QImage::Format_RGB888);
        const auto row = static_cast<std::size_t>(rgb.width()) * 3;
        std::vector<std::uint8_t> pixels;
        pixels.reserve(row * static_cast<std::size_t>(rgb.height()));
        for (int y = 0; y < rgb.height(); ++y) {
            pixels.insert(pixels.end(), rgb.constScanLine(y), rgb.constScanLine(y) + row);
        }
        if (!m_writer) {
            m_writer.emplace(m_file, rgb.width(), rgb.height());
            if (auto opened = m_writer->open(); !opened) return opened;
        }
        return m_writer->addFrame(pixels, delay);
    }
    Result<> commit() override { return m_writer->commit(); }

  private:
    fs::path m_file;
    std::optional<GifWriter> m_writer;
};

class FolderSink : public Sink {
  public:
    explicit FolderSink(const fs::path& folder) : m_place(folder), m_unfinished(folder) {}

    Result<> make() const {
        std::error_code error;
        if (fs::exists(m_place, error) && !(fs::is_directory(m_place, error) && fs::is_empty(m_place, error))) {
            return fail(ErrorCode::kWrite, kWhat, m_place.string(), "there is something of this name already",
                        "choose another name");
        }
        return m_unfinished.make(kWhat);
    }
    Result<> add(const QImage& frame, int /*delay*/) override {
        QByteArray bytes;
        QBuffer buffer(&bytes);
        buffer.open(QIODevice::WriteOnly);
        frame.save(&buffer, "PNG");
        const QString name = QStringLiteral("frame-%1.png").arg(++m_count, 4, 10, QLatin1Char('0'));
        return named(writeFileAtomically(m_unfinished.path() / toPath(name),
                                         {bytes.constData(), static_cast<std::size_t>(bytes.size())}));
    }
    Result<> commit() override { return named(m_unfinished.moveIntoPlace()); }

  private:
    Result<> named(const Result<>& done) const {
        if (done) return {};
        return tl::unexpected(m_unfinished.translated(done.error()));
    }

    fs::path m_place;
    UnfinishedFolder m_unfinished;
    int m_count = 0;
};

// A run in training may have been taken back to a checkpoint since the source was read: moments go by their keys.
Result<ConnectionsRecord> readMoment(const ConnectionsSource& source, const ConnectionsIndex& index, int moment) {
    const ConnectionsKey& key = source.moments[static_cast<std::size_t>(moment)];
    const auto found = std::ranges::find(index.records, key);
    const auto gone = [&] {
        return fail(ErrorCode::kNotFound, kWhat, (source.folder / kConnectionsName).string(),
                    source.wordsOf(moment).toStdString() + " is no longer in the record", "try again");
    };
    if (found == index.records.end()) return gone();
    auto record = readConnections(source.folder, static_cast<std::size_t>(found - index.records.begin()));
    if (record && record->key != key) return gone();
    return record;
}

Result<AnimationMoment> readAll(const AnimationPlan& plan, const ConnectionsIndex& index, int moment) {
    auto record = readMoment(*plan.source, index, moment);
    if (!record) return tl::unexpected(record.error());
    AnimationMoment read{std::make_shared<const ConnectionsRecord>(std::move(*record)), nullptr};
    if (plan.weights) {
        auto model = readStoredModel(plan.source->models[static_cast<std::size_t>(moment)]);
        if (!model) return tl::unexpected(model.error());
        read.weights = std::make_shared<const ModelFile>(std::move(model->file));
    }
    return read;
}

QImage paintFrame(const AnimationPlan& plan, const AnimationMoment& read, int moment, double scale) {
    const Exhibit exhibit = plan.frame(read);
    const QSize size(exhibit.size.width(), exhibit.size.height() + kCaption);
    QImage image(size * scale, QImage::Format_RGB32);
    image.setDevicePixelRatio(scale);
    image.fill(plan.theme.panel);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.save();
    exhibit.paint(painter);
    painter.restore();
    paintCaption(painter, QRectF(0, exhibit.size.height(), size.width(), kCaption), plan, moment, *read.record);
    return image;
}

}  // namespace

std::vector<int> frameDelays(const ConnectionsSource& source, const std::vector<int>& moments) {
    const auto count = static_cast<int>(moments.size());
    std::vector<int> delays(moments.size(), std::clamp(kWhole / std::max(1, count), kShortest, kLongest));
    for (std::size_t i = 0; i < moments.size(); ++i) {
        const ConnectionsKey& key = source.moments[static_cast<std::size_t>(moments[i])];
        if (key.moment != ConnectionsMoment::kEpochEnd) delays[i] = kStepDelay;
    }
    if (!delays.empty()) delays.back() = kLastDelay;
    return delays;
}

Result<fs::path> writeAnimation(const AnimationPlan& plan, const std::stop_token& stop,
                                const std::function<void(int frames)>& done) {
    const auto index = readConnectionsIndex(plan.source->folder);
    if (!index) return tl::unexpected(index.error());
    const bool gif = toQString(plan.file.extension()).compare(QStringLiteral(".gif"), Qt::CaseInsensitive) == 0;
    fs::path target = plan.file;
    if (!gif) target.replace_extension();
    std::unique_ptr<Sink> sink;
    if (gif) {
        sink = std::make_unique<GifSink>(target);
    } else {
        auto folder = std::make_unique<FolderSink>(target);
        if (auto made = folder->make(); !made) return tl::unexpected(made.error());
        sink = std::move(folder);
    }
    const std::vector<int> delays = frameDelays(*plan.source, plan.moments);
    for (std::size_t i = 0; i < plan.moments.size(); ++i) {
        if (stop.stop_requested()) return fail(ErrorCode::kCancelled, kWhat, target.string(), "it was cancelled");
        const auto read = readAll(plan, *index, plan.moments[i]);
        if (!read) return tl::unexpected(read.error());
        const QImage frame = paintFrame(plan, *read, plan.moments[i], gif ? kGifScale : kPictureScale);
        if (auto added = sink->add(frame, delays[i]); !added) return tl::unexpected(added.error());
        done(static_cast<int>(i) + 1);
    }
    if (auto committed = sink->commit(); !committed) return tl::unexpected(committed.error());
    return target;
}

}  // namespace condenser
