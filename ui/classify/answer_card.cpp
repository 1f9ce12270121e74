#include "classify/answer_card.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QSettings>
#include <QSlider>
#include <QVBoxLayout>
#include <algorithm>

#include "classify/activation_view.h"
#include "classify/answer_words.h"
#include "classify/form_bars.h"
#include "look/elided_label.h"
#include "look/format.h"
#include "look/look.h"

namespace condenser {
namespace {

constexpr int kCardWidth = 308;  // pixels
constexpr int kStrength = 60;    // percent, at first
const QString kStrengthKey = QStringLiteral("classify/mapStrength");

QLabel* wrapped(const char* name, const char* tone) {
    auto* label = new QLabel;
    label->setObjectName(QString::fromLatin1(name));
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setMinimumWidth(1);
    setLook(label, "tone", tone);
    setLook(label, "scale", "small");
    return label;
}

// "Dense", its time, and what else there is to say of it.
QWidget* head(const QString& name, const char* tone, std::initializer_list<QLabel*> right) {
    auto* row = new QWidget;
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(4, 0, 4, 0);
    layout->setSpacing(4);
    auto* label = new QLabel(name);
    setLook(label, "strong");
    setLook(label, "tone", tone);
    layout->addWidget(label);
    layout->addStretch(1);
    for (QLabel* each : right) {
        each->setTextFormat(Qt::PlainText);
        setLook(each, "scale", "small");
        setLook(each, "tone", "muted");
        layout->addWidget(each);
    }
    return row;
}

bool sameFile(const AnsweredPicture& a, const AnsweredPicture& b) {
    return a.path == b.path && a.picture == b.picture;
}

}  // namespace

AnswerCard::AnswerCard(QSettings& settings, QWidget* parent)
    : QFrame(parent),
      m_settings(settings),
      m_name(new ElidedLabel),
      m_sizes(new QLabel),
      m_scroll(new QScrollArea),
      m_view(new ActivationView),
      m_strengthRow(new QWidget),
      m_strength(new QSlider(Qt::Horizontal)),
      m_mapWords(wrapped("mapCaption", "muted")),
      m_denseMs(new QLabel),
      m_dense(new FormBars(Variant::kDense)),
      m_condensedMs(new QLabel),
      m_agreement(new QLabel),
      m_condensed(new FormBars(Variant::kCondensed)),
      m_truth(wrapped("answerTruth", "muted")),
      m_model(wrapped("answerModel", "muted")),
      m_remark(wrapped("answerOutstanding", "warning")),
      m_compare(new QPushButton(tr("Compare both forms"))) {
    setLook(this, "card");
    setObjectName(QStringLiteral("answerCard"));
    setFixedWidth(kCardWidth);
    m_denseHead = head(tr("Dense"), "dense", {m_denseMs});
    m_condensedHead = head(tr("Condensed"), "condensed", {m_condensedMs, m_agreement});

    m_name->setObjectName(QStringLiteral("answerName"));
    m_name->setTextFormat(Qt::PlainText);
    setLook(m_name, "strong");
    m_sizes->setObjectName(QStringLiteral("answerSizes"));
    m_sizes->setTextFormat(Qt::PlainText);
    m_sizes->setToolTip(
        tr("Pixels of the file, and of what the network reads: the shorter side is scaled, the middle is cut out"));
    setLook(m_sizes, "tone", "muted");
    setLook(m_sizes, "scale", "small");
    auto* top = new QHBoxLayout;
    top->setContentsMargins(0, 0, 8, 0);
    top->setSpacing(8);
    top->addWidget(m_name, 1);
    top->addWidget(m_sizes);
    m_scroll->setObjectName(QStringLiteral("answerScroll"));
    m_scroll->setWidget(makeContent());
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 12, 8, 12);
    layout->setSpacing(8);
    layout->addLayout(top);
    layout->addWidget(m_scroll, 1);

    for (FormBars* bars : {m_dense, m_condensed}) connect(bars, &FormBars::classChosen, this, &AnswerCard::chooseClass);
    connect(m_strength, &QSlider::valueChanged, this, [this](int percent) {
        m_view->setStrength(percent / 100.0);
        m_settings.setValue(kStrengthKey, percent);
    });
    connect(m_compare, &QPushButton::clicked, this, &AnswerCard::compareWanted);
    connect(&m_session, &ActivationSession::computed, this, [this](const std::shared_ptr<const ActivationMaps>& maps) {
        m_maps = maps;
        showMap();
    });
    connect(&m_session, &ActivationSession::failed, this,
            [this](const Error& error) { m_mapWords->setText(errorWords(error)); });
    connect(m_view, &ActivationView::exported, this, &AnswerCard::exported);
    connect(m_view, &ActivationView::exportFailed, this, &AnswerCard::exportFailed);
    m_view->setMenu([this] { return exhibit(); });
    m_strength->setValue(std::clamp(settings.value(kStrengthKey, kStrength).toInt(), 0, 100));
    show(nullptr);
}

