// The answer above all figures: is it the same network, how long do both take, how much faster is the condensed one.
#pragma once

#include <QStackedWidget>
#include <functional>

#include "compare/comparison.h"
#include "look/theme.h"

class QHBoxLayout;
class QLabel;
class QPushButton;

namespace condenser {

class CompareHeadline : public QStackedWidget {
    Q_OBJECT

  public:
    explicit CompareHeadline(QWidget* parent = nullptr);

    void show(const Comparison& comparison);
    using QStackedWidget::show;
    // There is no result: why, and what to do. `needsModel` shows the two ways to one; `last`, if not empty, the button
    // that opens the last result that was kept.
    void showNone(const QString& title, const QString& words, bool needsModel, const QString& last = {});

    // As it would be read out: a line a statement. For a picture, and for a screen reader.
    QString text() const;
    // The figures as they are shown now, to be painted into a rectangle.
    std::function<void(QPainter& painter, const QRectF& room)> picture(const Theme& theme) const;

  signals:
    void trainingWanted();
    void modelWanted();
    void lastWanted();

  private:
    struct Figure {
        QLabel *value, *small, *more;
    };
    Figure addFigure(QHBoxLayout& row, const QString& name, const char* objectName, const char* tone);
    QWidget* makeFigures();
    QWidget* makeNone();

    QWidget *m_figures, *m_none;
    QLabel *m_badge, *m_equality;
    Figure m_dense, m_condensed, m_speedup;
    QLabel *m_title, *m_words;
    QPushButton *m_train, *m_open, *m_last;
};

}  // namespace condenser
