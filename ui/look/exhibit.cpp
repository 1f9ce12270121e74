#include "look/exhibit.h"

#include <QBuffer>
#include <QPainter>
#include <QPdfWriter>
#include <QSvgGenerator>
#include <span>

#include "base/atomic_file.h"
#include "look/format.h"

namespace condenser {
namespace {

constexpr double kPrintScale = 2;
constexpr int kPointsPerInch = 72, kPixelsPerInch = 96;

QByteArray pngOf(const Exhibit& exhibit) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    pictureOf(exhibit, kPrintScale).save(&buffer, "PNG");
    return bytes;
}

QByteArray svgOf(const Exhibit& exhibit) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(exhibit.size);
    generator.setViewBox(QRect(QPoint(), exhibit.size));
    generator.setResolution(kPixelsPerInch);
    generator.setTitle(exhibit.name);
    QPainter painter(&generator);
    exhibit.paint(painter);
    painter.end();
    return bytes;
}

QByteArray pdfOf(const Exhibit& exhibit) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QPdfWriter writer(&buffer);
    writer.setResolution(kPixelsPerInch);
    writer.setTitle(exhibit.name);
    writer.setPageMargins(QMarginsF());
    writer.setPageSize(
        QPageSize(QSizeF(exhibit.size) * kPointsPerInch / kPixelsPerInch, QPageSize::Point, {}, QPageSize::ExactMatch));
    QPainter painter(&writer);
    exhibit.paint(painter);
    painter.end();
    return bytes;
}

}  // namespace

QImage pictureOf(const Exhibit& exhibit, double scale) {
    QImage image((QSizeF(exhibit.size) * scale).toSize(), QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(scale);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    exhibit.paint(painter);
    return image;
}

Result<> writeExhibit(const Exhibit& exhibit, const std::filesystem::path& file) {
    const QString suffix = toQString(file.extension()).toLower();
    QByteArray bytes;
    if (suffix == QStringLiteral(".png")) {
        bytes = pngOf(exhibit);
    } else if (suffix == QStringLiteral(".svg")) {
        bytes = svgOf(exhibit);
    } else if (suffix == QStringLiteral(".pdf")) {
        bytes = pdfOf(exhibit);
    } else if (suffix == QStringLiteral(".csv") && exhibit.csv) {
        bytes = exhibit.csv().toUtf8();
    } else {
        return fail(ErrorCode::kUsage, "cannot save what is seen", file.string(),
                    "its ending does not tell a format that can be written",
                    exhibit.csv ? "use .png, .svg, .pdf or .csv" : "use .png, .svg or .pdf");
    }
    return writeFileAtomically(file, std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size())));
}

QString csvCell(const QString& text) {
    if (!text.contains(u',') && !text.contains(u'"') && !text.contains(u'\n') && !text.contains(u'\r')) return text;
    QString quoted = text;
    return u'"' + quoted.replace(u'"', QStringLiteral("\"\"")) + u'"';
}

}  // namespace condenser
