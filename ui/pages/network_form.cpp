#include "pages/network_form.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QMap>
#include <QPushButton>
#include <QSpinBox>
#include <QStringList>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "look/look.h"
#include "pages/form_row.h"

namespace condenser {
namespace {

constexpr int kLargestGroups = 64, kLargestSize = 512;
constexpr std::size_t kMostFixes = 4;

QString dashed(const std::vector<int>& numbers) {
    QStringList words;
    for (const int number : numbers) words << QString::number(number);
    return words.join(u'-');
}

// What the fields call a change of a spec: "growth=8-16-32" is "Growth 8-16-32".
QString fieldWords(const std::string& change) {
    const QString text = QString::fromStdString(change);
    const QString key = text.section(u'=', 0, 0), value = text.section(u'=', 1);
    const QMap<QString, QString> names{{QStringLiteral("growth"), NetworkForm::tr("Growth")},
                                       {QStringLiteral("groups"), NetworkForm::tr("Groups G")},
                                       {QStringLiteral("condense"), NetworkForm::tr("Condense C")},
                                       {QStringLiteral("compression"), NetworkForm::tr("Compression")},
                                       {QStringLiteral("size"), NetworkForm::tr("Picture size")}};
    return names.value(key, key) + u' ' + value;
}

QSpinBox* numberBox(int low, int high) {
    auto* box = new QSpinBox;
    box->setRange(low, high);
    box->setMinimumWidth(72);
    return box;
}

}  // namespace

NetworkForm::NetworkForm(QWidget* parent)
    : QWidget(parent),
      m_preset(new QComboBox),
      m_more(new QPushButton(tr("More ▸"))),
      m_fields(new QWidget),
      m_layers(new QLineEdit),
      m_growth(new QLineEdit),
      m_groups(numberBox(1, kLargestGroups)),
      m_condense(numberBox(1, kLargestGroups)),
      m_compression(new QDoubleSpinBox),
      m_size(numberBox(8, kLargestSize)),
      m_problem(new QLabel),
      m_fixes(new QWidget) {
    for (const Preset& preset : networkPresets()) m_preset->addItem(QString::fromLatin1(preset.name));
    m_preset->addItem(tr("your own numbers"));
    m_preset->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_preset->setMinimumContentsLength(8);
    m_size->setSuffix(tr(" pixels"));
    m_compression->setRange(0, 1);
    m_compression->setSingleStep(0.125);
    m_compression->setDecimals(3);
    m_compression->setSpecialValueText(tr("none"));
    m_compression->setMinimumWidth(72);

    auto* top = makeFormGrid();
    addFormRow(
        top, tr("Network"), m_preset, QStringLiteral("networkBox"),
        tr("CondenseNets, from quick to accurate, and a DenseNet-BC. condensenet-tiny trains in a few minutes."));
    m_more->setObjectName(QStringLiteral("moreButton"));
    m_more->setAccessibleName(tr("More settings of the network"));
    setLook(m_more, "role", "link");
    m_more->setCheckable(true);
    top->addWidget(m_more, top->rowCount(), 1, Qt::AlignLeft);

    auto* grid = makeFormGrid(m_fields);
    addFormRow(grid, tr("Layers per block"), m_layers, QStringLiteral("layersField"),
               tr("Dense layers of each block, as in 4-4-4"));
    addFormRow(grid, tr("Growth"), m_growth, QStringLiteral("growthField"),
               tr("Channels that a layer adds, for each block, as in 8-16-32"));
    addFormRow(grid, tr("Groups G"), m_groups, QStringLiteral("groupsField"),
               tr("Groups of the convolutions, 1×1 and 3×3"));
    addFormRow(grid, tr("Condense C"), m_condense, QStringLiteral("condenseField"),
               tr("Of C connections one survives, after C − 1 condensing steps; 1: nothing is dropped"));
    addFormRow(grid, tr("Compression"), m_compression, QStringLiteral("compressionField"),
               tr("Between two blocks: the share of the channels that a 1×1 convolution makes of them, in learned "
                  "groups. None: they are pooled alone, and every layer can read all layers before it"));
    addFormRow(grid, tr("Picture size"), m_size, QStringLiteral("sizeField"),
               tr("Pictures are resized to this many pixels, in height and width"));
    m_fields->hide();

    m_problem->setObjectName(QStringLiteral("networkProblem"));
    setLook(m_problem, "tone", "error");
    setLook(m_problem, "scale", "small");
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setWordWrap(true);
    m_problem->hide();
    m_fixes->setObjectName(QStringLiteral("networkFixes"));
    auto* fixes = new QVBoxLayout(m_fixes);
    fixes->setContentsMargins(0, 0, 0, 0);
    fixes->setSpacing(4);
    m_fixes->hide();

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addLayout(top);
    layout->addWidget(m_fields);
    layout->addWidget(m_problem);
    layout->addWidget(m_fixes);

    presetChosen();
    connect(m_preset, &QComboBox::currentIndexChanged, this, &NetworkForm::presetChosen);
    connect(m_more, &QPushButton::toggled, this, [this](bool on) {
        m_fields->setVisible(on);
        m_more->setText(on ? tr("Less ▾") : tr("More ▸"));
    });
    for (QLineEdit* field : {m_layers, m_growth}) {
        connect(field, &QLineEdit::textEdited, this, &NetworkForm::fieldEdited);
    }
    for (QSpinBox* field : {m_groups, m_condense, m_size}) {
        connect(field, &QSpinBox::valueChanged, this, &NetworkForm::fieldEdited);
    }
    connect(m_compression, &QDoubleSpinBox::valueChanged, this, &NetworkForm::fieldEdited);
}

void NetworkForm::fill(const NetworkSpec& spec) {
    m_filling = true;
    m_base = spec;
    m_layers->setText(dashed(spec.stages));
    m_growth->setText(dashed(spec.growth));
    m_groups->setValue(spec.groups1x1);
    m_condense->setValue(spec.condenseFactor);
    m_compression->setValue(spec.compression);
    m_size->setValue(spec.height);
    m_filling = false;
}

void NetworkForm::presetChosen() {
    const int own = m_preset->count() - 1;
    if (m_preset->currentIndex() == own) {
        m_more->setChecked(true);
    } else if (const auto spec = parseNetworkSpec(m_preset->currentText().toStdString())) {
        fill(*spec);
    }
    emit changed();
}

void NetworkForm::fieldEdited() {
    if (m_filling) return;
    const int own = m_preset->count() - 1;
    if (m_preset->currentIndex() != own) {
        m_preset->setCurrentIndex(own);  // emits changed
    } else {
        emit changed();
    }
}

// A field of three decimals does not change what it only shows.
double NetworkForm::compression() const {
    const double shown = m_compression->value();
    return std::abs(shown - m_base.compression) < 0.0006 ? m_base.compression : shown;
}

std::string NetworkForm::model() const {
    const int own = m_preset->count() - 1;
    if (m_preset->currentIndex() != own) return m_preset->currentText().toStdString();
    // A group of the 3x3 convolutions that was not the 1x1's stays as it was; else one field sets both.
    const int groups3x3 = m_base.groups3x3 == m_base.groups1x1 ? m_groups->value() : m_base.groups3x3;
    const double share = compression();
    const QString transitions =
        share > 0 ? QStringLiteral(",compression=") + QString::number(share, 'g', QLocale::FloatingPointShortest)
                  : QString();
    return QStringLiteral("condensenet:stages=%1,growth=%2,groups=%3,condense=%4,bottleneck=%5,group3x3=%6,size=%7%8")
        .arg(m_layers->text().trimmed(), m_growth->text().trimmed())
        .arg(m_groups->value())
        .arg(m_condense->value())
        .arg(m_base.bottleneck)
        .arg(groups3x3)
        .arg(m_size->value())
        .arg(transitions)
        .toStdString();
}

void NetworkForm::setModel(const std::string& model) {
    const int preset = m_preset->findText(QString::fromStdString(model));
    if (preset >= 0) {
        m_preset->setCurrentIndex(preset);
        return;
    }
    if (const auto spec = parseNetworkSpec(model)) apply(*spec);
}

void NetworkForm::apply(const NetworkSpec& spec) {
    fill(spec);
    m_preset->setCurrentIndex(m_preset->count() - 1);
    emit changed();
}

Result<NetworkSpec> NetworkForm::spec(int classes) const {
    auto spec = parseNetworkSpec(model());
    if (!spec) return spec;
    spec->classes = classes;
    if (const auto legal = validateSpec(*spec); !legal) return tl::unexpected(legal.error());
    return spec;
}

void NetworkForm::setReadOnly(bool on) {
    m_preset->setDisabled(on);
    m_fields->setDisabled(on);
    m_fixes->setDisabled(on);
}

void NetworkForm::showProblem(const QString& problem) {
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
    if (!problem.isEmpty()) m_more->setChecked(true);
    showFixes();
}

// One click mends the numbers.
void NetworkForm::showFixes() {
    while (QLayoutItem* item = m_fixes->layout()->takeAt(0)) {
        item->widget()->hide();
        item->widget()->setObjectName({});
        item->widget()->deleteLater();  // it may be the one that was clicked
        delete item;
    }
    std::vector<LegalSpec> legal;
    if (!m_problem->text().isEmpty()) {
        if (const auto numbers = parseNetworkNumbers(model())) legal = nearestLegalSpecs(*numbers);
    }
    // Numbers that have a field come first: the user can see what the button did.
    std::stable_partition(legal.begin(), legal.end(), [](const LegalSpec& each) {
        return !each.change.starts_with("group3x3") && !each.change.starts_with("bottleneck");
    });
    for (std::size_t i = 0; i < std::min(legal.size(), kMostFixes); ++i) {
        auto* button = new QPushButton(tr("Use %1").arg(fieldWords(legal[i].change)));
        button->setObjectName(QStringLiteral("networkFix%1").arg(i));
        button->setAccessibleName(button->text());
        setLook(button, "role", "link");
        connect(button, &QPushButton::clicked, this, [this, spec = legal[i].spec] { apply(spec); });
        static_cast<QVBoxLayout*>(m_fixes->layout())->addWidget(button, 0, Qt::AlignLeft);
    }
    m_fixes->setVisible(!legal.empty());
}

}  // namespace condenser
