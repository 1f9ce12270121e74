// Dead and popular features, ranked, and what removing the dead ones would save.
#pragma once

#include <vector>

#include "connections/detail_panel.h"
#include "connections/feature_reuse.h"

class QPushButton;

namespace condenser {

class DetailTable;

class FeatureUsePanel : public DetailPanel {
    Q_OBJECT

  public:
    explicit FeatureUsePanel(ConnectionsState& state, QWidget* parent = nullptr);
    void setTheme(const Theme& theme) override;

  protected:
    void refresh() override;

  private:
    void showRows();
    QString sentence() const;

    QPushButton* m_dead;
    DetailTable* m_table;
    std::vector<FeatureUse> m_uses, m_listed;
};

}  // namespace condenser
