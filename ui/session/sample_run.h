// The run that comes with the program (resources/sample), for those who have none of their own yet.
#pragma once

#include <QObject>
#include <QTemporaryDir>
#include <filesystem>
#include <optional>
#include <thread>

#include "base/result.h"

namespace condenser {

// The files of resources/sample, unpacked: run.json, metrics.csv, connections.bin, model.safetensors. The folder must
// exist. From any thread.
Result<> unpackSample(const std::filesystem::path& folder);

// Lives on the UI thread. The files lie in a temporary folder of its own, which goes with it.
class SampleRun : public QObject {
    Q_OBJECT

  public:
    explicit SampleRun(QObject* parent = nullptr);
    ~SampleRun() override;

    // In a thread of its own, and once: unpacked() follows, at once if it has been. Where that fails (no room in the
    // temporary folder, say) nothing follows: there is no sample then, and nobody has asked for one.
    void unpack();
    // Of a run, named as it is shown. Empty until it is unpacked.
    const std::filesystem::path& folder() const { return m_folder; }
    std::filesystem::path modelFile() const;

  signals:
    void unpacked();

  private:
    std::optional<QTemporaryDir> m_place;  // made when it is asked for
    std::filesystem::path m_folder;
    std::jthread m_worker;  // last: joined before anything that it uses goes
};

}  // namespace condenser
