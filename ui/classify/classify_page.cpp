#include "classify/classify_page.h"

#include <QButtonGroup>
#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QMimeData>
#include <QPushButton>
#include <QSettings>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "classify/answer_actions.h"
#include "classify/answer_card.h"
#include "classify/answer_chips.h"
#include "classify/answer_grid.h"
#include "classify/answer_progress.h"
#include "classify/answer_table.h"
#include "classify/pasted_picture.h"
#include "classify/results_view.h"
#include "dropping.h"
#include "look/format.h"
#include "look/look.h"
#include "pages/notices.h"
#include "plots/exhibit_menu.h"

namespace condenser {
namespace {

using View = ClassifyPage::View;

const QString kViewKey = QStringLiteral("classify/view");
const QString kExportNotice = QStringLiteral("answerExportNotice");

QPushButton* button(const QString& text, const QString& name, const char* objectName, const QString& tip = {}) {
    auto* made = new QPushButton(text);
    made->setObjectName(QString::fromLatin1(objectName));
    made->setAccessibleName(name);
    made->setToolTip(tip);
    return made;
}

// Whoever drops a photograph must not take "heart" for the best that there is.
QString sampleWords(const CurrentModel& model) {
    if (!model.sample) return {};
    QStringList classes;
    for (const std::string& name : model.file->classes) classes << QString::fromStdString(name);
    return ClassifyPage::tr(
               "The sample answers, a small network that knows only drawings: %1. Train or open a model for others.")
        .arg(classes.join(QStringLiteral(", ")));
}

void remark(QLabel& label, const char* name, const char* tone) {
    label.setObjectName(QString::fromLatin1(name));
    label.setTextFormat(Qt::PlainText);
    label.setWordWrap(true);
    setLook(&label, "tone", tone);
    label.hide();
}

}  // namespace

ClassifyPage::ClassifyPage(QSettings& settings, InferenceSession& session, QWidget* parent)
    : Page(parent),
      m_settings(settings),
      m_session(session),
      m_filter(m_model),
      m_export(m_model, m_filter, this),
      m_notices(new NoticeArea),
      m_viewButtons(new QButtonGroup(this)),
      m_problem(new QLabel),
      m_assumed(new QLabel),
      m_sample(new QLabel),
      m_noModel(makeNoModel()),
      m_empty(new QLabel),
      m_chips(new AnswerChips(m_model, m_filter)),
      m_views(new QStackedWidget),
      m_grid(new AnswerGrid(m_filter)),
      m_table(new AnswerTable(m_filter)),
      m_results(new ResultsView(m_model, m_filter)),
      m_actions(new AnswerActions(m_model, m_filter, session, *m_grid->selectionModel(), this)),
      m_progress(new AnswerProgress(m_model, session, m_export)),
      m_card(new AnswerCard(settings)),
      m_seen(new ExhibitMenu(this, [this] { return *exhibit(); })) {
    remark(*m_problem, "classifyProblem", "error");
    remark(*m_assumed, "classifyAssumed", "muted");
    remark(*m_sample, "classifySample", "muted");
    m_notices->setObjectName(QStringLiteral("classifyNotices"));
    makeViews();

    auto* card = new QFrame;
    setLook(card, "card");
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(12, 12, 12, 8);
    column->setSpacing(8);
    column->addWidget(makeHead());
    column->addWidget(m_noModel);
    column->addWidget(m_problem);
    column->addWidget(m_assumed);
    column->addWidget(m_sample);
    column->addWidget(m_chips);
    column->addWidget(m_views, 1);
    column->addWidget(m_progress);
    auto* columns = new QHBoxLayout;
    columns->setSpacing(12);
    columns->addWidget(card, 1);
    columns->addWidget(m_card);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->setSpacing(12);
    layout->addWidget(m_notices);
    layout->addLayout(columns, 1);

    connectParts();
    showView(settings.value(kViewKey).toInt() == static_cast<int>(View::kTable) ? View::kTable : View::kGrid);
    refresh();
}

ClassifyPage::~ClassifyPage() {
    // The views go before what they show.
    delete m_views;
    delete m_chips;
}

QWidget* ClassifyPage::makeNoModel() {
    auto* box = new QWidget;
    auto* words = new QLabel(tr(
        "There is no model yet, so nothing can answer. Press Start training on the Train page, or open a model file; "
        "your pictures are answered as soon as there is one."));
    words->setObjectName(QStringLiteral("noModelText"));
    words->setWordWrap(true);
    QPushButton* train = button(tr("Go to Train"), tr("Go to Train"), "goToTrainButton");
    QPushButton* open = button(tr("Open model…"), tr("Open model…"), "openModelHereButton");
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(words, 1);
    row->addWidget(train);
    row->addWidget(open);
    connect(train, &QPushButton::clicked, this, &ClassifyPage::trainingWanted);
    connect(open, &QPushButton::clicked, this, &ClassifyPage::modelWanted);
    return box;
}

QWidget* ClassifyPage::makeHead() {
    auto* head = new QWidget;
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    const auto addView = [&](View view, const QString& text, const QString& name, const char* objectName) {
        QPushButton* made = button(text, name, objectName);
        made->setCheckable(true);
        setLook(made, "role", "segment");
        m_viewButtons->addButton(made, static_cast<int>(view));
        row->addWidget(made);
    };
    addView(View::kGrid, tr("Grid"), tr("Pictures as a grid"), "gridViewButton");
    addView(View::kTable, tr("Table"), tr("Pictures as a table"), "tableViewButton");
    addView(View::kResults, tr("Results"), tr("What the answers come to"), "resultsViewButton");
    row->addStretch(1);
    QPushButton* open = button(tr("Open…"), tr("Open pictures…"), "openPicturesButton",
                               tr("Opens pictures; drop or paste them as well, or a folder with Ctrl+Shift+O"));
    m_again = button(tr("Again"), tr("Classify again"), "classifyAgainButton");
    m_clear = button(tr("Clear"), tr("Clear the pictures"), "clearButton",
                     tr("Takes all pictures out of the list; the files stay as they are, and Ctrl+Z brings them back"));
    m_exportButton = button(tr("Export"), tr("Export answers"), "answerExportButton");
    auto* menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("answerExportMenu"));
    m_export.addTo(*menu);
    QMenu* seen = menu->addMenu(tr("What is seen"));
    seen->setObjectName(QStringLiteral("answerSeenMenu"));
    m_seen->addTo(*seen);
    connect(menu, &QMenu::aboutToShow, this, [this, seen] { seen->setEnabled(exhibit().has_value()); });
    m_exportButton->setMenu(menu);
    for (QPushButton* each : {open, m_again, m_clear, m_exportButton}) row->addWidget(each);
    connect(open, &QPushButton::clicked, this, &ClassifyPage::choosePictures);
    connect(m_again, &QPushButton::clicked, this, &ClassifyPage::mainAction);
    connect(m_clear, &QPushButton::clicked, m_actions, &AnswerActions::takeOutAll);
    return head;
}

