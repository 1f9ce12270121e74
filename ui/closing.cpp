#include "closing.h"

#include <QAbstractButton>
#include <QMainWindow>
#include <QMessageBox>
#include <QPushButton>

#include "look/format.h"
#include "look/look.h"
#include "session/training_session.h"
#include "veil.h"

namespace condenser {
namespace {

const QString kQuestion = QStringLiteral("closeQuestion");

}  // namespace

Closing::Closing(TrainingSession& session, QMainWindow* window)
    : QObject(window),
      m_session(session),
      m_window(window),
      m_veil(new Veil(QStringLiteral("savingVeil"), Veil::Kind::kBlocking, window)) {
    connect(&m_session, &TrainingSession::stateChanged, this, &Closing::stateChanged);
}

bool Closing::mayClose() {
    if (!m_session.active()) return true;
    if (!m_saving) ask();
    return false;
}

void Closing::ask() {
    if (auto* asked = m_window->findChild<QMessageBox*>(kQuestion)) {
        asked->raise();
        asked->activateWindow();
        return;
    }
    auto* box = new QMessageBox(QMessageBox::NoIcon, tr("Condenser"), tr("A run is still training."),
                                QMessageBox::NoButton, m_window);
    box->setObjectName(kQuestion);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    const auto& run = m_session.run();
    box->setInformativeText(
        run ? tr("%1 will be stopped with a checkpoint, and can be continued exactly there the next time.")
                  .arg(toQString(run->folder.filename()))
            : tr("It is still reading its pictures; nothing has been trained yet, so nothing is kept."));
    QPushButton* keep = box->addButton(run ? tr("Keep training data and close") : tr("Close"), QMessageBox::AcceptRole);
    keep->setObjectName(QStringLiteral("closeAndKeep"));
    setLook(keep, "role", "primary");
    QPushButton* cancel = box->addButton(tr("Cancel"), QMessageBox::RejectRole);
    cancel->setObjectName(QStringLiteral("closeCancel"));
    for (QPushButton* button : {keep, cancel}) button->setAccessibleName(button->text());
    box->setDefaultButton(keep);
    box->setEscapeButton(cancel);
    connect(box, &QMessageBox::buttonClicked, this, [this, keep](QAbstractButton* button) {
        if (button == keep) stopAndWait();
    });
    box->open();
}

void Closing::stopAndWait() {
    m_saving = true;
    m_session.stop();
    m_veil->showWords(tr("Saving…\nThe window closes as soon as the checkpoint is on the disk."), true);
    stateChanged();  // it may have ended while the question stood there
}

void Closing::stateChanged() {
    if (m_session.active()) return;
    // A run that ended by itself has answered the question.
    if (auto* box = m_window->findChild<QMessageBox*>(kQuestion); box != nullptr && !m_saving) {
        box->setText(tr("The run has ended."));
        box->setInformativeText(tr("All of it is on the disk."));
    }
    // Queued: whoever else hears of the end first shows and stores it.
    if (m_saving) QMetaObject::invokeMethod(m_window, &QWidget::close, Qt::QueuedConnection);
}

}  // namespace condenser
