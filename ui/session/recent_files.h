// Models, runs and data that were opened lately.
#pragma once

#include <QList>
#include <QObject>
#include <QString>

class QSettings;

namespace condenser {

class RecentFiles : public QObject {
    Q_OBJECT

  public:
    enum class Kind { kModel, kRun, kExperiment, kData };
    struct Entry {
        Kind kind = Kind::kModel;
        QString path;  // absolute
        bool operator==(const Entry&) const = default;
    };
    static constexpr int kMost = 10;

    // `settings` must outlive it. What is no entry there is passed over.
    explicit RecentFiles(QSettings& settings, QObject* parent = nullptr);

    // The latest first.
    const QList<Entry>& entries() const { return m_entries; }
    void add(Kind kind, const QString& path);
    void clear();

    // "Model", "Run", "Data".
    static QString nameOf(Kind kind);

  private:
    void store();

    QSettings& m_settings;
    QList<Entry> m_entries;
};

}  // namespace condenser
