#include "connections/kept_weights_hint.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>
#include <cstdlib>

#include "look/look.h"

namespace condenser {

std::vector<int> nearestKeptMoments(const ConnectionsSource& source, int moment, std::size_t most) {
    std::vector<int> kept;
    for (int i = 0; i < source.count(); ++i) {
        if (source.keepsWeights(i)) kept.push_back(i);
    }
    std::ranges::stable_sort(kept, {}, [moment](int i) { return std::abs(i - moment); });
    std::vector<int> nearest;
    for (const int i : kept) {
        const auto sameFile = [&](int other) {
            return source.models[static_cast<std::size_t>(other)] == source.models[static_cast<std::size_t>(i)];
        };
        if (nearest.size() < most && std::ranges::none_of(nearest, sameFile)) nearest.push_back(i);
    }
    std::ranges::sort(nearest);
    return nearest;
}

KeptWeightsHint::KeptWeightsHint(ConnectionsState& state, const QString& purpose, QWidget* parent)
    : QWidget(parent), m_state(state), m_purpose(purpose), m_words(new QLabel) {
    setObjectName(QStringLiteral("keptWeightsHint"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    m_words->setObjectName(QStringLiteral("keptWeightsWords"));
    m_words->setWordWrap(true);
    m_words->setMinimumWidth(1);  // its own idea of one is wider than a narrow card
    setLook(m_words, "tone", "muted");
    layout->addWidget(m_words);
    for (std::size_t i = 0; i < kMostMoments; ++i) {
        auto* button = new QPushButton(tr("a moment with weights"));
        button->setObjectName(QStringLiteral("keptMoment%1").arg(i + 1));
        button->setAccessibleName(tr("Show a moment that keeps its weights"));
        setLook(button, "role", "link");
        connect(button, &QPushButton::clicked, this, [this, i] { m_state.setMoment(m_moments[i]); });
        layout->addWidget(button, 0, Qt::AlignLeft);
        m_buttons[i] = button;
    }
    connect(&state, &ConnectionsState::sourceChanged, this, &KeptWeightsHint::refresh);
    connect(&state, &ConnectionsState::momentChanged, this, &KeptWeightsHint::refresh);
    refresh();
}

bool KeptWeightsHint::isNeeded(const ConnectionsState& state) {
    const int moment = state.moment();
    return state.source() != nullptr && moment >= 0 && moment < state.source()->count() &&
           !state.source()->keepsWeights(moment);
}

void KeptWeightsHint::refresh() {
    const bool needed = isNeeded(m_state);
    // A child is seen with its parent; one that has none yet would be a window.
    if (!needed || parentWidget() != nullptr) setVisible(needed);
    if (!needed) return;
    const ConnectionsSource& source = *m_state.source();
    const std::vector<int> moments = nearestKeptMoments(source, m_state.moment(), kMostMoments);
    m_words->setText(
        moments.empty()
            ? tr("There are no weights of this moment: they are kept now, at the best epoch and before each condensing "
                 "step, and so far none have been written.")
            : tr("There are no weights of this moment: they are kept only now, at the best epoch and before each "
                 "condensing step. The nearest:"));
    for (std::size_t i = 0; i < kMostMoments; ++i) {
        QPushButton* button = m_buttons[i];
        button->setVisible(i < moments.size());
        if (i >= moments.size()) continue;
        m_moments[i] = moments[i];
        const QString words = source.wordsOf(moments[i]);
        button->setText(words);
        button->setAccessibleName(m_purpose.isEmpty() ? tr("Show %1").arg(words)
                                                      : tr("Show %1, %2").arg(words, m_purpose));
    }
}

}  // namespace condenser
