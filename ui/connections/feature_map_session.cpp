#include "connections/feature_map_session.h"

#include <QCoreApplication>
#include <utility>

#include "data/data_source.h"
#include "data/image_io.h"
#include "look/format.h"
#include "session/engine_use.h"
#include "session/guarded.h"

namespace condenser {
namespace {

constexpr const char* kWhat = "cannot compute the feature maps";

QString tr(const char* text) {
    return QCoreApplication::translate("FeatureMapSession", text);
}

// The first picture of each class, the second of each, and so on.
std::vector<LabelledPicture> inTurn(const std::vector<LabelledPicture>& part, std::size_t classes, std::size_t most) {
    std::vector<std::vector<LabelledPicture>> byClass(classes);
    for (const LabelledPicture& picture : part) byClass[static_cast<std::size_t>(picture.label)].push_back(picture);
    std::vector<LabelledPicture> chosen;
    for (std::size_t turn = 0; chosen.size() < most; ++turn) {
        const std::size_t before = chosen.size();
        for (const auto& pictures : byClass) {
            if (turn < pictures.size() && chosen.size() < most) chosen.push_back(pictures[turn]);
        }
        if (chosen.size() == before) break;
    }
    return chosen;
}

// Scaled, so that many are kept in little memory; what the network sees of them is the same to the bit.
Result<std::vector<MapPicture>> picturesOf(const std::string& data, const Preprocess& preprocess,
                                           const std::stop_token& stop) {
    const auto source = openDataSource(data, {{}, stop});
    if (!source) return tl::unexpected(source.error());
    const bool isTest = !source->test.empty();
    std::vector<MapPicture> pictures;
    std::optional<Error> unreadable;
    for (const LabelledPicture& one :
         inTurn(isTest ? source->test : source->train, source->classes.size(), FeatureMapSession::kMostPictures)) {
        if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "no longer wanted", data, {});
        auto picture = source->read(one.index);
        if (!picture) {
            unreadable = picture.error();
            continue;
        }
        const QString number = QString::number(pictures.size() + 1);
        pictures.push_back({std::make_shared<const Picture>(fitWhole(*picture, preprocess)),
                            (isTest ? tr("test picture %1") : tr("training picture %1")).arg(number),
                            QString::fromStdString(source->classes[static_cast<std::size_t>(one.label)]),
                            {}});
    }
    if (pictures.empty()) {
        if (unreadable) return tl::unexpected(*unreadable);
        return fail(ErrorCode::kBadData, "cannot show feature maps", data, "the data have no pictures");
    }
    return pictures;
}

}  // namespace

FeatureMapSession::FeatureMapSession(QObject* parent) : QObject(parent) {
    m_worker.post([](const std::stop_token&) { lowerThreadPriority(); });  // a training may be under way
}

FeatureMapSession::~FeatureMapSession() {
    m_reading.request_stop();
    ++m_pictures;
    ++m_maps;
}

void FeatureMapSession::readPictures(const std::string& data, const Preprocess& preprocess) {
    m_reading.request_stop();
    m_reading = std::stop_source();
    const quint64 request = ++m_pictures;
    m_worker.post([this, request, data, preprocess, stop = m_reading.get_token()](const std::stop_token&) {
        if (request != m_pictures) return;
        auto pictures = guarded(kWhat, {}, [&] { return picturesOf(data, preprocess, stop); });
        QMetaObject::invokeMethod(
            this,
            [this, request, pictures = std::move(pictures)] {
                if (request != m_pictures) return;
                pictures ? emit picturesRead(*pictures) : emit picturesFailed(pictures.error());
            },
            Qt::QueuedConnection);
    });
}

void FeatureMapSession::compute(const ModelFilePtr& model, const MapPicture& picture) {
    const quint64 request = ++m_maps;
    m_worker.post([this, request, model, picture](const std::stop_token& stop) {
        const auto share = shareOfEngine(stop);
        if (!share || request != m_maps) return;
        auto maps = guarded(kWhat, {}, [&] { return mapsOf(model, picture); });
        QMetaObject::invokeMethod(
            this,
            [this, request, maps = std::move(maps)] {
                if (request != m_maps) return;
                maps ? emit computed(*maps) : emit failed(maps.error());
            },
            Qt::QueuedConnection);
    });
}

Result<FeatureMapsPtr> FeatureMapSession::mapsOf(const ModelFilePtr& model, const MapPicture& picture) {
    if (!m_mapper || m_mapperModel != model) {
        m_mapper.reset();
        auto made = FeatureMapper::make(*model);
        if (!made) return tl::unexpected(made.error());
        m_mapper.emplace(std::move(*made));
        m_mapperModel = model;
    }
    auto pixels = picture.picture;
    if (pixels == nullptr) {
        auto read = decoded(picture.path, model->preprocess);
        if (!read) return tl::unexpected(read.error());
        pixels = *read;
    }
    if (!m_pool) m_pool.emplace(1);  // one picture is one image: more threads would have nothing to do
    return std::make_shared<const FeatureMaps>(m_mapper->maps(*pixels, *m_pool));
}

// Once for all moments of a run.
Result<std::shared_ptr<const Picture>> FeatureMapSession::decoded(const std::filesystem::path& path,
                                                                  const Preprocess& preprocess) {
    if (m_decoded == nullptr || m_decodedPath != path || m_decodedFor != preprocess) {
        m_decoded.reset();
        const auto picture = decodePicture(path);
        if (!picture) return tl::unexpected(picture.error());
        m_decoded = std::make_shared<const Picture>(fitWhole(*picture, preprocess));
        m_decodedPath = path;
        m_decodedFor = preprocess;
    }
    return m_decoded;
}

}  // namespace condenser
