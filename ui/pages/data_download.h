// "Get CIFAR-10…": says what it would fetch, fetches it when told to, and shows how far it is; all in its place.
#pragma once

#include <QElapsedTimer>
#include <QFrame>

#include "session/download_session.h"
#include "session/eta.h"

class QLabel;
class QProgressBar;
class QPushButton;

namespace condenser {

class DataDownload : public QFrame {
    Q_OBJECT

  public:
    explicit DataDownload(DownloadRequest request, QWidget* parent = nullptr);

    // What opens it, for the layout of whoever shows this.
    QPushButton* button() const { return m_open; }

  signals:
    // The name of the data, as --data.
    void got(const std::string& data);

  private:
    void offer();
    void start();
    void close();
    void showProgress(const DownloadProgress& progress);
    void showDone(const Downloaded& downloaded);
    void showFailed(const Error& error);
    // `action`: what the first button says; empty: there is none.
    void lay(const char* notice, const QString& title, const QString& detail, const QString& action,
             const QString& closing);

    const DownloadRequest m_request;
    DownloadSession m_session;
    Eta m_eta;
    QElapsedTimer m_time;
    std::uint64_t m_last = 0;  // bytes of the latest progress
    QPushButton* m_open;
    QLabel* m_title;
    QProgressBar* m_bar;
    QLabel* m_detail;
    QPushButton* m_act;
    QPushButton* m_close;
};

}  // namespace condenser
