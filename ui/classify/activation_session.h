// Where the network looked, beside the window: class activation maps of the picture that is chosen.
#pragma once

#include <QObject>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include "run/class_activation.h"
#include "session/job_thread.h"

namespace condenser {

// Lives on the UI thread. A newer request replaces an older one, of which nothing is heard any more. The last maps are
// kept: another class of the same picture, asked of the same model, is not decoded again, and one that was computed
// already is not computed again.
class ActivationSession : public QObject {
    Q_OBJECT

  public:
    explicit ActivationSession(QObject* parent = nullptr);
    ~ActivationSession() override;

    // `picture`, or the file where that is null; `classes` as in ClassActivation::maps. Ends in computed or failed.
    void compute(const std::shared_ptr<const ModelFile>& model, const std::shared_ptr<const Picture>& picture,
                 const std::filesystem::path& path, const std::vector<int>& classes);
    void forget();  // nothing is wanted any more

  signals:
    void computed(const std::shared_ptr<const ActivationMaps>& maps);
    void failed(const Error& error);

  private:
    struct Request {
        std::shared_ptr<const ModelFile> model;
        std::shared_ptr<const Picture> picture;
        std::filesystem::path path;
        std::vector<int> classes;
    };
    using Maps = Result<std::shared_ptr<const ActivationMaps>>;

    Maps mapsOf(const Request& request, const std::stop_token& stop);

    std::stop_source m_stop;  // of the latest request

    // Of the worker alone.
    std::optional<ThreadPool> m_pool;
    std::optional<ClassActivation> m_activation;
    std::shared_ptr<const ModelFile> m_activationModel;
    Request m_kept;  // of which the maps are
    std::shared_ptr<const ActivationMaps> m_keptMaps;

    JobThread m_worker;  // last: joined before anything that it uses goes
};

}  // namespace condenser
