#include "look/save_dialog.h"

#include <QFileDialog>
#include <QFileInfo>
#include <utility>

namespace condenser {
namespace {

// "PNG picture (*.png)" -> "png"
QString suffixOf(const QString& filter) {
    return filter.mid(filter.lastIndexOf(u'.') + 1).chopped(1);
}

}  // namespace

void askWhereToSave(QWidget* owner, const SaveQuestion& question, std::function<void(const QString& file)> chosen) {
    auto* dialog = new QFileDialog(owner, question.title, question.folder);
    dialog->setObjectName(QStringLiteral("exportDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setFileMode(QFileDialog::AnyFile);
    dialog->setNameFilters(question.filters);
    const QString first = suffixOf(question.filters.first());
    dialog->setDefaultSuffix(first);
    dialog->selectFile(question.name + u'.' + first);
    QObject::connect(dialog, &QFileDialog::filterSelected, dialog,
                     [dialog, name = question.name](const QString& filter) {
                         dialog->setDefaultSuffix(suffixOf(filter));
                         const QStringList files = dialog->selectedFiles();
                         const QString base = files.isEmpty() ? name : QFileInfo(files.first()).completeBaseName();
                         dialog->selectFile(base + u'.' + suffixOf(filter));
                     });
    QObject::connect(dialog, &QFileDialog::fileSelected, owner,
                     [chosen = std::move(chosen)](const QString& file) { chosen(file); });
    dialog->open();
}

}  // namespace condenser
