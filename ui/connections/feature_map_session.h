// Feature maps beside whatever trains: a worker with a network of its own, and pictures of a run's data.
#pragma once

#include <QObject>
#include <QString>
#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include "run/feature_maps.h"
#include "session/job_thread.h"

namespace condenser {

using ModelFilePtr = std::shared_ptr<const ModelFile>;
using FeatureMapsPtr = std::shared_ptr<const FeatureMaps>;

struct MapPicture {
    std::shared_ptr<const Picture> picture;
    QString name = {};                // of the file, or "test picture 3"
    QString truth = {};               // its class; empty: unknown
    std::filesystem::path path = {};  // where there is no `picture`: the file, still to be decoded

    bool isThere() const { return picture != nullptr || !path.empty(); }
    bool isSame(const MapPicture& other) const { return picture == other.picture && path == other.path; }
};

// Lives on the UI thread. A newer request replaces an older one of its kind, of which nothing is heard any more.
class FeatureMapSession : public QObject {
    Q_OBJECT

  public:
    static constexpr int kMostPictures = 40;

    explicit FeatureMapSession(QObject* parent = nullptr);
    ~FeatureMapSession() override;

    // A few pictures of the test part (of the training part where there is no other), of all classes in turn, scaled
    // for that model. `data` is as --data. Ends in picturesRead or picturesFailed.
    void readPictures(const std::string& data, const Preprocess& preprocess);
    // Ends in computed or failed.
    void compute(const ModelFilePtr& model, const MapPicture& picture);

  signals:
    void picturesRead(const std::vector<MapPicture>& pictures);
    void picturesFailed(const Error& error);
    void computed(const FeatureMapsPtr& maps);
    void failed(const Error& error);

  private:
    // Both on the worker.
    Result<FeatureMapsPtr> mapsOf(const ModelFilePtr& model, const MapPicture& picture);
    Result<std::shared_ptr<const Picture>> decoded(const std::filesystem::path& path, const Preprocess& preprocess);

    std::atomic<quint64> m_pictures = 0, m_maps = 0;  // the newest request of each kind
    std::stop_source m_reading;

    // Of the worker alone.
    std::optional<FeatureMapper> m_mapper;
    ModelFilePtr m_mapperModel;
    std::optional<ThreadPool> m_pool;
    std::filesystem::path m_decodedPath;  // of the last file, and for which network it was scaled
    Preprocess m_decodedFor;
    std::shared_ptr<const Picture> m_decoded;

    JobThread m_worker;  // last: joined before anything that it uses goes
};

}  // namespace condenser
