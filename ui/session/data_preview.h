// What the Train page shows of a data set before it is read: classes, counts, one picture of each class, and whether
// the pictures are sound.
#pragma once

#include <QImage>
#include <QObject>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "data/dataset_check.h"
#include "data/dataset_info.h"

namespace condenser {

struct DataSummary {
    std::string data;  // as --data
    DatasetInfo info;
    std::vector<QImage> pictures;  // one of each of the first classes; null where none could be read
    std::int64_t trainImages() const { return info.trainImages(); }
    std::int64_t testImages() const { return info.testImages(); }
};

// Lives on the UI thread; data are scanned and checked on a thread of its own, so that a slow disk freezes nothing. A
// new request replaces the old one, of which nothing is heard any more.
class DataPreview : public QObject {
    Q_OBJECT

  public:
    // Sets of more pictures than these are checked only when asked to.
    static constexpr std::int64_t kCheckedUnasked = 3000;

    explicit DataPreview(QObject* parent = nullptr);
    ~DataPreview() override;

    // Ends in ready, failed or stopped; after ready, a small set that is not the built-in one is checked.
    void inspect(const std::string& data);
    // Of the data last inspected. Ends in checked, checkFailed or checkStopped.
    void check();
    // Of whatever is under way; heard at once.
    void cancel();

  signals:
    void scanning(qint64 found);
    void ready(const DataSummary& summary);
    void failed(const Error& error);
    void stopped();
    void checking(qint64 done, qint64 total);
    void checked(const DatasetReport& report);
    void checkFailed(const Error& error);
    void checkStopped();

  private:
    enum class Doing { kNothing, kLooking, kChecking };
    struct Task {
        Doing what = Doing::kNothing;
        std::string data;
        quint64 generation = 0;
        std::stop_token stop;
    };

    void begin(Doing what);
    void work(const std::stop_token& stop);
    void carryOut(const Task& task);
    void look(const Task& task, const DataSource& source);
    void checkPictures(const Task& task, const DataSource& source);
    // Runs on the UI thread, unless another request has come meanwhile.
    template <class Deliver>
    void post(const Task& task, Deliver deliver);

    std::string m_data;  // these three belong to the UI thread
    Doing m_doing = Doing::kNothing;
    quint64 m_generation = 0;

    std::mutex m_mutex;  // guards the two below
    std::optional<Task> m_task;
    std::stop_source m_stop;  // of the latest task
    std::condition_variable_any m_wake;

    std::jthread m_worker;  // last: joined before anything that it uses goes
};

// The picture that stands for a decoded one, as Qt draws it.
QImage toImage(const Picture& picture);

}  // namespace condenser