QWidget* AnswerCard::makeContent() {
    m_strength->setObjectName(QStringLiteral("mapStrength"));
    m_strength->setAccessibleName(tr("Strength of the class activation map"));
    m_strength->setToolTip(m_strength->accessibleName());
    m_strength->setRange(0, 100);
    m_strength->setPageStep(20);
    auto* strength = new QLabel(tr("Map"));
    setLook(strength, "tone", "muted");
    setLook(strength, "scale", "small");
    auto* slide = new QHBoxLayout(m_strengthRow);
    slide->setContentsMargins(0, 0, 0, 0);
    slide->setSpacing(8);
    slide->addWidget(strength);
    slide->addWidget(m_strength, 1);

    m_denseMs->setObjectName(QStringLiteral("denseMs"));
    m_condensedMs->setObjectName(QStringLiteral("condensedMs"));
    m_agreement->setObjectName(QStringLiteral("answerAgreement"));
    for (QLabel* label : {m_denseMs, m_condensedMs})
        label->setToolTip(
            tr("Of the network alone, for this one picture: single times scatter; Compare measures them"));
    m_dense->setObjectName(QStringLiteral("denseBars"));
    m_condensed->setObjectName(QStringLiteral("condensedBars"));
    m_compare->setObjectName(QStringLiteral("compareFormsButton"));
    m_compare->setAccessibleName(m_compare->text());
    m_compare->setToolTip(tr("Measures both forms side by side, on the Compare page"));
    setLook(m_compare, "role", "link");

    auto* inside = new QWidget;
    inside->setObjectName(QStringLiteral("scrolled"));
    auto* column = new QVBoxLayout(inside);
    column->setContentsMargins(0, 0, 8, 0);
    column->setSpacing(4);
    column->addWidget(m_view);
    column->addWidget(m_strengthRow);
    column->addWidget(m_mapWords);
    column->addSpacing(4);
    column->addWidget(m_denseHead);
    column->addWidget(m_dense);
    column->addSpacing(4);
    column->addWidget(m_condensedHead);
    column->addWidget(m_condensed);
    column->addSpacing(4);
    column->addWidget(m_truth);
    column->addWidget(m_model);
    column->addWidget(m_remark);
    column->addWidget(m_compare, 0, Qt::AlignLeft);
    column->addStretch(1);
    return inside;
}

void AnswerCard::setTheme(const Theme& theme) {
    m_view->setTheme(theme);
    m_dense->setTheme(theme);
    m_condensed->setTheme(theme);
}

void AnswerCard::show(const AnsweredPicture* picture) {
    const bool same = picture != nullptr && m_picture && sameFile(*picture, *m_picture) && m_picture->answered();
    // An old answer stands until the new one comes.
    if (same && picture->state == AnsweredPicture::State::kWaiting) return;
    const bool sameAnswer = same && picture->answered() && picture->modelFile == m_picture->modelFile;
    if (picture != nullptr) {
        m_picture = *picture;
    } else {
        m_picture.reset();
    }
    if (sameAnswer) return showAnswer();
    m_maps.reset();
    m_class = -1;
    m_session.forget();
    showWords();
    if (!m_picture || !m_picture->answered()) return;
    showAnswer();
    chooseClass(m_picture->best().index);
    askForMaps();
}

void AnswerCard::showWords() {
    const bool answered = m_picture && m_picture->answered();
    const QImage seen = m_picture ? m_picture->seen.image() : QImage();
    m_view->setVisible(!seen.isNull() && m_picture->state != AnsweredPicture::State::kFailed);
    const auto showWhere = [](bool shown, std::initializer_list<QWidget*> widgets) {
        for (QWidget* widget : widgets) widget->setVisible(shown);
    };
    const bool both = answered && m_picture->bothForms();
    showWhere(answered, {m_strengthRow, m_sizes, m_model});
    showWhere(answered && m_picture->form(Variant::kDense) != nullptr, {m_denseHead, m_dense});
    showWhere(answered && m_picture->form(Variant::kCondensed) != nullptr, {m_condensedHead, m_condensed});
    showWhere(both, {m_agreement, m_compare});
    m_truth->setVisible(answered && m_picture->truth >= 0);
    m_remark->setVisible(answered && (m_picture->outstandingSteps > 0 || !m_picture->noDense.isEmpty()));
    m_view->showPicture(seen);
    setLook(m_mapWords, "tone", "muted");
    if (!m_picture) {
        m_name->setText(tr("No picture chosen"));
        m_mapWords->setText(tr("Choose one to see what the network saw, where it looked, and its five best answers."));
    } else if (!answered) {
        m_name->setText(m_picture->name);
        const bool failed = m_picture->state == AnsweredPicture::State::kFailed;
        if (failed) setLook(m_mapWords, "tone", "error");
        m_mapWords->setText(failed ? m_picture->problem : tr("Waiting for an answer…"));
    } else {
        m_name->setText(m_picture->name);
        m_mapWords->setText({});
    }
    m_name->setToolTip(m_picture ? m_picture->path.empty() ? m_picture->name : toQString(m_picture->path) : QString());
}

