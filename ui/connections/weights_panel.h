// A panel of the details card about what the weights of a moment make.
#pragma once

#include <optional>

#include "connections/panel.h"
#include "connections/patience.h"
#include "look/exhibit.h"

class QLabel;
class QScrollArea;
class QVBoxLayout;

namespace condenser {

class ElidedLabel;
class ExhibitMenu;

// A title; below it words, the ways to moments that keep weights, or the body: a picture that scrolls, and what belongs
// to it. Weights are looked at while the panel is seen, and not before.
class WeightsPanel : public ConnectionsPanel {
    Q_OBJECT

  public:
    // What is seen; nothing where no picture is.
    std::optional<Exhibit> exhibit() const;

  protected:
    // `name`: how the object names of its parts begin. `purpose`: as KeptWeightsHint.
    WeightsPanel(ConnectionsState& state, const QString& name, const QString& purpose, QWidget* parent);

    // Shows the state, now or as soon as the panel is seen.
    void refresh();
    virtual void showState() = 0;
    virtual void fit(const QSize& room) = 0;  // the picture
    virtual Exhibit drawn() const = 0;        // of the picture, which is seen

    static QLabel* smallWords(const char* name);
    QScrollArea* scrolled(QWidget* picture);
    QVBoxLayout* body() const { return m_bodyLayout; }

    void setTitle(const QString& title);
    QString title() const;
    void setWords(const QString& words);  // empty: there are none
    void setBodyVisible(bool on);

    Patience m_patience;  // with what is on its way

    void showEvent(QShowEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    bool m_stale = true;
    ElidedLabel* m_title;
    QLabel* m_words;
    QScrollArea* m_body;
    QVBoxLayout* m_bodyLayout;
    QScrollArea* m_scroll = nullptr;  // of the picture
    ExhibitMenu* m_menu;
    Exhibit m_taken;  // what was seen when the menu was opened
};

}  // namespace condenser
