#include "look/theme.h"

#include <QList>
#include <algorithm>
#include <cmath>
#include <utility>

#include "look/magnitude.h"

namespace condenser {
namespace {

QColor rgb(unsigned value) {
    return QColor::fromRgb(value);
}

// Properties that widgets carry: `card`, `badge`, `tone` (muted, dense, condensed, test, warning, error), `scale`
// (title, small, display), `role` of a button (primary, nav, link, chip).
constexpr const char* kStyleSheet = R"(
* { font-size: @basept; }
QMainWindow, QDialog, QMessageBox { background: @window; }
QFrame[card="true"] { background: @panel; border: 1px solid @border; border-radius: 8px; }
QFrame[card="true"]:focus { border-color: @accent; }
QFrame[line="true"] { background: @border; border: none; max-height: 1px; min-height: 1px; }
QWidget#sidebar { background: @window; border-right: 1px solid @border; }
QWidget#runStrip { background: @window; border-top: 1px solid @border; }
QFrame[notice="warning"] { background: @panel; border: 1px solid @warning; border-radius: 8px; }
QFrame[notice="error"] { background: @panel; border: 1px solid @error; border-radius: 8px; }
QFrame[notice="info"] { background: @panel; border: 1px solid @dense; border-radius: 8px; }

QLabel { background: transparent; color: @text; }
QLabel[tone="muted"] { color: @muted; }
QLabel[tone="dense"] { color: @dense; }
QLabel[tone="condensed"] { color: @condensed; }
QLabel[tone="test"] { color: @test; }
QLabel[tone="warning"] { color: @warning; }
QLabel[tone="error"] { color: @error; }
QLabel[scale="title"] { font-size: @titlept; font-weight: bold; }
QLabel[scale="display"] { font-size: @displaypt; font-weight: bold; }
QLabel[scale="small"] { font-size: @smallpt; }
QLabel[strong="true"] { font-weight: bold; }
QLabel[badge="true"] { background: @selected; border: 1px solid @border; border-radius: 6px; padding: 0 6px; }
QLabel[over="plot"] { background: @panel; }
QLabel[over="curves"] { background: @selected; border: 1px solid @border; }

QScrollArea, QScrollArea > QWidget > QWidget#scrolled { background: transparent; border: none; }

QPushButton { background: @field; color: @text; border: 1px solid @border; border-radius: 6px; padding: 5px 12px; }
QPushButton:hover { background: @hover; }
QPushButton:pressed { background: @selected; }
QPushButton:focus { border-color: @accent; }
QPushButton:disabled { color: @muted; background: @panel; }
QPushButton[role="primary"] { background: @accent; color: @accentText; border-color: @accent; font-weight: bold; }
QPushButton[role="primary"]:hover { background: @accentHover; }
QPushButton[role="primary"]:focus { border: 2px solid @text; padding: 4px 11px; }
QPushButton[role="primary"]:disabled { background: @field; color: @muted; border-color: @border; }
QPushButton[role="link"] { background: transparent; border: 1px solid transparent; color: @dense; padding: 2px 4px;
  text-align: left; text-decoration: underline; }
QPushButton[role="link"]:focus { border-color: @accent; }
QPushButton[role="link"]::menu-indicator { image: none; width: 0; }
QPushButton[role="link"]:disabled { color: @muted; text-decoration: none; }
QPushButton[role="quiet"] { background: transparent; border: 1px solid transparent; color: @muted; padding: 5px 8px; text-align: left; }
QPushButton[role="quiet"]:hover { background: @hover; color: @text; }
QPushButton[role="quiet"]:focus { border-color: @accent; }
QPushButton[role="quiet"]::menu-indicator { image: none; }
QPushButton[role="nav"] { background: transparent; border: 1px solid transparent; color: @muted; text-align: left; padding: 7px 9px; }
QPushButton[role="nav"]:hover { background: @hover; }
QPushButton[role="nav"]:checked { background: @selected; color: @text; font-weight: bold; }
QPushButton[role="nav"]:focus { border-color: @accent; }
QPushButton[role="segment"] { background: transparent; color: @muted; }
QPushButton[role="segment"]:hover { background: @hover; }
QPushButton[role="segment"]:checked { background: @selected; color: @text; }
QPushButton[role="segment"]:focus { border-color: @accent; }
QPushButton[role="chip"] { background: @field; border-radius: 8px; padding: 1px 9px; min-height: 16px; font-size: @smallpt; color: @muted; }
QPushButton[role="chip"]:hover { color: @text; }
QPushButton[role="chip"]:checked { background: @selected; color: @text; border-color: @muted; }
QPushButton[role="chip"]::menu-indicator { image: none; width: 0; }

QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox { background: @field; color: @text; border: 1px solid @border; border-radius: 6px;
  padding: 4px 8px; selection-background-color: @accent; selection-color: @accentText; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus { border-color: @accent; }
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled { color: @muted; background: @panel; }
QLineEdit[wrong="true"], QSpinBox[wrong="true"], QDoubleSpinBox[wrong="true"] { border-color: @error; }
QSpinBox::up-button, QDoubleSpinBox::up-button { subcontrol-origin: border; subcontrol-position: top right; width: 20px;
  border: none; background: transparent; }
QSpinBox::down-button, QDoubleSpinBox::down-button { subcontrol-origin: border; subcontrol-position: bottom right; width: 20px;
  border: none; background: transparent; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url(:/icons/up.svg); width: 10px; height: 10px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url(:/icons/down.svg); width: 10px; height: 10px; }
QComboBox::drop-down { subcontrol-origin: border; subcontrol-position: center right; width: 22px; border: none; }
QComboBox::down-arrow { image: url(:/icons/down.svg); width: 10px; height: 10px; }
QComboBox QAbstractItemView { background: @panel; color: @text; border: 1px solid @border; padding: 4px; outline: 0;
  selection-background-color: @selected; selection-color: @text; }

QProgressBar { background: @field; border: none; border-radius: 3px; min-height: 6px; max-height: 6px; }
QProgressBar::chunk { background: @test; border-radius: 3px; }
QListView { background: transparent; border: none; outline: 0; color: @text; }
QTextBrowser { background: transparent; color: @text; border: none; }
QTextBrowser:focus { border: none; }
QTableView { background: transparent; border: none; outline: 0; color: @text; selection-background-color: @selected;
  selection-color: @text; }
QTableView QLineEdit { padding: 0 6px; border-radius: 0; }
QHeaderView { background: transparent; border: none; }
QHeaderView::section { background: @panel; color: @muted; font-size: @smallpt; border: none;
  border-bottom: 1px solid @border; padding: 4px 8px; }
QTableView QTableCornerButton::section { background: transparent; border: none; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QTableView#runSettings QHeaderView::section, QTableView[narrow="true"] QHeaderView::section { padding: 4px 3px; }
QHeaderView::section:hover { color: @text; }
QHeaderView::up-arrow { image: url(:/icons/up.svg); width: 9px; height: 9px; subcontrol-position: center right; }
QHeaderView::down-arrow { image: url(:/icons/down.svg); width: 9px; height: 9px; subcontrol-position: center right; }
QPlainTextEdit { background: @field; color: @text; border: 1px solid @border; border-radius: 6px; }
QMenu { background: @panel; color: @text; border: 1px solid @border; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 12px; border-radius: 4px; }
QMenu::item:selected { background: @selected; }
QMenu::item:checked { font-weight: bold; }
QMenu::indicator { width: 0; }
QToolTip { background: @panel; color: @text; border: 1px solid @border; padding: 4px; }

QScrollBar:vertical { background: transparent; width: 10px; margin: 2px; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 2px; }
QScrollBar::handle { background: @border; border-radius: 3px; min-height: 24px; min-width: 24px; }
QScrollBar::handle:hover { background: @muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: transparent; }
)";

double luminance(const QColor& color) {
    const auto linear = [](double v) { return v <= 0.03928 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

}  // namespace

QColor Theme::ink(Ink ink) const {
    switch (ink) {
        case Ink::kText:
            return text;
        case Ink::kMuted:
            return muted;
        case Ink::kDense:
            return dense;
        case Ink::kCondensed:
            return condensed;
        case Ink::kTest:
            return test;
        case Ink::kTraining:
            return training;
        case Ink::kTrainingSteps:
            return trainingSteps;
        case Ink::kSpeed:
            return speed;
    }
    return text;
}

const Theme& darkTheme() {
    static const Theme theme{
        .dark = true,
        .window = rgb(0x15191e),
        .panel = rgb(0x1c2127),
        .field = rgb(0x242b33),
        .border = rgb(0x323a44),
        .hover = rgb(0x28303a),
        .selected = rgb(0x2c3642),
        .text = rgb(0xe8ecf0),
        .muted = rgb(0x9aa5b1),
        .accent = rgb(0x5fb3f0),
        .accentHover = rgb(0x7fc4f6),
        .accentText = rgb(0x0d1a26),
        .dense = rgb(0x5fb3f0),
        .condensed = rgb(0xf0a33a),
        .test = rgb(0x3fc08f),
        .training = rgb(0xb4bdc8),
        .trainingSteps = rgb(0x47515c),
        .speed = rgb(0xc9a6e4),
        .warning = rgb(0xf2c55c),
        .error = rgb(0xf08080),
        .grid = rgb(0x2a3139),
        .marker = rgb(0x8a96a3),
        .series = {rgb(0x56b4e9), rgb(0xe69f00), rgb(0x2fbf9b), rgb(0xd98cb8), rgb(0xf0e442), rgb(0xff8552),
                   rgb(0x9aa8ff), rgb(0xc0c7cf)},
    };
    return theme;
}

const Theme& lightTheme() {
    static const Theme theme{
        .dark = false,
        .window = rgb(0xf3f5f8),
        .panel = rgb(0xffffff),
        .field = rgb(0xf6f8fa),
        .border = rgb(0xd3d9e0),
        .hover = rgb(0xe9edf2),
        .selected = rgb(0xdfe6ef),
        .text = rgb(0x1b2128),
        .muted = rgb(0x586471),
        .accent = rgb(0x1b6fb5),
        .accentHover = rgb(0x165d99),
        .accentText = rgb(0xffffff),
        .dense = rgb(0x1b6fb5),
        .condensed = rgb(0xb86a00),
        .test = rgb(0x1a8058),
        .training = rgb(0x5a6673),
        .trainingSteps = rgb(0xc6ced7),
        .speed = rgb(0x7d4fa8),
        .warning = rgb(0x8a6100),
        .error = rgb(0xb93434),
        .grid = rgb(0xe6eaef),
        .marker = rgb(0x7a8694),
        .series = {rgb(0x0072b2), rgb(0xb86a00), rgb(0x007a59), rgb(0xa8508a), rgb(0x7d6f00), rgb(0xbf4400),
                   rgb(0x4a55c4), rgb(0x505860)},
    };
    return theme;
}

MagnitudeEnds magnitudeEnds(const Theme& theme) {
    if (theme.dark) return {rgb(0x2b4a80), rgb(0xffe75c)};
    return {rgb(0xe9d27a), rgb(0x0a2a5c)};
}

QPalette paletteOf(const Theme& theme) {
    QPalette palette;
    palette.setColor(QPalette::Window, theme.window);
    palette.setColor(QPalette::WindowText, theme.text);
    palette.setColor(QPalette::Base, theme.field);
    palette.setColor(QPalette::AlternateBase, theme.panel);
    palette.setColor(QPalette::Text, theme.text);
    palette.setColor(QPalette::PlaceholderText, theme.muted);
    palette.setColor(QPalette::Button, theme.field);
    palette.setColor(QPalette::ButtonText, theme.text);
    palette.setColor(QPalette::BrightText, theme.error);
    palette.setColor(QPalette::Highlight, theme.accent);
    palette.setColor(QPalette::HighlightedText, theme.accentText);
    palette.setColor(QPalette::Link, theme.dense);
    palette.setColor(QPalette::ToolTipBase, theme.panel);
    palette.setColor(QPalette::ToolTipText, theme.text);
    palette.setColor(QPalette::Light, theme.hover);
    palette.setColor(QPalette::Midlight, theme.hover);
    palette.setColor(QPalette::Mid, theme.border);
    palette.setColor(QPalette::Dark, theme.border);
    palette.setColor(QPalette::Shadow, theme.window.darker(150));
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
        palette.setColor(QPalette::Disabled, role, theme.muted);
    }
    return palette;
}

QString styleSheetOf(const Theme& theme, double pointSize) {
    const auto points = [](double size) { return QString::number(size, 'f', 1); };
    QList<std::pair<QString, QString>> words{
        {QStringLiteral("@base"), points(pointSize)},
        {QStringLiteral("@small"), points(pointSize * 0.9)},
        {QStringLiteral("@title"), points(pointSize * 1.15)},
        {QStringLiteral("@display"), points(pointSize * 1.8)},
        {QStringLiteral("@window"), theme.window.name()},
        {QStringLiteral("@panel"), theme.panel.name()},
        {QStringLiteral("@field"), theme.field.name()},
        {QStringLiteral("@border"), theme.border.name()},
        {QStringLiteral("@hover"), theme.hover.name()},
        {QStringLiteral("@selected"), theme.selected.name()},
        {QStringLiteral("@text"), theme.text.name()},
        {QStringLiteral("@muted"), theme.muted.name()},
        {QStringLiteral("@accentHover"), theme.accentHover.name()},
        {QStringLiteral("@accentText"), theme.accentText.name()},
        {QStringLiteral("@accent"), theme.accent.name()},
        {QStringLiteral("@dense"), theme.dense.name()},
        {QStringLiteral("@condensed"), theme.condensed.name()},
        {QStringLiteral("@test"), theme.test.name()},
        {QStringLiteral("@warning"), theme.warning.name()},
        {QStringLiteral("@error"), theme.error.name()},
    };
    // Longer names first: "@accentText" begins with "@accent".
    std::stable_sort(words.begin(), words.end(),
                     [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
    QString sheet = QString::fromLatin1(kStyleSheet);
    for (const auto& [word, value] : words) sheet.replace(word, value);
    return sheet;
}

double contrastRatio(const QColor& a, const QColor& b) {
    const double high = std::max(luminance(a), luminance(b)), low = std::min(luminance(a), luminance(b));
    return (high + 0.05) / (low + 0.05);
}

}  // namespace condenser
