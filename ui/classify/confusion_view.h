// A card with the confusion matrix: what it is, the cells, what the pointer or the cursor reads.
#pragma once

#include <QFrame>
#include <optional>

#include "classify/confusion_model.h"
#include "look/exhibit.h"
#include "look/theme.h"

class QLabel;

namespace condenser {

class ConfusionTable;
class ElidedLabel;
class ExhibitMenu;

class ConfusionView : public QFrame {
    Q_OBJECT

  public:
    explicit ConfusionView(QWidget* parent = nullptr);
    ~ConfusionView() override;

    void setTheme(const Theme& theme);
    void show(Confusion confusion);
    using QFrame::show;
    // Of this matrix or of none.
    void setChosen(const std::optional<AnswerFilter::Cell>& cell);

    const ConfusionModel& model() const { return m_model; }
    QString readout() const;
    Exhibit exhibit() const;

  signals:
    void chosen(const AnswerFilter::Cell& cell);
    void cleared();
    void exported(const QString& file);
    void exportFailed(const Error& error);

  protected:
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    void read();

    ConfusionModel m_model;
    Theme m_theme;
    QLabel* m_words;
    ElidedLabel* m_readout;  // one line, so that nothing moves as it changes
    QMenu* m_menu;
    ConfusionTable* m_table;
    ExhibitMenu* m_exhibit;
    QPersistentModelIndex m_pointed;
};

}  // namespace condenser
