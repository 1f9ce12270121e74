// What a layer, group or filter reads, or who reads a feature.
#pragma once

#include <optional>
#include <vector>

#include "connections/detail_panel.h"
#include "connections/layer_weights.h"
#include "connections/trace_rows.h"

class QLabel;
class QPushButton;

namespace condenser {

class DetailTable;
class ReusePicture;

// Following a row goes on along the path: from an input to who reads it, from a reader to what it reads.
class TracePanel : public DetailPanel {
    Q_OBJECT

  public:
    explicit TracePanel(ConnectionsState& state, QWidget* parent = nullptr);
    void setTheme(const Theme& theme) override;
    QSize minimumSizeHint() const override;

  protected:
    void refresh() override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void remember();
    void go(TraceStep step);
    void goBack();
    QString sentence() const;
    void showDirections();
    void showRows();
    void showReuse();
    void fitReuse();
    // |w| of each input for the traced filter; empty where the weights are not kept.
    std::vector<double> filterWeights();
    std::optional<Trace> reads() const;
    std::optional<Trace> readBy() const;

    QLabel* m_title;
    QLabel* m_group;
    QPushButton* m_back;
    QPushButton* m_reads;
    QPushButton* m_readBy;
    QWidget* m_listHead;
    QLabel* m_order;
    QPushButton* m_summed;
    DetailTable* m_table;
    QWidget* m_reuseBox;
    ReusePicture* m_reuse;
    QLabel* m_reading;

    Theme m_theme = darkTheme();
    std::vector<TraceStep> m_steps;  // where each row leads
    std::vector<TraceStep> m_past;   // followed until here
    bool m_following = false;
    Trace m_lastReads, m_lastReadBy;
    ModelFilePtr m_weightsOf;  // what m_weights was made from
    std::optional<LayerWeights> m_weights;
    int m_weightsLayer = -1;
};

}  // namespace condenser
