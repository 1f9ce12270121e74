// The 3x3 filters of the layer in hand as pictures.
#pragma once

#include "connections/filter_picture.h"
#include "connections/weights_panel.h"

namespace condenser {

class FilterLoupe;
class SignedScale;

class FilterPanel : public WeightsPanel {
    Q_OBJECT

  public:
    explicit FilterPanel(ConnectionsState& state, QWidget* parent = nullptr);
    void setTheme(const Theme& theme) override;

  protected:
    void showState() override;
    void fit(const QSize& room) override;
    Exhibit drawn() const override;

  private:
    void showSheet(const FilterSheetPtr& sheet);
    void showReading();
    void markTrace();
    void traceFilter(const FilterPlace& place);
    void traceRow(int row);

    // Of what is drawn.
    ModelFilePtr m_weights;
    int m_layer = -1;
    QString m_moment;  // in words

    QLabel* m_shape;
    FilterPicture* m_picture;
    SignedScale* m_scale;
    ElidedLabel* m_reading;
    FilterLoupe* m_loupe;
    QLabel* m_formula;
};

}  // namespace condenser
