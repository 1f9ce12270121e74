#include "session/current_model.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStringList>

#include "look/format.h"

namespace condenser {

QString trainingOf(const ModelFile& model) {
    const QJsonObject trained = QJsonDocument::fromJson(QByteArray::fromStdString(model.trained)).object();
    const QJsonValue epoch = trained.value(u"epoch"), top1 = trained.value(u"test_top1");
    QStringList parts;
    if (epoch.isDouble()) parts << QCoreApplication::translate("model", "epoch %1").arg(epoch.toInt());
    if (top1.isDouble() && top1.toDouble() >= 0 && top1.toDouble() <= 1) {
        parts << QCoreApplication::translate("model", "%1 right").arg(formatShare(top1.toDouble()));
    }
    return parts.join(QStringLiteral(" · "));
}

}  // namespace condenser
