#include "pages/table_exhibit.h"

#include <QPainter>

namespace condenser {
namespace {

constexpr int kPadding = 8, kRowPadding = 10;  // pixels

void paintRow(QPainter& painter, const QHeaderView& header, int top, int height, const QColor& colour,
              const std::function<QString(int)>& text, const std::function<int(int)>& alignment) {
    painter.setPen(colour);
    const QFontMetrics metrics(painter.font());
    int left = kPadding;
    for (int column = 0; column < header.count(); ++column) {
        const int width = header.sectionSize(column);
        const QRect cell(left + kPadding, top, width - 2 * kPadding, height);
        painter.drawText(cell, alignment(column), metrics.elidedText(text(column), Qt::ElideRight, cell.width()));
        left += width;
    }
}

}  // namespace

Exhibit tableExhibit(const QHeaderView& header, const QString& name, const QString& title, const Theme& theme,
                     const QFont& font) {
    const QAbstractItemModel* model = header.model();
    const int row = QFontMetrics(font).height() + kRowPadding;
    const QSize size(header.length() + 2 * kPadding, (model->rowCount() + 2) * row + kPadding);
    const auto paint = [&header, model, title, theme, font, row, size](QPainter& painter) {
        painter.fillRect(QRect(QPoint(), size), theme.panel);
        QFont bold = font;
        bold.setBold(true);
        painter.setFont(bold);
        painter.setPen(theme.text);
        painter.drawText(QRect(2 * kPadding, 0, size.width(), row), Qt::AlignVCenter | Qt::AlignLeft, title);
        painter.setFont(font);
        paintRow(
            painter, header, row, row, theme.muted,
            [&](int column) { return model->headerData(column, Qt::Horizontal).toString(); },
            [&](int column) { return model->headerData(column, Qt::Horizontal, Qt::TextAlignmentRole).toInt(); });
        for (int i = 0; i < model->rowCount(); ++i) {
            const int top = (i + 2) * row;
            painter.fillRect(QRect(kPadding, top, size.width() - 2 * kPadding, 1), theme.grid);
            paintRow(
                painter, header, top, row, theme.text,
                [&](int column) { return model->index(i, column).data().toString(); },
                [&](int column) { return model->index(i, column).data(Qt::TextAlignmentRole).toInt(); });
        }
    };
    const auto csv = [model] {
        QStringList cells;
        QString text;
        for (int column = 0; column < model->columnCount(); ++column) {
            cells << csvCell(model->headerData(column, Qt::Horizontal).toString());
        }
        text += cells.join(u',') + u'\n';
        for (int i = 0; i < model->rowCount(); ++i) {
            cells.clear();
            for (int column = 0; column < model->columnCount(); ++column) {
                cells << csvCell(model->index(i, column).data().toString());
            }
            text += cells.join(u',') + u'\n';
        }
        return text;
    };
    return {name, size, paint, csv};
}

}  // namespace condenser
