// What the Train page shows of a data set before it is read: classes, counts, one picture of each class.
#pragma once

#include <QImage>
#include <QObject>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "data/dataset.h"

namespace condenser {

struct DataSummary {
    std::string data;  // as --data
    DatasetInfo info;
    std::vector<QImage> pictures;  // one of each of the first classes; null where none could be read
    std::int64_t trainImages() const;
    std::int64_t testImages() const;
};

// Lives on the UI thread; folders are walked on a thread of its own, so that a slow disk freezes nothing. A new
// request replaces the old one.
class DataPreview : public QObject {
    Q_OBJECT

  public:
    explicit DataPreview(QObject* parent = nullptr);
    ~DataPreview() override;

    void inspect(const std::string& data);

  signals:
    void ready(const DataSummary& summary);
    void failed(const Error& error);

  private:
    void work(const std::stop_token& stop);
    void deliver();

    std::mutex m_mutex;  // guards all below
    std::condition_variable_any m_wake;
    std::optional<std::string> m_request;
    std::optional<Result<DataSummary>> m_result;
    quint64 m_generation = 0;

    std::jthread m_worker;  // last: joined before anything that it uses goes
};

// The picture that stands for a decoded one, as Qt draws it.
QImage toImage(const Picture& picture);

}  // namespace condenser
