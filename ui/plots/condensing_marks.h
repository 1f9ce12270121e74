// The condensing steps of a run in a plot: dashed lines, numbered, drawn before they happen. For the .cpp files of this
// folder only.
#pragma once

#include <optional>
#include <vector>

#include "plots/plot_canvas.h"
#include "plots/x_scale.h"
#include "run/training_run.h"

namespace condenser {

class CondensingMarks {
  public:
    explicit CondensingMarks(PlotCanvas& canvas) : m_canvas(canvas), m_theme(darkTheme()) {}

    void setTheme(const Theme& theme, const QFont& font);
    void set(const std::vector<CondensingStep>& steps, const XScale& scale);
    void setDone(int steps) { m_done = steps; }
    void place(const XScale& scale);  // the scale has changed
    void label();                     // the axes have their places: the longest words that fit

    int count() const { return static_cast<int>(m_marks.size()); }
    int done() const { return m_done; }
    // The step whose mark is meant at this x.
    const CondensingStep* at(double x) const;
    // The x of the first mark on the way from one x to another.
    std::optional<double> between(double x, double to) const;

  private:
    struct Mark {
        CondensingStep step;
        QString removed;  // "1/4"
        double x;
        QCPItemLine* line;
        QCPItemText* label;
    };

    PlotCanvas& m_canvas;
    Theme m_theme;
    QFont m_font;
    std::vector<Mark> m_marks;
    int m_done = 0;
};

}  // namespace condenser
