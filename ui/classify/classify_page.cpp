#include "classify/classify_page.h"

#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QImage>
#include <QLabel>
#include <QListView>
#include <QMimeData>
#include <QPushButton>
#include <QVBoxLayout>

#include "classify/answer_card.h"
#include "classify/answer_delegate.h"
#include "dropping.h"
#include "look/elided_label.h"
#include "look/format.h"
#include "look/look.h"

namespace condenser {
namespace {

std::shared_ptr<const Picture> toPicture(const QImage& image) {
    // Alpha is composed over white, as for files.
    QImage opaque(image.size(), QImage::Format_RGB888);
    opaque.fill(Qt::white);
    const QImage source = image.convertToFormat(QImage::Format_RGBA8888);
    auto picture = std::make_shared<Picture>();
    picture->height = source.height();
    picture->width = source.width();
    picture->pixels.reserve(static_cast<std::size_t>(source.height()) * static_cast<std::size_t>(source.width()) * 3);
    for (int y = 0; y < source.height(); ++y) {
        const uchar* line = source.constScanLine(y);
        for (int x = 0; x < source.width(); ++x, line += 4) {
            for (int channel = 0; channel < 3; ++channel) {
                const int value = line[channel] * line[3] + 255 * (255 - line[3]);
                picture->pixels.push_back(static_cast<std::uint8_t>((value + 127) / 255));
            }
        }
    }
    return picture;
}

}  // namespace

// Whoever drops a photograph must not take "heart" for the best that there is.
QString ClassifyPage::sampleWords(const CurrentModel& model) {
    if (!model.sample) return {};
    QStringList classes;
    for (const std::string& name : model.file->classes) classes << QString::fromStdString(name);
    return tr("The sample answers, a small network that knows only drawings: %1. Train or open a model for others.")
        .arg(classes.join(QStringLiteral(", ")));
}

ClassifyPage::ClassifyPage(InferenceSession& session, QWidget* parent)
    : Page(parent),
      m_session(session),
      m_delegate(new AnswerDelegate(this)),
      m_headline(new ElidedLabel),
      m_again(new QPushButton(tr("Classify again"))),
      m_clear(new QPushButton(tr("Clear"))),
      m_problem(new QLabel),
      m_assumed(new QLabel),
      m_sample(new QLabel),
      m_noModel(new QWidget),
      m_empty(new QLabel(
          tr("Drop pictures or a folder of pictures anywhere on the window,\nor open them with the button above."))),
      m_list(new QListView),
      m_card(new AnswerCard) {
    auto* title = new QLabel(tr("Pictures"));
    setLook(title, "scale", "title");
    m_headline->setObjectName(QStringLiteral("classifyHeadline"));
    setLook(m_headline, "tone", "muted");
    m_headline->setTextFormat(Qt::PlainText);
    auto* open = new QPushButton(tr("Open pictures…"));
    open->setObjectName(QStringLiteral("openPicturesButton"));
    m_again->setObjectName(QStringLiteral("classifyAgainButton"));
    m_again->setToolTip(tr("Asks the current model about all of them (F5)"));
    m_clear->setObjectName(QStringLiteral("clearButton"));
    for (QPushButton* button : {open, m_again, m_clear}) button->setAccessibleName(button->text());
    m_problem->setObjectName(QStringLiteral("classifyProblem"));
    setLook(m_problem, "tone", "error");
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setWordWrap(true);
    m_problem->hide();
    m_assumed->setObjectName(QStringLiteral("classifyAssumed"));
    m_sample->setObjectName(QStringLiteral("classifySample"));
    for (QLabel* label : {m_assumed, m_sample}) {
        setLook(label, "tone", "muted");
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->hide();
    }
    setLook(m_empty, "tone", "muted");
    m_empty->setAlignment(Qt::AlignCenter);

    auto* noModelText = new QLabel(tr(
        "There is no model yet, so nothing can answer. Press Start training on the Train page, or open a model file; "
        "your pictures are answered as soon as there is one."));
    noModelText->setObjectName(QStringLiteral("noModelText"));
    noModelText->setWordWrap(true);
    auto* train = new QPushButton(tr("Go to Train"));
    train->setObjectName(QStringLiteral("goToTrainButton"));
    auto* openModel = new QPushButton(tr("Open model…"));
    openModel->setObjectName(QStringLiteral("openModelHereButton"));
    for (QPushButton* button : {train, openModel}) button->setAccessibleName(button->text());
    auto* noModelRow = new QHBoxLayout(m_noModel);
    noModelRow->setContentsMargins(0, 0, 0, 0);
    noModelRow->addWidget(noModelText, 1);
    noModelRow->addWidget(train);
    noModelRow->addWidget(openModel);

    m_list->setObjectName(QStringLiteral("answerList"));
    m_list->setAccessibleName(tr("Pictures and answers"));
    m_list->setModel(&m_model);
    m_list->setItemDelegate(m_delegate);
    m_list->setUniformItemSizes(true);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setAcceptDrops(false);
    m_list->hide();

    auto* header = new QHBoxLayout;
    header->setSpacing(8);
    header->addWidget(title);
    header->addSpacing(8);
    header->addWidget(m_headline, 1);
    header->addWidget(open);
    header->addWidget(m_again);
    header->addWidget(m_clear);
    auto* card = new QFrame;
    setLook(card, "card");
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(16, 12, 12, 12);
    column->setSpacing(8);
    column->addLayout(header);
    column->addWidget(m_noModel);
    column->addWidget(m_problem);
    column->addWidget(m_assumed);
    column->addWidget(m_sample);
    column->addWidget(m_list, 1);
    column->addWidget(m_empty, 1);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->setSpacing(12);
    layout->addWidget(card, 1);
    layout->addWidget(m_card);

    connect(open, &QPushButton::clicked, this, &ClassifyPage::choosePictures);
    connect(m_again, &QPushButton::clicked, this, &ClassifyPage::mainAction);
    connect(m_clear, &QPushButton::clicked, this, [this] {
        m_session.cancel();
        m_model.clear();
        m_problem->hide();
        showHeadline();
        showChosen();
    });
    connect(train, &QPushButton::clicked, this, &ClassifyPage::trainingWanted);
    connect(openModel, &QPushButton::clicked, this, &ClassifyPage::modelWanted);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, &ClassifyPage::showChosen);
    connect(&m_session, &InferenceSession::modelChanged, this, &ClassifyPage::modelChanged);
    connect(&m_session, &InferenceSession::answered, this, [this](const std::vector<Answer>& answers) {
        m_model.take(answers);
        showHeadline();
        showChosen();
    });
    showHeadline();
}

