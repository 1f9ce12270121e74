// A panel of the details card over the run made by hand.
#pragma once

#include <QLabel>
#include <QRegularExpression>
#include <QTableView>

#include "connections_by_hand.h"
#include "look/theme.h"

namespace condenser::testing {

// For a test class to derive from. Records come at once: m_record, with the key of the moment that is asked for.
template <class Panel>
class PanelByHand {
  protected:
    void begin() {
        failOnWarnings();
        m_source = sourceByHand();
        m_record = recordByHand(*m_source);
        m_state = std::make_unique<ConnectionsState>();
        QObject::connect(m_state.get(), &ConnectionsState::recordWanted, m_state.get(), [this](int moment) {
            m_record->key = m_source->moments[static_cast<std::size_t>(moment)];
            m_state->setRecord(moment, m_record);
        });
        m_panel = std::make_unique<Panel>(*m_state);
        m_panel->setTheme(darkTheme());
        m_panel->resize(216, 420);
    }
    void end() {
        m_panel.reset();
        m_state.reset();
    }
    void show(int moment) {
        m_state->setMoment(moment);
        m_panel->hide();
        m_panel->show();  // at once
    }
    QTableView* table() const { return m_panel->template findChild<QTableView*>(); }
    QStringList rows() const { return rowsOf(*table()); }
    QString sentence() const {
        return plain(
            m_panel->template findChildren<QLabel*>(QRegularExpression(QStringLiteral("Sentence$"))).first()->text());
    }

    std::shared_ptr<ConnectionsSource> m_source;
    std::shared_ptr<ConnectionsRecord> m_record;
    std::unique_ptr<ConnectionsState> m_state;
    std::unique_ptr<Panel> m_panel;
};

}  // namespace condenser::testing
