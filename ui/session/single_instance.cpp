#include "session/single_instance.h"

#include <unistd.h>
#include <QCryptographicHash>
#include <QDataStream>
#include <QDeadlineTimer>
#include <QDir>
#include <QFileInfo>
#include <QLocalSocket>
#include <QThread>
#include <QTimer>

#include "look/format.h"

namespace condenser {
namespace {

constexpr quint32 kMagic = 0x434e4457, kVersion = 1;
constexpr qint64 kLargest = 4 << 20;  // bytes of a wish: thousands of dropped paths
constexpr quint32 kMostPaths = 20'000;
constexpr int kRetryMs = 50;
const QByteArray kTaken = "taken";

// Short, for a socket's path has room for 107 bytes; the same from every start of this user with this folder.
QString socketOf(const std::filesystem::path& folder) {
    QString place = qEnvironmentVariable("XDG_RUNTIME_DIR");
    if (place.isEmpty() || !QFileInfo(place).isWritable()) place = QDir::tempPath();
    const QByteArray name = QFile::encodeName(QDir::cleanPath(QFileInfo(toQString(folder)).absoluteFilePath()));
    const QByteArray digest = QCryptographicHash::hash(name, QCryptographicHash::Sha256).toHex().left(16);
    return QStringLiteral("%1/condenser-%2-%3").arg(place).arg(getuid()).arg(QString::fromLatin1(digest));
}

}  // namespace

SingleInstance::SingleInstance(const std::filesystem::path& folder, QObject* parent)
    : QObject(parent), m_folder(toQString(folder)), m_socket(socketOf(folder)) {
    m_lock = std::make_unique<QLockFile>(toQString(folder / "window.lock"));
    m_lock->setStaleLockTime(0);  // by its process alone, not by its age
    connect(&m_server, &QLocalServer::newConnection, this, &SingleInstance::accept);
}

bool SingleInstance::handOver(const StartWish& wish) {
    QDir().mkpath(m_folder);
    QDeadlineTimer deadline(kPatienceMs);
    // The first one may be between its lock and its socket, or between its end and giving up the lock.
    while (!m_lock->tryLock(0)) {
        if (m_lock->error() != QLockFile::LockFailedError) return false;
        if (send(wish, static_cast<int>(deadline.remainingTime()))) return true;
        if (deadline.hasExpired()) return false;
        QThread::msleep(kRetryMs);
    }
    return false;
}

bool SingleInstance::send(const StartWish& wish, int patienceMs) {
    // In a folder that all may write to, somebody else's socket is not to be told anything.
    if (QFileInfo(m_socket).ownerId() != getuid()) return false;
    QLocalSocket socket;
    socket.connectToServer(m_socket);
    if (!socket.waitForConnected(patienceMs)) return false;
    socket.write(packWish(wish));
    QDeadlineTimer deadline(patienceMs);
    while (socket.bytesAvailable() < kTaken.size() && !deadline.hasExpired()) {
        if (!socket.waitForReadyRead(static_cast<int>(deadline.remainingTime()))) break;
    }
    return socket.readAll() == kTaken;
}

void SingleInstance::listen() {
    if (!m_lock->isLocked()) return;
    QLocalServer::removeServer(m_socket);  // of one that was killed: the lock is ours
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    m_server.listen(m_socket);  // where that fails, later starts open windows of their own
}

void SingleInstance::accept() {
    while (QLocalSocket* socket = m_server.nextPendingConnection()) {
        connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
        QTimer::singleShot(kPatienceMs, socket, [socket] { socket->abort(); });
        const auto read = [this, socket] {
            if (socket->bytesAvailable() > kLargest) return socket->abort();
            const auto wish = unpackWish(socket->peek(kLargest));
            if (!wish) return;  // more is to come
            socket->readAll();
            socket->write(kTaken);
            socket->flush();
            socket->disconnectFromServer();
            emit wished(*wish);
        };
        connect(socket, &QLocalSocket::readyRead, this, read);
        if (socket->bytesAvailable() > 0) read();
    }
}

QByteArray packWish(const StartWish& wish) {
    QByteArray bytes;
    QDataStream stream(&bytes, QIODevice::WriteOnly);
    stream.setVersion(QDataStream::Qt_6_4);
    const QStringList paths = wish.paths.mid(0, kMostPaths);
    stream << kMagic << kVersion << wish.demo << static_cast<quint32>(paths.size());
    for (const QString& path : paths) stream << path;
    return bytes;
}

std::optional<StartWish> unpackWish(const QByteArray& bytes) {
    QDataStream stream(bytes);
    stream.setVersion(QDataStream::Qt_6_4);
    quint32 magic = 0, version = 0;
    StartWish wish;
    quint32 count = 0;
    stream >> magic >> version >> wish.demo >> count;
    if (stream.status() != QDataStream::Ok || magic != kMagic || version != kVersion || count > kMostPaths)
        return std::nullopt;
    for (quint32 i = 0; i < count; ++i) {
        QString path;
        stream >> path;
        if (stream.status() != QDataStream::Ok || !QDir::isAbsolutePath(path)) return std::nullopt;
        wish.paths << path;
    }
    return wish;
}

}  // namespace condenser