void ClassifyPage::makeViews() {
    m_grid->setObjectName(QStringLiteral("answerList"));
    m_grid->setAccessibleName(tr("Pictures and answers"));
    m_table->setObjectName(QStringLiteral("answerTable"));
    m_table->setAccessibleName(tr("Table of pictures and answers"));
    m_results->setObjectName(QStringLiteral("resultsView"));
    // What is chosen in one is chosen in the other.
    QItemSelectionModel* own = m_table->selectionModel();
    m_table->setSelectionModel(m_grid->selectionModel());
    delete own;
    m_empty->setObjectName(QStringLiteral("classifyEmpty"));
    m_empty->setTextFormat(Qt::PlainText);
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignCenter);
    setLook(m_empty, "tone", "muted");
    m_views->setObjectName(QStringLiteral("answerViews"));
    m_views->setMinimumHeight(120);
    for (QWidget* view : std::initializer_list<QWidget*>{m_grid, m_table, m_results, m_empty}) m_views->addWidget(view);
}

void ClassifyPage::connectParts() {
    connect(m_viewButtons, &QButtonGroup::idClicked, this, [this](int id) { showView(static_cast<View>(id)); });
    for (QAbstractItemView* view : {static_cast<QAbstractItemView*>(m_grid), static_cast<QAbstractItemView*>(m_table)})
        m_actions->addTo(*view);
    connect(m_actions, &AnswerActions::answerWanted, m_card, &AnswerCard::focusBars);
    connect(m_actions, &AnswerActions::takenOut, this, [this](const QString& words, const std::function<void()>& undo) {
        if (m_model.counts().waiting == 0) m_session.cancel();
        showProblem({});
        refreshAll();
        emit removed(words, undo);
    });
    connect(m_actions, &AnswerActions::broughtBack, this, [this](bool wereAsked) {
        if (wereAsked) m_cancelled = false;
        if (m_model.counts().waiting > 0 && !m_cancelled) ask();
        refreshAll();
    });
    connect(m_results, &ResultsView::picturesWanted, this, [this] { showView(m_list); });
    connect(m_card, &AnswerCard::compareWanted, this, &ClassifyPage::compareWanted);
    connect(m_grid->selectionModel(), &QItemSelectionModel::currentChanged, this, &ClassifyPage::showChosen);
    // Which resets the views: what was chosen stays chosen, where it is still shown.
    connect(&m_filter, &AnswerFilter::filterChanged, this, [this] {
        m_table->showOrder();
        refreshAll();
    });

    connect(&m_session, &InferenceSession::modelChanged, this, &ClassifyPage::modelChanged);
    connect(&m_session, &InferenceSession::answered, this, [this](const std::vector<Answer>& answers) {
        m_model.take(answers);
        refreshAll();
    });
    connect(&m_session, &InferenceSession::finished, this, [this] {
        if (m_filter.sortColumn() >= 0 && !m_filter.inOrder()) m_filter.sortAnew();
        refresh();
    });
    connect(m_progress, &AnswerProgress::cancelled, this, [this] {
        if (m_export.busy()) return m_export.cancel();
        m_session.cancel();
        m_cancelled = true;
        refresh();
        m_again->setFocus(Qt::OtherFocusReason);
    });

    const auto sayDone = [this](const QString& words) { m_notices->show(kExportNotice, {.title = words}); };
    const auto failed = [this](const Error& error) {
        m_notices->show(kExportNotice,
                        {.kind = Notice::Kind::kError, .title = errorTitle(error), .detail = errorDetail(error)});
    };
    const auto saved = [sayDone](const QString& file) { sayDone(tr("Saved as %1").arg(file)); };
    connect(&m_export, &AnswerExport::exported, this, sayDone);
    connect(&m_export, &AnswerExport::busyChanged, this, [this] {
        if (m_export.busy()) m_notices->remove(kExportNotice);  // of what was copied before
    });
    connect(m_seen, &ExhibitMenu::exported, this, saved);
    connect(m_card, &AnswerCard::exported, this, saved);
    connect(m_results, &ResultsView::exported, this, saved);
    connect(m_card, &AnswerCard::exportFailed, this, failed);
    connect(m_results, &ResultsView::exportFailed, this, failed);
    connect(&m_export, &AnswerExport::exportFailed, this, failed);
    connect(m_seen, &ExhibitMenu::exportFailed, this, failed);
}

