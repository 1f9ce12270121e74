#include "pages/cost_box.h"

#include <QFrame>
#include <QGridLayout>
#include <QLabel>
#include <algorithm>

#include "look/format.h"
#include "look/look.h"
#include "network/summary.h"

namespace condenser {
namespace {

const QString kNothing = QStringLiteral("–");

QLabel* figure(const char* tone, const QString& objectName, const QString& name) {
    auto* label = new QLabel(kNothing);
    setLook(label, "tone", tone);
    setLook(label, "strong");
    label->setObjectName(objectName);
    label->setAccessibleName(name);
    label->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    return label;
}

QLabel* heading(const QString& text, const char* tone) {
    auto* label = new QLabel(text);
    setLook(label, "tone", tone);
    setLook(label, "scale", "small");
    label->setAlignment(Qt::AlignRight);
    return label;
}

QFrame* ruler() {
    auto* line = new QFrame;
    setLook(line, "line");
    return line;
}

}  // namespace

CostBox::CostBox(QWidget* parent)
    : QWidget(parent),
      m_denseMacs(figure("dense", QStringLiteral("denseMacs"), tr("Multiply-adds, dense"))),
      m_condensedMacs(figure("condensed", QStringLiteral("condensedMacs"), tr("Multiply-adds, condensed"))),
      m_denseParams(figure("dense", QStringLiteral("denseParams"), tr("Parameters, dense"))),
      m_condensedParams(figure("condensed", QStringLiteral("condensedParams"), tr("Parameters, condensed"))),
      m_saving(new QLabel) {
    auto* title = new QLabel(tr("What this will cost"));
    setLook(title, "strong");
    m_saving->setObjectName(QStringLiteral("costSaving"));
    setLook(m_saving, "tone", "muted");
    setLook(m_saving, "scale", "small");
    m_saving->setWordWrap(true);

    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(16);
    grid->setVerticalSpacing(4);
    grid->setColumnStretch(0, 1);
    grid->addWidget(title, 0, 0);
    grid->addWidget(heading(tr("dense"), "dense"), 0, 1);
    grid->addWidget(heading(tr("condensed"), "condensed"), 0, 2);
    grid->addWidget(ruler(), 1, 0, 1, 3);
    grid->addWidget(new QLabel(tr("Multiply-adds")), 2, 0);
    grid->addWidget(m_denseMacs, 2, 1);
    grid->addWidget(m_condensedMacs, 2, 2);
    grid->addWidget(ruler(), 3, 0, 1, 3);
    grid->addWidget(new QLabel(tr("Parameters")), 4, 0);
    grid->addWidget(m_denseParams, 4, 1);
    grid->addWidget(m_condensedParams, 4, 2);
    grid->addWidget(ruler(), 5, 0, 1, 3);
    grid->addWidget(m_saving, 6, 0, 1, 3);
}

void CostBox::showCost(const std::optional<NetworkSpec>& spec) {
    if (!spec) {
        for (QLabel* label : {m_denseMacs, m_condensedMacs, m_denseParams, m_condensedParams}) {
            label->setText(kNothing);
            label->setToolTip({});
        }
        m_saving->setText(tr("No figure: the network cannot be built."));
        return;
    }
    const NetworkSummary dense = summarize(*spec, CountingMode::kDense);
    const NetworkSummary learned = summarize(*spec, CountingMode::kLearned);
    const NetworkSummary condensed = summarize(*spec, CountingMode::kCondensed);
    const auto show = [](QLabel* label, std::int64_t count, const QString& tip) {
        label->setText(formatAmount(static_cast<double>(count)));
        label->setToolTip(tip);
    };
    const QString reference =
        tr("The public reference counts %1 before conversion: learned convolutions at 1/C, and ReLU, pooling and "
           "biases as well.")
            .arg(formatCount(learned.refFlops));
    const QString once = tr("For one picture: %1. %2");
    show(m_denseMacs, dense.macs, once.arg(formatCount(dense.macs), reference));
    show(m_condensedMacs, condensed.macs, once.arg(formatCount(condensed.macs), reference));
    show(m_denseParams, dense.params, formatCount(dense.params));
    show(m_condensedParams, condensed.params, formatCount(condensed.params));
    const double share =
        static_cast<double>(condensed.macs) / static_cast<double>(std::max<std::int64_t>(1, dense.macs));
    m_saving->setText(tr("For one picture. Condensed takes %1 of the multiply-adds.").arg(formatShare(share)));
}

}  // namespace condenser
