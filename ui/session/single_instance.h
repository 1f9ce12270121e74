// One window for each user and each folder of data: a second start hands over what it was asked for.
#pragma once

#include <QLocalServer>
#include <QLockFile>
#include <QObject>
#include <QString>
#include <QStringList>
#include <filesystem>
#include <memory>
#include <optional>

namespace condenser {

struct StartWish {
    QStringList paths;  // absolute
    bool demo = false;
    bool operator==(const StartWish&) const = default;
};

// The lock says who is first and outlives no process, so that one that was killed blocks nobody; the socket carries the
// wish. A first window that does not answer in time (it hangs, or is just closing) is left alone.
class SingleInstance : public QObject {
    Q_OBJECT

  public:
    static constexpr int kPatienceMs = 2000;

    // `folder`: the user's data folder, made by handOver() if it is absent. Where it cannot be written every start is a
    // first one.
    explicit SingleInstance(const std::filesystem::path& folder, QObject* parent = nullptr);

    // Another window has taken the wish: this process has nothing left to do. Waits at most kPatienceMs.
    bool handOver(const StartWish& wish);
    // From now on later starts are heard, if this is the first. Needs an event loop.
    void listen();

  signals:
    void wished(const StartWish& wish);  // a later start; raise the window, too

  private:
    bool send(const StartWish& wish, int patienceMs);
    void accept();

    QString m_folder, m_socket;
    std::unique_ptr<QLockFile> m_lock;
    QLocalServer m_server;
};

// As it travels; nothing for bytes that are no wish.
QByteArray packWish(const StartWish& wish);
std::optional<StartWish> unpackWish(const QByteArray& bytes);

}  // namespace condenser