void ClassifyPage::setTheme(const Theme& theme) {
    m_grid->setTheme(theme);
    m_table->setTheme(theme);
    m_results->setTheme(theme);
    m_card->setTheme(theme);
}

void ClassifyPage::showEvent(QShowEvent* event) {
    Page::showEvent(event);
    m_session.getReady();  // pictures will come soon
}

// ---- pictures in --------------------------------------------------------------------------------------------

void ClassifyPage::addPictures(const std::vector<std::filesystem::path>& paths) {
    std::vector<AnsweredPicture> pictures;
    pictures.reserve(paths.size());
    for (const std::filesystem::path& path : paths) {
        AnsweredPicture picture;
        picture.name = toQString(path.filename());
        picture.path = path;
        pictures.push_back(std::move(picture));
    }
    add(std::move(pictures));
}

// The first of the new ones is chosen, whatever was shown before.
void ClassifyPage::add(std::vector<AnsweredPicture> pictures) {
    if (pictures.empty()) return;
    const int first = m_model.rowCount();
    const auto wanted = static_cast<std::int64_t>(pictures.size());
    m_model.add(std::move(pictures), kMostPictures);
    const std::int64_t left = wanted - (m_model.rowCount() - first);
    showProblem(left == 0 ? QString()
                          : tr("At most %1 pictures are taken: %2 were left out. Clear some, or use “condenser-cli "
                               "classify” for any number.")
                                .arg(formatCount(static_cast<std::int64_t>(kMostPictures)), formatCount(left)));
    if (left < wanted) {
        if (m_filter.cell()) m_filter.setCell({});
        if (m_filter.shown() != AnswerFilter::Show::kAll) m_filter.setShow(AnswerFilter::Show::kAll);
        if (m_view == View::kResults) showView(m_list);
        m_grid->setCurrentIndex(m_filter.mapFromSource(m_model.index(first, 0)));
    }
    ask();
}

void ClassifyPage::choosePictures() {
    m_session.getReady();
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
    std::vector<AnsweredPicture> pictures(1);
    pictures.front().name = tr("pasted picture");
    pictures.front().picture = toPicture(image);
    add(std::move(pictures));
}

void ClassifyPage::showProblem(const QString& problem) {
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
}

// ---- answers --------------------------------------------------------------------------------------------------------

void ClassifyPage::mainAction() {
    // Those that still wait after a cancel come first.
    if (!m_cancelled || m_model.counts().waiting == 0) m_model.askAgain();
    ask();
}

// A new request replaces the old one, so it names all that still wait.
void ClassifyPage::ask() {
    m_cancelled = false;
    if (m_model.counts().waiting > 0) m_session.classify(m_model.waiting());
    m_progress->start();
    refresh();
    showChosen();
}

