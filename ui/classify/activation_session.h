// Where the network looked, beside the window: class activation maps of the picture that is chosen.
#pragma once

#include <QObject>
#include <filesystem>
#include <memory>
#include <optional>

#include "run/class_activation.h"
#include "session/job_thread.h"

namespace condenser {

// Lives on the UI thread. A newer request replaces an older one, of which nothing is heard any more.
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
};

}  // namespace condenser
