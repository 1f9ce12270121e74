#include "plots/exhibit_menu.h"

#include <QClipboard>
#include <QFileInfo>
#include <QGuiApplication>
#include <QMenu>
#include <QStandardPaths>

#include "look/format.h"
#include "look/save_dialog.h"

namespace condenser {
namespace {

constexpr double kCopyScale = 2;

QString& folderOfLast() {
    static QString folder;
    return folder;
}

}  // namespace

ExhibitMenu::ExhibitMenu(QWidget* owner, std::function<Exhibit()> now)
    : QObject(owner), m_owner(owner), m_now(std::move(now)) {}

QString ExhibitMenu::folder() {
    if (!folderOfLast().isEmpty()) return folderOfLast();
    return QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
}

void ExhibitMenu::setFolder(const QString& folder) {
    folderOfLast() = folder;
}

void ExhibitMenu::addTo(QMenu& menu) {
    menu.addAction(tr("Save picture…"), this, &ExhibitMenu::savePicture)->setObjectName(QStringLiteral("savePicture"));
    menu.addAction(tr("Save numbers…"), this, &ExhibitMenu::saveNumbers)->setObjectName(QStringLiteral("saveNumbers"));
    menu.addAction(tr("Copy picture"), this, &ExhibitMenu::copyPicture)->setObjectName(QStringLiteral("copyPicture"));
}

void ExhibitMenu::savePicture() {
    ask(tr("Save picture"), {tr("PNG picture (*.png)"), tr("SVG drawing (*.svg)"), tr("PDF page (*.pdf)")}, m_now());
}

void ExhibitMenu::saveNumbers() {
    ask(tr("Save numbers"), {tr("Table of numbers (*.csv)")}, m_now());
}

void ExhibitMenu::copyPicture() {
    QGuiApplication::clipboard()->setImage(pictureOf(m_now(), kCopyScale));
}

// What was seen when the menu was used is what is written, however long the dialog stays open.
void ExhibitMenu::ask(const QString& title, const QStringList& filters, Exhibit exhibit) {
    askWhereToSave(m_owner, {title, folder(), exhibit.name, filters}, [this, exhibit](const QString& file) {
        setFolder(QFileInfo(file).path());
        if (const auto written = writeExhibit(exhibit, toPath(file)); !written) {
            emit exportFailed(written.error());
        } else {
            emit exported(file);
        }
    });
}

}  // namespace condenser
