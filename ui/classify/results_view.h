// What the answers come to where the true classes are known: confusion matrix, accuracy of each class, reliability.
#pragma once

#include <QTimer>
#include <QWidget>
#include <optional>

#include "classify/answer_filter.h"
#include "look/exhibit.h"
#include "look/theme.h"

class QLabel;
class QPushButton;
class QScrollArea;
class QSplitter;
class QStackedWidget;

namespace condenser {

class ConfusionView;
class DetailTable;
class ReliabilityPlot;

// Counts anew at most twice a second while answers come, and not while hidden.
class ResultsView : public QWidget {
    Q_OBJECT

  public:
    // Both must outlive it. A cell that is chosen becomes the filter's.
    ResultsView(AnswerModel& model, AnswerFilter& filter, QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    // Ctrl+E: the part that has the focus, else the matrix. Nothing without a true class.
    std::optional<Exhibit> exhibit() const;
    // Whose answers are judged, where the model has that form; nobody's choice: the form that speaks for the model.
    void setForm(Variant form);
    Variant form() const;

  signals:
    void picturesWanted();  // of the filter's cell
    void exported(const QString& file);
    void exportFailed(const Error& error);

  protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void changed();
    void refresh();
    void fillClasses();
    void choose(const AnswerFilter::Cell& cell);
    void showChosen();

    AnswerModel& m_answers;
    AnswerFilter& m_filter;
    std::optional<Variant> m_wanted;  // by the user, for the life of the view
    QLabel* m_headline;
    QWidget* m_switch;
    QPushButton* m_condensed;
    QPushButton* m_dense;
    QStackedWidget* m_stack;
    QLabel* m_empty;
    QScrollArea* m_scroll;
    QSplitter* m_parts;  // matrix | classes over reliability
    QSplitter* m_side;
    ConfusionView* m_matrix;
    DetailTable* m_classes;
    ReliabilityPlot* m_reliability;
    QTimer m_timer;
    bool m_dirty = true;
};

}  // namespace condenser
