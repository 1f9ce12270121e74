// What the answers come to where the true classes are known: confusion matrix, accuracy of each class, reliability.
#pragma once

#include <QWidget>
#include <optional>

#include "classify/answer_filter.h"
#include "look/exhibit.h"
#include "look/theme.h"

namespace condenser {

class ResultsView : public QWidget {
    Q_OBJECT

  public:
    // Both must outlive it. A cell that is chosen becomes the filter's.
    ResultsView(AnswerModel& model, AnswerFilter& filter, QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    // Ctrl+E: the part that has the focus, else the matrix. Nothing without a true class.
    std::optional<Exhibit> exhibit() const;

  signals:
    void picturesWanted();  // of the filter's cell
};

}  // namespace condenser
