#include "classify/answer_chips.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QPushButton>

#include "look/format.h"
#include "look/look.h"

namespace condenser {

using Show = AnswerFilter::Show;

AnswerChips::AnswerChips(const AnswerModel& model, AnswerFilter& filter, QWidget* parent)
    : QWidget(parent), m_model(model), m_filter(filter), m_group(new QButtonGroup(this)), m_cell(new QPushButton) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    row->addWidget(add(Show::kAll, "showAllChip", tr("All pictures")));
    row->addWidget(add(Show::kDisagreements, "showDisagreementsChip",
                       tr("Pictures to which the dense and the condensed form give different answers")));
    row->addWidget(
        add(Show::kLeastSure, "showLeastSureChip", tr("The best answer's lead over the second, smallest first")));
    row->addWidget(add(Show::kWrong, "showWrongChip", tr("The answer is not the class that the folder names")));
    row->addWidget(add(Show::kUnreadable, "showUnreadableChip", tr("Files that could not be read, and why")));
    m_cell->setObjectName(QStringLiteral("showCellChip"));
    m_cell->setToolTip(tr("One cell of the confusion matrix; click to see all pictures again"));
    m_cell->setAccessibleName(tr("The cell of the matrix: show all again"));
    setLook(m_cell, "role", "chip");
    row->addWidget(m_cell);
    row->addStretch(1);

    connect(m_cell, &QPushButton::clicked, this, [this] {
        m_filter.setCell({});
        for (const Chip& chip : m_chips) {
            if (chip.show == m_filter.shown()) chip.button->setFocus(Qt::OtherFocusReason);
        }
    });
    connect(&filter, &AnswerFilter::filterChanged, this, &AnswerChips::refresh);
    refresh();
}

QPushButton* AnswerChips::add(Show show, const char* name, const QString& tip) {
    auto* button = new QPushButton;
    button->setObjectName(QString::fromLatin1(name));
    button->setCheckable(true);
    button->setToolTip(tip);
    setLook(button, "role", "chip");
    m_group->addButton(button);
    m_chips.push_back({show, button});
    connect(button, &QPushButton::clicked, this, [this, show] {
        if (m_filter.cell()) m_filter.setCell({});
        m_filter.setShow(show);
    });
    return button;
}

QString AnswerChips::words(Show show) const {
    const AnswerModel::Counts& counts = m_model.counts();
    switch (show) {
        case Show::kAll:
            return tr("All %1").arg(formatCount(m_model.rowCount()));
        case Show::kDisagreements:
            return tr("Disagreements %1").arg(formatCount(counts.disagreeing));
        case Show::kLeastSure:
            return tr("Least sure");
        case Show::kWrong:
            return tr("Wrong %1").arg(formatCount(counts.wrong));
        case Show::kUnreadable:
            return tr("Not readable %1").arg(formatCount(counts.failed));
    }
    return {};
}

void AnswerChips::refresh() {
    const AnswerModel::Counts& counts = m_model.counts();
    const auto& cell = m_filter.cell();
    for (const Chip& chip : m_chips) {
        const bool chosen = !cell && chip.show == m_filter.shown();
        chip.button->setText(words(chip.show));
        chip.button->setAccessibleName(chip.button->text());
        // Within one cell of the matrix all are wrong alike, or right.
        const bool fits =
            chip.show == Show::kAll ||
            (!cell && (chip.show == Show::kLeastSure ||
                       (chip.show == Show::kDisagreements && (counts.compared > 0 || counts.answered == 0)) ||
                       (chip.show == Show::kWrong && counts.judged > 0) ||
                       (chip.show == Show::kUnreadable && counts.failed > 0)));
        chip.button->setVisible(fits || chosen);
        // None of an exclusive group is checked while a cell is shown.
        m_group->setExclusive(!cell);
        chip.button->setChecked(chosen);
    }
    m_cell->setVisible(cell.has_value());
    if (!cell) return;
    const QString truth = className(cell->truth), answer = className(cell->answer);
    const QString words = cell->answer < 0                  ? tr("true %1").arg(truth)
                          : cell->judged == Variant::kDense ? tr("true %1, dense answer %2").arg(truth, answer)
                                                            : tr("true %1, answer %2").arg(truth, answer);
    m_cell->setText(words + QStringLiteral("  ✕"));
    m_cell->setAccessibleName(tr("%1: show all again").arg(words));
}

// As the model that answered calls it.
QString AnswerChips::className(int index) const {
    const AnsweredPicture* answered = m_model.anyAnswered();
    const auto place = static_cast<std::size_t>(index);
    if (answered == nullptr || place >= answered->modelFile->classes.size()) return QString::number(index);
    return QString::fromStdString(answered->modelFile->classes[place]);
}

}  // namespace condenser
