#include "window_state.h"

#include <QEvent>
#include <QMainWindow>
#include <QScreen>
#include <QSettings>
#include <QSplitter>

namespace condenser {
namespace {

constexpr int kSaveAfterMs = 1000;
constexpr qsizetype kLargestState = 4096;  // bytes
const QString kGeometryKey = QStringLiteral("window/geometry");

QString keyOf(const QSplitter& splitter) {
    return QStringLiteral("window/splitter/") + splitter.objectName();
}

QByteArray stored(const QSettings& settings, const QString& key) {
    const QByteArray state = settings.value(key).toByteArray();
    return state.size() <= kLargestState ? state : QByteArray();
}

}  // namespace

WindowState::WindowState(QSettings& settings, QMainWindow* window)
    : QObject(window), m_settings(settings), m_window(window) {
    m_later.setSingleShot(true);
    m_later.setInterval(kSaveAfterMs);
    connect(&m_later, &QTimer::timeout, this, &WindowState::save);
}

void WindowState::restore(const QSize& firstSize) {
    m_window->resize(firstSize.boundedTo(m_window->screen()->availableSize()));
    m_window->restoreGeometry(stored(m_settings, kGeometryKey));
    for (QSplitter* splitter : m_window->findChildren<QSplitter*>()) {
        if (splitter->objectName().isEmpty()) continue;
        const QByteArray before = splitter->saveState();
        if (!splitter->restoreState(stored(m_settings, keyOf(*splitter)))) splitter->restoreState(before);
        connect(splitter, &QSplitter::splitterMoved, this, [this] { m_later.start(); });
    }
    m_window->installEventFilter(this);
}

void WindowState::save() {
    m_later.stop();
    m_settings.setValue(kGeometryKey, m_window->saveGeometry());
    for (const QSplitter* splitter : m_window->findChildren<QSplitter*>()) {
        if (!splitter->objectName().isEmpty()) m_settings.setValue(keyOf(*splitter), splitter->saveState());
    }
    m_settings.sync();
}

bool WindowState::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Resize || event->type() == QEvent::Move) m_later.start();
    return QObject::eventFilter(watched, event);
}

}  // namespace condenser
