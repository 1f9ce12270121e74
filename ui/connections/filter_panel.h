// The 3x3 filters of the layer in hand as pictures.
#pragma once

#include "connections/filter_picture.h"
#include "connections/panel.h"
#include "connections/patience.h"

class QLabel;
class QScrollArea;

namespace condenser {

class ElidedLabel;
class ExhibitMenu;
class FilterLoupe;
class KeptWeightsHint;
class SignedScale;

// Weights are looked at while it is seen, and not before.
class FilterPanel : public ConnectionsPanel {
    Q_OBJECT

  public:
    explicit FilterPanel(ConnectionsState& state, QWidget* parent = nullptr);
    void setTheme(const Theme& theme) override;

    // What is seen; nothing where no filters are.
    std::optional<Exhibit> exhibit() const;

  protected:
    void showEvent(QShowEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void refresh();
    void showSheet(const FilterSheetPtr& sheet);
    void showReading();
    void markTrace();
    void traceFilter(const FilterPlace& place);
    void traceRow(int row);
    QString formula() const;

    Theme m_theme;
    bool m_stale = true;
    ModelFilePtr m_shownWeights;  // whose filters are drawn
    int m_shownLayer = -1;
    Patience m_patience;  // with weights that are being read

    ElidedLabel* m_title;
    QLabel* m_words;  // instead of filters, or what went wrong
    KeptWeightsHint* m_hint;
    QScrollArea* m_body;  // all that needs filters
    QLabel* m_shape;
    QScrollArea* m_scroll;
    FilterPicture* m_picture;
    SignedScale* m_scale;
    ElidedLabel* m_reading;
    FilterLoupe* m_loupe;
    QLabel* m_formula;
    ExhibitMenu* m_menu;
};

}  // namespace condenser
