// Asks where a file is to be written, without holding the window up.
#pragma once

#include <QString>
#include <QStringList>
#include <functional>

class QWidget;

namespace condenser {

struct SaveQuestion {
    QString title;
    QString folder;       // where it opens
    QString name;         // of the file, without a suffix
    QStringList filters;  // "PNG picture (*.png)", one suffix each; the first is chosen
};

// Stands over `owner`, which owns it. The name's suffix follows the filter; `chosen` is called once, or never.
void askWhereToSave(QWidget* owner, const SaveQuestion& question, std::function<void(const QString& file)> chosen);

}  // namespace condenser
