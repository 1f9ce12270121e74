// The five best answers of one form as bars from 0 to 100 %. One class can be chosen: its activation map is shown.
#pragma once

#include <QWidget>
#include <vector>

#include "look/theme.h"
#include "run/classifier.h"

namespace condenser {

class FormBars : public QWidget {
    Q_OBJECT

  public:
    explicit FormBars(Variant variant, QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    // At most five are shown.
    void setAnswers(const std::vector<ClassProbability>& top);
    // The class whose map is seen; -1, or one that is not among them: none is marked.
    void setChosen(int classIndex);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {140, sizeHint().height()}; }

  signals:
    void classChosen(int classIndex);  // by a click or the keys

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    int rowHeight() const;
    int rowAt(double y) const;  // -1: none
    int chosenRow() const;      // likewise
    void describe();

    Theme m_theme;
    Variant m_variant;
    std::vector<ClassProbability> m_top;
    int m_chosen = -1;
    int m_hovered = -1;
};

}  // namespace condenser
