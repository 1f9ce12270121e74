// All that is known about one picture: what the network saw, its five best answers on one scale, who answered.
#pragma once

#include <QFrame>
#include <optional>

#include "classify/answer_model.h"
#include "look/theme.h"

class QLabel;

namespace condenser {

// Class names with bars and shares; the scale is 0 to 100 %.
class AnswerBars : public QWidget {
    Q_OBJECT

  public:
    explicit AnswerBars(QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    void show(const std::vector<ClassProbability>& top, Variant variant);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {120, sizeHint().height()}; }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    int rowHeight() const;

    Theme m_theme;
    std::vector<ClassProbability> m_top;
    Variant m_variant = Variant::kDense;
};

class AnswerCard : public QFrame {
    Q_OBJECT

  public:
    explicit AnswerCard(QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    // Null: nothing is chosen.
    void show(const AnsweredPicture* picture);

  private:
    QLabel* m_name;
    QLabel* m_picture;
    QLabel* m_sizes;
    AnswerBars* m_bars;
    QLabel* m_model;
};

}  // namespace condenser
