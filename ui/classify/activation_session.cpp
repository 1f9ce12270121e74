#include "classify/activation_session.h"

#include <utility>

#include "data/image_io.h"
#include "session/engine_use.h"
#include "session/guarded.h"

namespace condenser {
namespace {

constexpr const char* kWhat = "cannot show where the network looked";

}  // namespace

ActivationSession::ActivationSession(QObject* parent) : QObject(parent) {}

ActivationSession::~ActivationSession() {
    forget();
}

void ActivationSession::forget() {
    m_stop.request_stop();
}

void ActivationSession::compute(const std::shared_ptr<const ModelFile>& model,
                                const std::shared_ptr<const Picture>& picture, const std::filesystem::path& path,
                                const std::vector<int>& classes) {
    forget();
    m_stop = std::stop_source();
    m_worker.post([this, request = Request{model, picture, path, classes},
                   stop = m_stop.get_token()](const std::stop_token& /*ending*/) {
        if (stop.stop_requested()) return;
        auto maps = guarded(kWhat, request.path.string(), [&] { return mapsOf(request, stop); });
        QMetaObject::invokeMethod(
            this,
            [this, stop, maps = std::move(maps)] {
                if (stop.stop_requested()) return;
                maps ? emit computed(*maps) : emit failed(maps.error());
            },
            Qt::QueuedConnection);
    });
}

ActivationSession::Maps ActivationSession::mapsOf(const Request& request, const std::stop_token& stop) {
    const bool samePicture = m_keptMaps != nullptr && m_kept.model == request.model &&
                             m_kept.picture == request.picture && m_kept.path == request.path;
    if (samePicture && m_kept.classes == request.classes) return m_keptMaps;
    if (m_activationModel != request.model) {
        m_activation.reset();
        m_activationModel.reset();
        auto made = ClassActivation::make(*request.model);
        if (!made) return tl::unexpected(made.error());
        m_activation.emplace(std::move(*made));
        m_activationModel = request.model;
    }
    Picture seen;
    if (samePicture) {
        seen = m_keptMaps->seen;
    } else if (request.picture != nullptr) {
        seen = fitPicture(*request.picture, request.model->preprocess);
    } else {
        const auto decoded = decodePicture(request.path);
        if (!decoded) return tl::unexpected(decoded.error());
        seen = fitPicture(*decoded, request.model->preprocess);
    }
    const auto share = shareOfEngine(stop);
    if (!share) return m_keptMaps;   // nobody will hear of it
    if (!m_pool) m_pool.emplace(1);  // one picture is one image: more threads would have nothing to do
    m_keptMaps =
        std::make_shared<const ActivationMaps>(m_activation->mapsOfFitted(std::move(seen), *m_pool, request.classes));
    m_kept = request;
    return m_keptMaps;
}

}  // namespace condenser
