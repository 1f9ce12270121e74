// Why there are no weights to be seen at this moment, and the ways to the nearest moments that have some.
#pragma once

#include <QWidget>
#include <array>

#include "connections/connections_state.h"

class QLabel;
class QPushButton;

namespace condenser {

// Hides itself where the moment keeps its weights and where there is no moment; up to three buttons otherwise.
class KeptWeightsHint : public QWidget {
    Q_OBJECT

  public:
    static constexpr std::size_t kMostMoments = 3;

    // `purpose`: for screen readers, where several hints are seen at once: "for the filters".
    explicit KeptWeightsHint(ConnectionsState& state, const QString& purpose = {}, QWidget* parent = nullptr);

    // There is a moment, and its weights are not kept.
    static bool isNeeded(const ConnectionsState& state);

  private:
    void refresh();

    ConnectionsState& m_state;
    QString m_purpose;
    QLabel* m_words;
    std::array<QPushButton*, kMostMoments> m_buttons{};
    std::array<int, kMostMoments> m_moments{};
};

// The moments nearest to one that keep their weights, at most `most`, in the order of the run; of several that share a
// file the nearest alone.
std::vector<int> nearestKeptMoments(const ConnectionsSource& source, int moment, std::size_t most);

}  // namespace condenser
