// One line of a form: a label, and a field that the label names for the keyboard and for screen readers.
#pragma once

#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QString>
#include <QWidget>

namespace condenser {

// Keeps the wheel from fields that do not have the focus: who scrolls the form must not change what is under the
// pointer.
class WheelGuard : public QObject {
  public:
    explicit WheelGuard(QWidget* field) : QObject(field), m_field(field) {
        if (m_field->focusPolicy() == Qt::WheelFocus) m_field->setFocusPolicy(Qt::StrongFocus);
        m_field->installEventFilter(this);
    }
    bool eventFilter(QObject* watched, QEvent* event) override {
        if (event->type() != QEvent::Wheel || m_field->hasFocus()) return QObject::eventFilter(watched, event);
        event->ignore();  // so that it goes on to what scrolls
        return true;
    }

  private:
    QWidget* m_field;
};

inline void addFormRow(QGridLayout* grid, const QString& name, QWidget* field, const QString& objectName,
                       const QString& explanation) {
    auto* label = new QLabel(name);
    label->setBuddy(field);
    label->setToolTip(explanation);
    field->setObjectName(objectName);
    field->setAccessibleName(name);
    field->setAccessibleDescription(explanation);
    field->setToolTip(explanation);
    new WheelGuard(field);
    field->setAcceptDrops(false);  // what is dropped belongs to the window
    const int row = grid->rowCount();
    grid->addWidget(label, row, 0);
    grid->addWidget(field, row, 1);
    grid->setColumnStretch(1, 1);
}

// A grid with the spacing that all forms share.
inline QGridLayout* makeFormGrid(QWidget* parent = nullptr) {
    auto* grid = new QGridLayout(parent);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(6);
    grid->setColumnMinimumWidth(0, 104);
    return grid;
}

}  // namespace condenser
