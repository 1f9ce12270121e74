#include "help_panel.h"

#include <QApplication>
#include <QDesktopServices>
#include <QEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QScrollBar>
#include <QTextBlock>
#include <QTextBrowser>
#include <QTextCursor>
#include <QVBoxLayout>
#include <algorithm>

#include "look/look.h"
#include "look/markdown.h"

namespace condenser {
namespace {

constexpr int kWidth = 440, kMargin = 16;                                 // pixels
constexpr double kHeadingScale = 1.15;                                    // as titles have it, theme.cpp
constexpr double kLineHeight = 120, kParagraphGap = 6, kHeadingGap = 16;  // percent; pixels

// Qt gives a heading of Markdown a size of its own; the window has three.
void dress(QTextDocument& document, double pointSize) {
    for (QTextBlock block = document.begin(); block.isValid(); block = block.next()) {
        QTextCursor cursor(block);
        QTextBlockFormat blockFormat = block.blockFormat();
        const bool heading = blockFormat.headingLevel() > 0;
        blockFormat.setLineHeight(kLineHeight, QTextBlockFormat::ProportionalHeight);
        blockFormat.setTopMargin(heading && block.position() > 0 ? kHeadingGap : 0);
        blockFormat.setBottomMargin(kParagraphGap);
        cursor.setBlockFormat(blockFormat);
        if (!heading) continue;
        cursor.select(QTextCursor::BlockUnderCursor);
        QTextCharFormat format;
        format.setProperty(QTextFormat::FontSizeAdjustment, 0);
        format.setFontPointSize(pointSize * kHeadingScale);
        format.setFontWeight(QFont::Bold);
        cursor.mergeCharFormat(format);
    }
}

}  // namespace

HelpPanel::HelpPanel(QWidget* parent)
    : QFrame(parent),
      m_title(new QLabel),
      m_text(new QTextBrowser),
      m_outside(new QWidget),
      m_outsideWords(new QLabel) {
    setObjectName(QStringLiteral("helpPanel"));
    setLook(this, "card");
    setAccessibleName(tr("Help"));
    setLook(m_title, "scale", "title");
    m_title->setObjectName(QStringLiteral("helpTitle"));
    m_title->setTextFormat(Qt::PlainText);
    m_text->setObjectName(QStringLiteral("helpText"));
    m_text->setAccessibleName(tr("Help text"));
    m_text->setFrameShape(QFrame::NoFrame);
    m_text->setOpenLinks(false);
    m_text->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_text->document()->setDocumentMargin(0);
    auto* close = new QPushButton(QStringLiteral("×"));
    close->setObjectName(QStringLiteral("helpClose"));
    setLook(close, "role", "quiet");
    close->setAccessibleName(tr("Close the help"));
    close->setToolTip(tr("Close the help (Esc)"));
    auto* top = new QHBoxLayout;
    top->addWidget(m_title, 1);
    top->addWidget(close);

    m_outside->setObjectName(QStringLiteral("helpOutside"));
    m_outsideWords->setObjectName(QStringLiteral("helpAddress"));
    m_outsideWords->setTextFormat(Qt::PlainText);
    m_outsideWords->setWordWrap(true);
    auto* open = new QPushButton(tr("Open in the browser"));
    open->setObjectName(QStringLiteral("helpOpenAddress"));
    open->setAccessibleName(open->text());
    auto* outside = new QVBoxLayout(m_outside);
    outside->setContentsMargins(0, 8, 8, 0);
    outside->addWidget(m_outsideWords);
    outside->addWidget(open, 0, Qt::AlignLeft);
    m_outside->hide();

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(20, 12, 12, 16);
    layout->addLayout(top);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_outside);
    connect(close, &QPushButton::clicked, this, &HelpPanel::close);
    connect(m_text, &QTextBrowser::anchorClicked, this, &HelpPanel::follow);
    connect(open, &QPushButton::clicked, this, [this] {
        QDesktopServices::openUrl(m_address);
        m_outside->hide();
    });
    parent->installEventFilter(this);
    hide();
}

void HelpPanel::addText(const QString& name, const HelpText& text) {
    m_made.insert(name, text);
}

void HelpPanel::setContents(const QStringList& names) {
    m_contents = names;
}

std::optional<HelpText> HelpPanel::textOf(const QString& name) const {
    if (const auto made = m_made.constFind(name); made != m_made.constEnd()) return *made;
    return helpText(name);
}

void HelpPanel::toggle(const QString& name) {
    if (isVisible() && m_name == name) return close();
    if (!isVisible()) m_focusBefore = QApplication::focusWidget();
    showPage(name);
    place();
    raise();
    show();
    m_text->setFocus();
}

void HelpPanel::close() {
    if (!isVisible()) return;
    hide();
    if (m_focusBefore && m_focusBefore->isVisible()) m_focusBefore->setFocus();
}

void HelpPanel::showPage(const QString& name) {
    const auto text = textOf(name);
    if (!text) return;
    m_name = name;
    m_title->setText(text->title);
    m_text->setMarkdown(text->markdown + contents(name));
    dress(*m_text->document(), m_text->font().pointSizeF());
    m_text->moveCursor(QTextCursor::Start);
    m_text->verticalScrollBar()->setValue(0);
    m_outside->hide();
    setAccessibleName(text->title);
}

QString HelpPanel::contents(const QString& shown) const {
    QStringList links;
    for (const QString& name : m_contents) {
        const auto text = textOf(name);
        if (text && name != shown) links << QStringLiteral("[%1](%2)").arg(markdownEscaped(text->title), name);
    }
    return links.isEmpty() ? QString()
                           : QStringLiteral("\n\n## %1\n\n%2\n").arg(tr("More"), links.join(QStringLiteral(" · ")));
}

void HelpPanel::follow(const QUrl& link) {
    if (link.scheme().isEmpty()) return showPage(link.path());
    if (link.scheme() != QStringLiteral("https")) return;
    m_address = link;
    m_outsideWords->setText(tr("This page is on the internet: %1").arg(link.toDisplayString()));
    m_outside->show();
}

void HelpPanel::refresh() {
    if (isVisible()) showPage(QString(m_name));
}

void HelpPanel::place() {
    const QRect whole = parentWidget()->rect();
    const int width = std::min(kWidth, whole.width() - 2 * kMargin);
    setGeometry(whole.right() - width - kMargin, whole.top() + kMargin, width, whole.height() - 2 * kMargin);
}

bool HelpPanel::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Resize && isVisible()) place();
    return QFrame::eventFilter(watched, event);
}

void HelpPanel::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {
        close();
    } else {
        QFrame::keyPressEvent(event);
    }
}

}  // namespace condenser