void ClassifyPage::modelChanged() {
    const CurrentModel& model = m_session.model();
    m_assumed->setText(model.name + QStringLiteral(": ") + model.assumed);
    m_assumed->setVisible(!model.assumed.isEmpty());
    m_sample->setText(sampleWords(model));
    m_sample->setVisible(model.sample);
    // The first model answers what had to wait for it; later ones answer when they are asked.
    if (!m_session.busy() && !m_cancelled && m_model.counts().waiting > 0) return ask();
    refresh();
}

// ---- what is shown --------------------------------------------------------------------------------------------------

void ClassifyPage::showView(View view) {
    m_view = view;
    if (view != View::kResults) {
        m_list = view;
        m_settings.setValue(kViewKey, static_cast<int>(view));
    }
    m_viewButtons->button(static_cast<int>(view))->setChecked(true);
    refresh();
    if (view != View::kResults) {
        QAbstractItemView* shown = view == View::kGrid ? static_cast<QAbstractItemView*>(m_grid) : m_table;
        if (shown->currentIndex().isValid()) shown->scrollTo(shown->currentIndex());
    }
}

void ClassifyPage::refresh() {
    const AnswerModel::Counts& counts = m_model.counts();
    const int count = m_model.rowCount();
    const bool model = m_session.model().file != nullptr;
    if (m_view == View::kResults && counts.judged == 0 && counts.waiting == 0) return showView(m_list);
    const bool results = m_view == View::kResults;
    m_noModel->setVisible(!model);
    m_again->setEnabled(model && count > 0);
    const bool rest = m_cancelled && counts.waiting > 0;
    m_again->setText(rest ? tr("Continue") : tr("Again"));
    m_again->setAccessibleName(rest ? tr("Classify the rest") : tr("Classify again"));
    m_again->setToolTip(rest ? tr("Asks the current model about those that still wait (F5)")
                             : tr("Classify again: asks the current model about all of them (F5)"));
    m_clear->setEnabled(count > 0);
    m_exportButton->setEnabled(count > 0);
    QAbstractButton* byClass = m_viewButtons->button(static_cast<int>(View::kResults));
    byClass->setEnabled(counts.judged > 0 || results);
    byClass->setToolTip(counts.judged > 0
                            ? tr("Confusion matrix, accuracy of each class, reliability")
                            : tr("Where the folders of the pictures are named like the classes: a confusion matrix"));
    m_chips->refresh();
    m_chips->setVisible(count > 0 && !results);
    m_table->refresh(counts.judged > 0);
    m_card->setVisible(!results);
    m_empty->setText(emptyWords());
    if (!results && m_filter.rowCount() == 0) {
        m_views->setCurrentWidget(m_empty);
    } else {
        m_views->setCurrentIndex(static_cast<int>(m_view));
    }
    m_progress->refresh();
}

void ClassifyPage::refreshAll() {
    refresh();
    choose();
    showChosen();
}

QString ClassifyPage::emptyWords() const {
    if (m_model.rowCount() == 0)
        return tr("Drop pictures or a folder of pictures anywhere on the window,\nor open them with the button above.");
    switch (m_filter.shown()) {
        case AnswerFilter::Show::kDisagreements:
            return tr("No disagreement: the dense and the condensed form give the same answer for %1.")
                .arg(formatPlural(m_model.counts().compared, tr("picture"), tr("pictures")));
        case AnswerFilter::Show::kWrong:
            return tr("No wrong answer among %1 whose class is known.")
                .arg(formatPlural(m_model.counts().judged, tr("picture"), tr("pictures")));
        case AnswerFilter::Show::kUnreadable:
            return tr("Every file could be read.");
        default:
            return tr("There is no answer yet.");
    }
}

// The one that was chosen last, if it is shown, else the first.
void ClassifyPage::choose() {
    if (m_grid->currentIndex().isValid() || m_filter.rowCount() == 0) return;
    const QModelIndex last = m_chosen.isValid() ? m_filter.mapFromSource(m_chosen) : QModelIndex();
    m_grid->setCurrentIndex(last.isValid() ? last : m_filter.index(0, 0));
}

void ClassifyPage::showChosen() {
    const QModelIndex chosen = m_grid->currentIndex();
    if (chosen.isValid()) m_chosen = m_filter.mapToSource(chosen.siblingAtColumn(0));
    const AnsweredPicture* picture = chosen.isValid() ? &m_filter.at(chosen) : nullptr;
    m_card->show(picture);
    if (picture != nullptr && picture->answered()) emit pictureChosen(*picture);
}

std::optional<Exhibit> ClassifyPage::exhibit() const {
    return m_view == View::kResults ? m_results->exhibit() : m_card->exhibit();
}

QString ClassifyPage::helpPage() const {
    return QStringLiteral("classify");
}

}  // namespace condenser
