// Sentences where they belong, with what to do about them; nothing pops up.
#pragma once

#include <QFrame>
#include <QMap>
#include <QString>
#include <QStringList>
#include <QWidget>
#include <functional>
#include <vector>

namespace condenser {

struct Notice {
    enum class Kind { kInfo, kWarning, kError };
    struct Action {
        QString name;
        std::function<void()> act;
    };
    Kind kind = Kind::kInfo;
    QString title{};
    QString detail{};
    QStringList list{};  // shown and hidden by a button of its own
    std::vector<Action> actions{};
};

// One above the other; each has a key, under which a newer one takes its place. All can be closed.
class NoticeArea : public QWidget {
    Q_OBJECT

  public:
    explicit NoticeArea(QWidget* parent = nullptr);

    // `key` becomes the notice's object name.
    void show(const QString& key, const Notice& notice);
    void remove(const QString& key);
    void clear();
    bool has(const QString& key) const { return m_shown.contains(key); }
    // Title and detail; empty if there is none.
    QString text(const QString& key) const;

  private:
    QMap<QString, QFrame*> m_shown;
    QMap<QString, QString> m_texts;
};

}  // namespace condenser
