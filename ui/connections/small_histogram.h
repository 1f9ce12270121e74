// A few bars with their counts above them, for a panel.
#pragma once

#include <QFont>
#include <QWidget>
#include <array>
#include <vector>

#include "look/exhibit.h"
#include "look/theme.h"

namespace condenser {

class SmallHistogram : public QWidget {
    Q_OBJECT

  public:
    struct Bar {
        QString label;  // below it; may be empty
        int count = 0;
        QString words;  // for the pointer and screen readers: "read by 2 groups: 9 features"
        bool operator==(const Bar&) const = default;
    };

    SmallHistogram(const QString& objectName, const QString& accessibleName, QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    void setBars(std::vector<Bar> bars);
    const std::vector<Bar>& bars() const { return m_drawing.bars; }
    // In the line below the bars and their labels: at its left end, its middle and its right end.
    void setAxis(const QString& left, const QString& middle, const QString& right);
    // `countHead` and `labelHead` are column names of the table.
    Exhibit exhibit(const QString& name, const QString& labelHead, const QString& countHead) const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {80, sizeHint().height()}; }

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    // All that is painted: what is taken out stays as it was, whatever is shown by then.
    struct Drawing {
        std::vector<Bar> bars;
        std::array<QString, 3> axis;  // left, middle, right
        Theme theme = darkTheme();
        QFont font;

        int lines() const;  // of text
        void paint(QPainter& painter, const QRectF& box) const;
    };
    Drawing drawing() const;  // in this widget's font

    Drawing m_drawing;
};

}  // namespace condenser