void ClassifyPage::setTheme(const Theme& theme) {
    m_delegate->setTheme(theme);
    m_card->setTheme(theme);
    m_list->viewport()->update();
}

void ClassifyPage::addPictures(const std::vector<std::filesystem::path>& paths) {
    std::vector<AnsweredPicture> pictures;
    for (const std::filesystem::path& path : paths) {
        AnsweredPicture picture;
        picture.name = toQString(path.filename());
        picture.path = path;
        pictures.push_back(std::move(picture));
    }
    m_problem->hide();
    m_model.add(std::move(pictures), kMostPictures);
    m_list->setCurrentIndex(m_model.index(0, 0));
    m_list->scrollToTop();
    ask();
}

void ClassifyPage::choosePictures() {
    auto* dialog = new QFileDialog(this, tr("Pictures to classify"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    dialog->setNameFilters(
        {tr("Pictures (*.png *.jpg *.jpeg *.bmp *.webp *.tif *.tiff *.ppm *.pgm)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::filesSelected, this, [this](const QStringList& files) {
        std::vector<std::filesystem::path> paths;
        for (const QString& file : files) paths.push_back(toPath(file));
        addPictures(paths);
    });
    dialog->open();
}

void ClassifyPage::paste() {
    const QMimeData* content = QGuiApplication::clipboard()->mimeData();
    if (content == nullptr) return;
    const QImage image = qvariant_cast<QImage>(content->imageData());
    if (image.isNull()) return showProblem(tr("There is no picture in the clipboard."));
    AnsweredPicture picture;
    picture.name = tr("pasted picture");
    picture.picture = toPicture(image);
    m_problem->hide();
    std::vector<AnsweredPicture> pictures;
    pictures.push_back(std::move(picture));
    m_model.add(std::move(pictures), kMostPictures);
    m_list->setCurrentIndex(m_model.index(0, 0));
    ask();
}

void ClassifyPage::showProblem(const QString& problem) {
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
}

void ClassifyPage::mainAction() {
    m_model.askAgain();
    ask();
}

// A new request replaces the old one, so it names all that still wait.
void ClassifyPage::ask() {
    m_session.classify(m_model.waiting());
    showHeadline();
    showChosen();
}

void ClassifyPage::modelChanged() {
    showHeadline();
    const CurrentModel& model = m_session.model();
    m_assumed->setText(model.name + QStringLiteral(": ") + model.assumed);
    m_assumed->setVisible(!model.assumed.isEmpty());
    m_sample->setText(sampleWords(model));
    m_sample->setVisible(model.sample);
    // The first model answers what had to wait for it; later ones answer when they are asked.
    if (!m_session.busy() && !m_model.waiting().empty()) ask();
}

void ClassifyPage::showHeadline() {
    const int count = m_model.rowCount();
    const bool model = m_session.model().file != nullptr;
    m_noModel->setVisible(!model);
    m_list->setVisible(count > 0);
    m_empty->setVisible(count == 0);
    m_again->setEnabled(model && count > 0);
    m_clear->setEnabled(count > 0);
    int failed = 0, waiting = 0;
    for (int row = 0; row < count; ++row) {
        failed += m_model.at(row).state == AnsweredPicture::State::kFailed;
        waiting += m_model.at(row).state == AnsweredPicture::State::kWaiting;
    }
    QStringList parts;
    if (count > 0) parts << formatPlural(count, tr("picture"), tr("pictures"));
    if (waiting > 0) parts << tr("%1 waiting").arg(formatCount(waiting));
    if (failed > 0) parts << tr("%1 not readable").arg(formatCount(failed));
    m_headline->setText(parts.join(QStringLiteral(" · ")));
    m_headline->setToolTip(m_headline->text());
}

void ClassifyPage::showChosen() {
    const QModelIndex chosen = m_list->currentIndex();
    const AnsweredPicture* picture = chosen.isValid() ? &m_model.at(chosen.row()) : nullptr;
    m_card->show(picture);
    if (picture != nullptr && picture->state == AnsweredPicture::State::kAnswered) emit pictureChosen(*picture);
}

QString ClassifyPage::helpPage() const {
    return QStringLiteral("classify");
}

}  // namespace condenser
