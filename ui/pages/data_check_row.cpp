#include "pages/data_check_row.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "data/data_name.h"
#include "look/format.h"
#include "look/look.h"

namespace condenser {
namespace {

constexpr int kListHeight = 140;      // pixels
constexpr std::size_t kMostOf = 200;  // lines of each kind

// Below the data's own folder where it is there: the beginning is the same for all.
QString shortPath(const std::filesystem::path& path, const std::filesystem::path& root) {
    const std::filesystem::path below = path.lexically_relative(root);
    const bool inside = !below.empty() && *below.begin() != ".." && path.is_absolute() == root.is_absolute();
    return toQString(inside ? below : path);
}

template <class Item, class Line>
void addLines(QStringList& lines, const QString& title, const std::vector<Item>& items, const Line& line) {
    if (items.empty()) return;
    if (!lines.isEmpty()) lines << QString();
    lines << title;
    for (std::size_t i = 0; i < std::min(items.size(), kMostOf); ++i) lines << QStringLiteral("  ") + line(items[i]);
    if (items.size() > kMostOf) {
        lines << QStringLiteral("  ") + DataCheckRow::tr("and %1 more")
                                            .arg(formatCount(static_cast<std::int64_t>(items.size() - kMostOf)));
    }
}

QString listOf(const DatasetReport& report, const std::filesystem::path& root) {
    const auto name = [&](const std::filesystem::path& path) { return shortPath(path, root); };
    const auto pair = [&](const auto& a, const auto& b) { return name(a) + QStringLiteral("  =  ") + name(b); };
    const auto named = [&](const std::filesystem::path& path, std::int32_t label) {
        return DataCheckRow::tr("%1 as “%2”")
            .arg(name(path), QString::fromStdString(report.info.classes[static_cast<std::size_t>(label)]));
    };
    QStringList lines;
    addLines(lines, DataCheckRow::tr("Cannot be read:"), report.unreadable, [&](const UnreadableFile& file) {
        return name(file.path) + QStringLiteral(": ") + QString::fromStdString(file.why);
    });
    addLines(lines, DataCheckRow::tr("In both parts:"), report.leaked,
             [&](const LeakedPicture& picture) { return pair(picture.train, picture.test); });
    addLines(lines, DataCheckRow::tr("Under two classes:"), report.disputed, [&](const DisputedPicture& picture) {
        return named(picture.first, picture.firstClass) + QStringLiteral("  =  ") +
               named(picture.again, picture.againClass);
    });
    std::vector<RepeatedPicture> repeats = report.trainRepeats;
    repeats.insert(repeats.end(), report.testRepeats.begin(), report.testRepeats.end());
    addLines(lines, DataCheckRow::tr("More than once in a part:"), repeats,
             [&](const RepeatedPicture& picture) { return pair(picture.first, picture.again); });
    return lines.join(u'\n');
}

// One or two sentences; empty if nothing is wrong.
QString sentencesOf(const DatasetReport& report) {
    const auto count = [](std::size_t n) { return formatCount(static_cast<std::int64_t>(n)); };
    QStringList sentences, same;
    if (!report.unreadable.empty()) {
        sentences << DataCheckRow::tr("%1 of %2 pictures cannot be read.")
                         .arg(count(report.unreadable.size()),
                              formatCount(report.info.trainImages() + report.info.testImages()));
    }
    const auto add = [&](std::size_t n, const QString& one, const QString& many) {
        if (n > 0) same << (n == 1 ? one : many.arg(count(n)));
    };
    add(report.leaked.size(), DataCheckRow::tr("1 test picture is in the training part too"),
        DataCheckRow::tr("%1 test pictures are in the training part too"));
    add(report.disputed.size(), DataCheckRow::tr("1 picture is given under two classes"),
        DataCheckRow::tr("%1 pictures are given under two classes"));
    add(report.trainRepeats.size() + report.testRepeats.size(), DataCheckRow::tr("1 picture repeats another"),
        DataCheckRow::tr("%1 pictures repeat others"));
    if (!same.isEmpty()) sentences << same.join(QStringLiteral(", ")) + u'.';
    return sentences.join(u' ');
}

}  // namespace

DataCheckRow::DataCheckRow(DataPreview& preview, QWidget* parent)
    : QWidget(parent),
      m_preview(preview),
      m_text(new QLabel),
      m_action(new QPushButton),
      m_show(new QPushButton(tr("Show them"))),
      m_train(new QPushButton(tr("Train without them"))),
      m_list(new QPlainTextEdit) {
    setLook(m_text, "scale", "small");
    m_text->setObjectName(QStringLiteral("dataCheck"));
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    m_action->setObjectName(QStringLiteral("dataCheckButton"));
    m_show->setObjectName(QStringLiteral("dataShowButton"));
    m_show->setCheckable(true);
    m_show->setAccessibleName(tr("Show the pictures that were found"));
    m_train->setObjectName(QStringLiteral("dataTrainButton"));
    m_train->setAccessibleName(tr("Train without the pictures that cannot be read"));
    m_train->setToolTip(tr("Starts the run: pictures that cannot be read are left out"));
    for (QPushButton* button : {m_action, m_show, m_train}) setLook(button, "role", "link");
    m_list->setObjectName(QStringLiteral("dataFindings"));
    m_list->setAccessibleName(tr("What was found in the pictures"));
    m_list->setReadOnly(true);
    m_list->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_list->setFixedHeight(kListHeight);
    m_list->setAcceptDrops(false);

    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_text, 1);
    row->addWidget(m_action, 0, Qt::AlignTop);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(12);
    buttons->addWidget(m_show);
    buttons->addWidget(m_train);
    buttons->addStretch(1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addLayout(row);
    layout->addLayout(buttons);
    layout->addWidget(m_list);

    connect(m_action, &QPushButton::clicked, this, &DataCheckRow::act);
    connect(m_train, &QPushButton::clicked, this, &DataCheckRow::trainingWanted);
    connect(m_show, &QPushButton::toggled, this, &DataCheckRow::showList);
    connect(&preview, &DataPreview::ready, this, &DataCheckRow::offer);
    connect(&preview, &DataPreview::checking, this, &DataCheckRow::showProgress);
    connect(&preview, &DataPreview::checked, this, &DataCheckRow::showReport);
    connect(&preview, &DataPreview::checkFailed, this, &DataCheckRow::showFailure);
    connect(&preview, &DataPreview::checkStopped, this, &DataCheckRow::showUnchecked);
    offerCancel();  // so that it has a name
    clear();
}

void DataCheckRow::setReadOnly(bool on) {
    if (on == m_readOnly) return;
    m_readOnly = on;
    if (on && m_checking) m_preview.cancel();
    m_action->setDisabled(on);
    m_train->setDisabled(on);
}

void DataCheckRow::clear() {
    m_checking = false;
    m_show->setChecked(false);
    m_show->hide();
    m_train->hide();
    m_list->hide();
    m_list->clear();
    hide();
}

void DataCheckRow::offer(const DataSummary& summary) {
    clear();
    m_data = summary.data;
    if (m_data != kShapesName) showUnchecked();
}

void DataCheckRow::say(const QString& text, const char* tone) {
    setLook(m_text, "tone", tone);
    m_text->setText(text);
    show();
}

void DataCheckRow::showUnchecked() {
    clear();
    say(tr("Not checked yet."), "muted");
    m_action->setText(tr("Check pictures"));
    m_action->setAccessibleName(tr("Check pictures"));
    m_action->setToolTip(tr("Looks for pictures that cannot be read or are there twice"));
    m_action->show();
}

void DataCheckRow::showProgress(qint64 done, qint64 total) {
    if (!m_checking) clear();
    m_checking = true;
    say(tr("Checking… %1 of %2 pictures").arg(formatCount(done), formatCount(total)), "muted");
    offerCancel();
}

void DataCheckRow::offerCancel() {
    m_action->setText(tr("Cancel"));
    m_action->setAccessibleName(tr("Cancel the check of the pictures"));
    m_action->setToolTip({});
    m_action->show();
}

void DataCheckRow::showReport(const DatasetReport& report) {
    m_checking = false;
    m_action->hide();
    const QString sentences = sentencesOf(report);
    if (sentences.isEmpty()) {
        const std::int64_t count = report.info.trainImages() + report.info.testImages();
        say(tr("All %1 pictures can be read, none is there twice.").arg(formatCount(count)), "muted");
        return;
    }
    say(sentences, "warning");
    const std::size_t colon = m_data.find(':');
    m_list->setPlainText(listOf(report, m_data.substr(colon == std::string::npos ? 0 : colon + 1)));
    m_show->show();
    m_train->setVisible(!report.unreadable.empty());
}

void DataCheckRow::showFailure(const Error& error) {
    showUnchecked();
    say(errorWords(error), "warning");
}

void DataCheckRow::act() {
    if (m_checking) {
        m_preview.cancel();
    } else {
        m_preview.check();
        m_checking = true;
        say(tr("Checking…"), "muted");
        offerCancel();
    }
}

void DataCheckRow::showList(bool on) {
    m_list->setVisible(on);
    m_show->setText(on ? tr("Hide them") : tr("Show them"));
}

}  // namespace condenser
