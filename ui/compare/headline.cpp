#include "compare/headline.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

#include "compare/compare_words.h"
#include "look/look.h"
#include "plots/time_text.h"

namespace condenser {
namespace {

constexpr int kNarrowest = 96;  // pixels, of what is wrapped

QLabel* label(const char* objectName, const char* tone = nullptr, const char* scale = nullptr) {
    auto* label = new QLabel;
    label->setObjectName(QLatin1String(objectName));
    label->setTextFormat(Qt::PlainText);
    if (tone != nullptr) setLook(label, "tone", tone);
    if (scale != nullptr) setLook(label, "scale", scale);
    return label;
}

QLabel* wrapped(const char* objectName, const char* tone = nullptr, const char* scale = nullptr) {
    QLabel* text = label(objectName, tone, scale);
    text->setWordWrap(true);
    text->setMinimumWidth(kNarrowest);
    return text;
}

}  // namespace

CompareHeadline::CompareHeadline(QWidget* parent)
    : QStackedWidget(parent),
      m_badge(label("equalityBadge", "muted")),
      m_equality(wrapped("equalityWords", "muted")),
      m_title(wrapped("compareTitle", nullptr, "title")),
      m_words(wrapped("compareWords", "muted")),
      m_train(new QPushButton(tr("Go to Train"))),
      m_open(new QPushButton(tr("Open a model…"))),
      m_last(new QPushButton) {
    m_figures = makeFigures();
    m_none = makeNone();
    addWidget(m_none);
    addWidget(m_figures);
}

CompareHeadline::Figure CompareHeadline::addFigure(QHBoxLayout& row, const QString& name, const char* objectName,
                                                   const char* tone) {
    const QByteArray id(objectName);
    Figure figure{label(id, tone, "display"), wrapped(id + "Small", "muted", "small"),
                  wrapped(id + "More", "muted", "small")};
    figure.value->setAccessibleName(name);
    auto* head = label(id + "Name", "muted", "small");
    head->setText(name);
    auto* column = new QVBoxLayout;
    column->setSpacing(0);
    column->addWidget(head);
    column->addWidget(figure.value);
    column->addWidget(figure.small);
    column->addWidget(figure.more);
    column->addStretch(1);
    row.addLayout(column, 1);
    return figure;
}

QWidget* CompareHeadline::makeFigures() {
    auto* page = new QWidget;
    setLook(m_badge, "badge");
    setLook(m_badge, "strong");
    m_badge->setAccessibleName(tr("Are both forms the same network?"));
    auto* equality = new QHBoxLayout;
    equality->setSpacing(8);
    equality->addWidget(m_badge, 0, Qt::AlignTop);
    equality->addWidget(m_equality, 1);
    auto* figures = new QHBoxLayout;
    figures->setSpacing(12);
    m_dense = addFigure(*figures, tr("Dense, median"), "denseTime", "dense");
    m_condensed = addFigure(*figures, tr("Condensed, median"), "condensedTime", "condensed");
    m_speedup = addFigure(*figures, tr("Realised speed-up"), "speedup", nullptr);
    // The speed-up has the words.
    for (int i = 0; i < 3; ++i) figures->setStretch(i, i == 2 ? 9 : 5);
    m_speedup.value->setToolTip(
        tr("The dense median divided by the condensed one. Baseline: the same network with all 1×1 connections "
           "computed, on the same engine."));
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addLayout(equality);
    column->addLayout(figures, 1);
    return page;
}

QWidget* CompareHeadline::makeNone() {
    auto* page = new QWidget;
    m_train->setObjectName(QStringLiteral("compareTrainButton"));
    m_open->setObjectName(QStringLiteral("compareOpenButton"));
    m_last->setObjectName(QStringLiteral("compareLastButton"));
    setLook(m_train, "role", "primary");
    setLook(m_last, "role", "link");
    for (QPushButton* button : {m_train, m_open}) button->setAccessibleName(button->text());
    m_last->setAccessibleName(tr("Show the last result"));
    connect(m_train, &QPushButton::clicked, this, &CompareHeadline::trainingWanted);
    connect(m_open, &QPushButton::clicked, this, &CompareHeadline::modelWanted);
    connect(m_last, &QPushButton::clicked, this, &CompareHeadline::lastWanted);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    for (QPushButton* button : {m_train, m_open, m_last}) buttons->addWidget(button);
    buttons->addStretch(1);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addWidget(m_title);
    column->addWidget(m_words);
    column->addLayout(buttons);
    column->addStretch(1);
    return page;
}

void CompareHeadline::show(const Comparison& comparison) {
    const EqualityWords equality = equalityWords(comparison);
    m_badge->setText(equality.badge);
    setLook(m_badge, "tone", equality.tone);
    m_equality->setText(equality.sentence);
    if (comparison.bench.rows.size() >= 2) {
        const auto showTime = [](const Figure& figure, const BenchRow& row) {
            figure.value->setText(millisecondsText(row.medianMs));
            figure.small->setText(spreadWords(row));
        };
        showTime(m_dense, comparison.dense());
        showTime(m_condensed, comparison.condensed());
    }
    const auto speedup = speedupWords(comparison).value_or(SpeedupWords{QStringLiteral("–"), {}, {}});
    m_speedup.value->setText(speedup.figure);
    m_speedup.small->setText(speedup.interval);
    m_speedup.more->setText(speedup.promise);
    for (const Figure& figure : {m_dense, m_condensed, m_speedup}) {
        figure.more->setVisible(!figure.more->text().isEmpty());
    }
    setCurrentWidget(m_figures);
    setAccessibleName(text());
}

void CompareHeadline::showNone(const QString& title, const QString& words, bool needsModel, const QString& last) {
    m_title->setText(title);
    m_words->setText(words);
    m_train->setVisible(needsModel);
    m_open->setVisible(needsModel);
    m_last->setVisible(!last.isEmpty());
    m_last->setText(last);
    setCurrentWidget(m_none);
    setAccessibleName(text());
}

QString CompareHeadline::text() const {
    if (currentWidget() == m_none) return m_title->text() + u'\n' + m_words->text();
    QStringList lines{m_badge->text() + QStringLiteral(": ") + m_equality->text()};
    for (const Figure& figure : {m_dense, m_condensed, m_speedup}) {
        QStringList words{figure.value->accessibleName() + QStringLiteral(": ") + figure.value->text()};
        for (const QLabel* more : {figure.small, figure.more}) {
            if (!more->text().isEmpty()) words << more->text();
        }
        lines << words.join(QStringLiteral(", "));
    }
    return lines.join(u'\n');
}

std::function<void(QPainter& painter, const QRectF& room)> CompareHeadline::picture(const Theme& theme) const {
    struct Column {
        QString name, value, small;
        QColor ink;
        QFont large;
    };
    std::vector<Column> columns;
    const Ink inks[] = {Ink::kDense, Ink::kCondensed, Ink::kText};
    for (const Figure& figure : {m_dense, m_condensed, m_speedup}) {
        columns.push_back({figure.value->accessibleName(), figure.value->text(),
                           figure.small->text() + u'\n' + figure.more->text(), theme.ink(inks[columns.size()]),
                           figure.value->font()});
    }
    const QString equality = m_badge->text() + QStringLiteral("   ") + m_equality->text();
    return [=, font = m_equality->font(), small = m_speedup.small->font()](QPainter& painter, const QRectF& room) {
        QRectF line = room;
        const auto write = [&](const QFont& font, const QColor& ink, const QString& text) {
            painter.setFont(font);
            painter.setPen(ink);
            QRectF used;
            painter.drawText(line, Qt::TextWordWrap | Qt::AlignLeft | Qt::AlignTop, text, &used);
            line.setTop(used.bottom());
        };
        write(font, theme.text, equality);
        const double top = line.top() + 8;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            // The speed-up has the words.
            const double quarter = room.width() / 4;
            line = QRectF(room.left() + quarter * static_cast<double>(i), top, i == 2 ? 2 * quarter : quarter - 8,
                          room.bottom() - top);
            write(small, theme.muted, columns[i].name);
            write(columns[i].large, columns[i].ink, columns[i].value);
            write(small, theme.muted, columns[i].small);
        }
    };
}

}  // namespace condenser
