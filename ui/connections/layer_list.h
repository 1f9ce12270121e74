// All learned layers with a small picture each; choosing one shows it.
#pragma once

#include "connections/panel.h"

class QLabel;

namespace condenser {

class LayerListDelegate;
class LayerListModel;
class LayerListView;

// The first row is the whole network. Up, Down, Home, End and the mouse choose; typing "2.5" finds.
class LayerList : public ConnectionsPanel {
    Q_OBJECT

  public:
    explicit LayerList(ConnectionsState& state, QWidget* parent = nullptr);
    void setTheme(const Theme& theme) override;

    // For Ctrl+F: what is typed next is looked for.
    void find();

  private:
    void showPlace();

    QLabel* m_count;
    LayerListModel* m_model;
    LayerListDelegate* m_delegate;
    LayerListView* m_view;
};

}  // namespace condenser
