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
#include <QTimer>
#include <QVBoxLayout>
#include <algorithm>
#include <numeric>

#include "classify/answer_card.h"
#include "classify/answer_chips.h"
#include "classify/answer_grid.h"
#include "classify/answer_progress.h"
#include "classify/answer_table.h"
#include "classify/answer_words.h"
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
constexpr int kQuick = 300;  // ms: what takes no longer needs no bar

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
      m_progress(new AnswerProgress),
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
    connect(m_clear, &QPushButton::clicked, this, [this] {
        std::vector<int> all(static_cast<std::size_t>(m_model.rowCount()));
        std::iota(all.begin(), all.end(), 0);
        removeRows(all);
    });
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
    const auto connectView = [this](auto* view) {
        using Class = std::remove_pointer_t<decltype(view)>;
        connect(view, &Class::removalWanted, this, &ClassifyPage::removeSelected);
        connect(view, &Class::copyWanted, this, &ClassifyPage::copySelected);
        connect(view, &Class::answerWanted, m_card, &AnswerCard::focusBars);
        connect(view, &Class::menuWanted, this, &ClassifyPage::showMenu);
        connect(view, &Class::doubleClicked, m_card, &AnswerCard::focusBars);
    };
    connectView(m_grid);
    connectView(m_table);
    connect(m_results, &ResultsView::picturesWanted, this, [this] { showView(m_list); });
    connect(m_card, &AnswerCard::compareWanted, this, &ClassifyPage::compareWanted);
    connect(m_grid->selectionModel(), &QItemSelectionModel::currentChanged, this, &ClassifyPage::showChosen);
    // Which resets the views: what was chosen stays chosen, where it is still shown.
    connect(&m_filter, &AnswerFilter::filterChanged, this, [this] {
        m_table->showOrder();
        refresh();
        choose();
        showChosen();
    });

    connect(&m_session, &InferenceSession::modelChanged, this, &ClassifyPage::modelChanged);
    connect(&m_session, &InferenceSession::answered, this, [this](const std::vector<Answer>& answers) {
        m_model.take(answers);
        refresh();
        choose();
        showChosen();
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

    connect(&m_export, &AnswerExport::progress, this, [this](qint64 done, qint64 total) {
        m_copied = done;
        m_toCopy = total;
        refresh();
    });
    connect(&m_export, &AnswerExport::busyChanged, this, &ClassifyPage::refresh);
    connect(&m_export, &AnswerExport::exported, this, [this](const QString& words) {
        Notice notice;
        notice.detail = words;
        m_notices->show(kExportNotice, notice);
    });
    const auto failed = [this](const Error& error) {
        m_notices->show(kExportNotice, {Notice::Kind::kError, errorTitle(error), errorDetail(error), {}, {}});
    };
    connect(&m_export, &AnswerExport::exportFailed, this, failed);
    connect(m_seen, &ExhibitMenu::exportFailed, this, failed);
}

void ClassifyPage::setTheme(const Theme& theme) {
    m_grid->setTheme(theme);
    m_table->setTheme(theme);
    m_results->setTheme(theme);
    m_card->setTheme(theme);
}

// ---- pictures in and out --------------------------------------------------------------------------------------------

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

std::vector<int> ClassifyPage::selectedRows() const {
    std::vector<int> rows;
    for (const QModelIndex& index : m_grid->selectionModel()->selectedRows()) rows.push_back(index.row());
    std::sort(rows.begin(), rows.end());
    for (int& row : rows) row = m_filter.mapToSource(m_filter.index(row, 0)).row();
    return rows;
}

void ClassifyPage::removeSelected() {
    removeRows(selectedRows());
}

void ClassifyPage::removeRows(const std::vector<int>& rows) {
    if (rows.empty()) return;
    const bool waiting = m_session.busy();
    const auto kept = std::make_shared<std::vector<AnswerModel::Row>>(m_model.remove(rows));
    if (m_model.counts().waiting == 0) m_session.cancel();
    showProblem({});
    refresh();
    choose();
    showChosen();
    const auto count = static_cast<std::int64_t>(kept->size());
    emit removed(count == 1 ? tr("“%1” was taken out of the list.").arg(kept->front().picture.name)
                            : tr("%1 were taken out of the list.").arg(formatPlural(count, {}, tr("pictures"))),
                 [this, kept, waiting] {
                     m_model.putBack(std::move(*kept));
                     choose();
                     // What was on its way when it was taken out has been cancelled, or its answer was lost.
                     if (waiting) m_cancelled = false;
                     if (m_model.counts().waiting > 0 && !m_cancelled) return ask();
                     refresh();
                     showChosen();
                 });
}

void ClassifyPage::copySelected() {
    QStringList lines;
    for (const int row : selectedRows()) {
        const AnsweredPicture& picture = m_model.at(row);
        QStringList cells{picture.name};
        if (picture.answered()) {
            cells << QString::fromStdString(picture.best().name) << formatShare(picture.best().probability);
            if (!picture.agree()) cells << tr("dense: %1").arg(QString::fromStdString(picture.dense.front().name));
            if (picture.truth >= 0) cells << tr("true: %1").arg(trueClassOf(picture));
        } else {
            cells << picture.problem;
        }
        lines << cells.join(u'\t');
    }
    if (!lines.isEmpty()) QGuiApplication::clipboard()->setText(lines.join(u'\n'));
}

void ClassifyPage::showMenu(const QPoint& at) {
    if (selectedRows().empty()) return;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Copy answers as text"), this, &ClassifyPage::copySelected)->setShortcut(QKeySequence::Copy);
    menu->addAction(tr("Take out of the list"), this, &ClassifyPage::removeSelected)->setShortcut(QKeySequence::Delete);
    menu->popup(at);
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
    m_asked = m_model.counts().waiting;
    m_sinceAsked.start();
    if (m_asked > 0) m_session.classify(m_model.waiting());
    QTimer::singleShot(kQuick, this, &ClassifyPage::showProgress);
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
    m_table->showTrueClasses(counts.judged > 0);
    m_card->setVisible(!results);
    m_empty->setText(emptyWords());
    if (!results && m_filter.rowCount() == 0) {
        m_views->setCurrentWidget(m_empty);
    } else {
        m_views->setCurrentIndex(static_cast<int>(m_view));
    }
    showProgress();
}

QString ClassifyPage::emptyWords() const {
    if (m_model.rowCount() == 0)
        return tr("Drop pictures or a folder of pictures anywhere on the window,\nor open them with the button above.");
    switch (m_filter.shown()) {
        case AnswerFilter::Show::kDisagreements:
            return tr("No disagreement: the dense and the condensed form give the same answer for %1.")
                .arg(formatPlural(m_model.counts().answered, tr("picture"), tr("pictures")));
        case AnswerFilter::Show::kWrong:
            return tr("No wrong answer among %1 whose class is known.")
                .arg(formatPlural(m_model.counts().judged, tr("picture"), tr("pictures")));
        case AnswerFilter::Show::kUnreadable:
            return tr("Every file could be read.");
        default:
            return tr("There is no answer yet.");
    }
}

void ClassifyPage::showProgress() {
    if (m_export.busy()) return m_progress->showProgress(tr("Copied"), m_copied, m_toCopy, 0);
    const int waiting = m_model.counts().waiting, done = m_asked - waiting;
    if (m_session.busy() && waiting > 0 && done >= 0 && m_sinceAsked.isValid() && m_sinceAsked.elapsed() >= kQuick) {
        const double seconds = static_cast<double>(m_sinceAsked.elapsed()) / 1000;
        return m_progress->showProgress({}, done, m_asked, done / seconds);
    }
    showHeadline();
}

void ClassifyPage::showHeadline() {
    const AnswerModel::Counts& counts = m_model.counts();
    QStringList parts;
    if (m_model.rowCount() > 0) parts << formatPlural(m_model.rowCount(), tr("picture"), tr("pictures"));
    if (counts.answered > 0)
        parts << tr("both forms agree on %1").arg(formatCount(counts.answered - counts.disagreeing));
    if (counts.judged > 0)
        parts << tr("%1 right").arg(formatShare(1 - static_cast<double>(counts.wrong) / counts.judged));
    if (counts.waiting > 0) parts << tr("%1 waiting").arg(formatCount(counts.waiting));
    if (counts.failed > 0) parts << tr("%1 not readable").arg(formatCount(counts.failed));
    m_progress->showWords(parts.join(QStringLiteral(" · ")));
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
    if (picture != nullptr && picture->state == AnsweredPicture::State::kAnswered) emit pictureChosen(*picture);
}

std::optional<Exhibit> ClassifyPage::exhibit() const {
    return m_view == View::kResults ? m_results->exhibit() : m_card->exhibit();
}

QString ClassifyPage::helpPage() const {
    return QStringLiteral("classify");
}

}  // namespace condenser