void AnswerCard::showAnswer() {
    const AnsweredPicture& picture = *m_picture;
    const Preprocess& network = picture.modelFile->preprocess;
    m_sizes->setText(
        tr("%1×%2 → %3×%4").arg(picture.said.width).arg(picture.said.height).arg(network.width).arg(network.height));
    for (const FormAnswer& form : picture.said.forms) {
        (form.variant == Variant::kDense ? m_denseMs : m_condensedMs)->setText(tr("%1 ms").arg(millisecondsOf(form)));
        barsOf(form.variant)->setAnswers(form.top);
    }
    m_agreement->setText(picture.disagree() ? tr("· another answer") : tr("· same answer"));
    setLook(m_agreement, "tone", picture.disagreeUnexpectedly() ? "error" : "muted");
    if (const QString truth = trueClassOf(picture); !truth.isEmpty()) {
        m_truth->setText(picture.wrong() ? tr("✕ true class “%1”").arg(truth) : tr("✓ true class “%1”").arg(truth));
        m_truth->setToolTip(tr("Named by the folder of the picture"));
        setLook(m_truth, "tone", picture.wrong() ? "error" : "muted");
    }
    m_model->setText(picture.model);
    if (picture.outstandingSteps > 0) {
        const int all = picture.modelFile->spec.condenseFactor - 1;
        m_remark->setText(tr("%1 of %2 condensing steps are still to come: until the last of them the condensed "
                             "network is another function, so the dense one speaks for the model")
                              .arg(picture.outstandingSteps)
                              .arg(std::max(all, picture.outstandingSteps)));
    } else if (!picture.noDense.isEmpty()) {
        m_remark->setText(withoutDenseForm(picture));
    }
}

FormBars* AnswerCard::barsOf(Variant variant) const {
    return variant == Variant::kDense ? m_dense : m_condensed;
}

// Of all classes that can be chosen, so that choosing one computes nothing.
void AnswerCard::askForMaps() {
    std::vector<int> classes;
    for (const FormAnswer& form : m_picture->said.forms) {
        for (const ClassProbability& entry : form.top) {
            if (std::find(classes.begin(), classes.end(), entry.index) == classes.end()) classes.push_back(entry.index);
        }
    }
    m_session.compute(m_picture->modelFile, m_picture->picture, m_picture->path, classes);
}

void AnswerCard::chooseClass(int classIndex) {
    m_class = classIndex;
    for (FormBars* bars : {m_dense, m_condensed}) bars->setChosen(classIndex);
    showMap();
}

void AnswerCard::showMap() {
    if (!m_maps || !m_picture) return;
    for (const ActivationMap& map : m_maps->maps) {
        if (map.classIndex != m_class) continue;
        m_view->showMap(m_maps, map, className(m_class));
        m_mapWords->setText(mapWords(map));
        return;
    }
}

QString AnswerCard::className(int classIndex) const {
    return QString::fromStdString(m_picture->modelFile->classes[static_cast<std::size_t>(classIndex)]);
}

QString AnswerCard::mapWords(const ActivationMap& map) const {
    const bool dense = m_picture->modelFile->variant == Variant::kDense;
    const QString who =
        dense ? tr("Where the dense network looked for “%1”") : tr("Where the condensed network looked for “%1”");
    return who.arg(className(map.classIndex)) + QStringLiteral(". ") +
           tr("The mean of the map: the logit %1 minus the bias %2.")
               .arg(static_cast<double>(map.logit), 0, 'f', 2)
               .arg(static_cast<double>(map.bias), 0, 'f', 2)
               .replace(u'-', QChar(0x2212));
}

void AnswerCard::focusBars() {
    if (m_picture && m_picture->answered()) barsOf(m_picture->answer().variant)->setFocus(Qt::OtherFocusReason);
}

std::optional<Exhibit> AnswerCard::exhibit() const {
    if (!m_maps || !m_picture) return std::nullopt;
    const QString answer = tr("%1: %2, %3")
                               .arg(m_picture->name, QString::fromStdString(m_picture->best().name),
                                    formatShare(m_picture->best().probability));
    return m_view->exhibit(answer, m_mapWords->text() + u'\n' + m_model->text(), QStringLiteral("class-activation"));
}

}  // namespace condenser
