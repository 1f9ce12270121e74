// Which pictures are shown: a row of chips with their numbers, of which one is chosen.
#pragma once

#include <QWidget>
#include <vector>

#include "classify/answer_filter.h"

class QButtonGroup;
class QPushButton;

namespace condenser {

class AnswerChips : public QWidget {
    Q_OBJECT

  public:
    // Both must outlive it.
    AnswerChips(const AnswerModel& model, AnswerFilter& filter, QWidget* parent = nullptr);

    // After answers came, or pictures; the filter's own changes are heard.
    void refresh();

  private:
    struct Chip {
        AnswerFilter::Show show;
        QPushButton* button;
    };
    QPushButton* add(AnswerFilter::Show show, const char* name, const QString& tip);
    QString words(AnswerFilter::Show show) const;
    QString className(int index) const;

    const AnswerModel& m_model;
    AnswerFilter& m_filter;
    QButtonGroup* m_group;
    std::vector<Chip> m_chips;
    QPushButton* m_cell;  // "true cat, answer dog ✕"
};

}  // namespace condenser
