#include "connections/connections_session.h"

#include <QMetaObject>
#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <utility>

#include "connections/layer_weights.h"
#include "look/format.h"
#include "run/run_files.h"
#include "run/stored_run.h"
#include "session/guarded.h"

namespace condenser {
namespace {

constexpr const char* kWhat = "cannot show the connections";
constexpr int kLookMs = 2000;

bool isFile(const std::filesystem::path& path) {
    std::error_code error;
    return std::filesystem::is_regular_file(path, error);
}

std::vector<std::filesystem::path> modelsOf(const std::filesystem::path& folder,
                                            const std::vector<ConnectionsKey>& moments, ModelEpochs& epochs) {
    const std::filesystem::path best = folder / kModelName, last = folder / kLastName;
    const int bestEpoch = epochs.of(best), lastEpoch = epochs.of(last);
    std::vector<std::filesystem::path> models;
    for (const ConnectionsKey& key : moments) {
        std::filesystem::path& model = models.emplace_back();
        if (key.moment == ConnectionsMoment::kBeforeStep && isFile(folder / stepModelName(key.stage + 1))) {
            model = folder / stepModelName(key.stage + 1);
        } else if (key.moment == ConnectionsMoment::kEpochEnd && key.epoch == lastEpoch) {
            model = last;
        } else if (key.moment == ConnectionsMoment::kEpochEnd && key.epoch == bestEpoch) {
            model = best;
        }
    }
    return models;
}

std::size_t bytesOf(const std::vector<ConnectionsLayer>& layers) {
    std::size_t pairs = 0;
    for (const ConnectionsLayer& layer : layers)
        pairs += static_cast<std::size_t>(layer.groups) * static_cast<std::size_t>(layer.inputs);
    return std::max<std::size_t>(1, pairs * (sizeof(std::uint8_t) + sizeof(float)));
}

Result<ConnectionsRecordPtr> readOne(const std::filesystem::path& folder, int moment) {
    return guarded(kWhat, folder.string(), [&]() -> Result<ConnectionsRecordPtr> {
        auto record = readConnections(folder, static_cast<std::size_t>(moment));
        if (!record) return tl::unexpected(record.error());
        return std::make_shared<const ConnectionsRecord>(std::move(*record));
    });
}

// What is to be seen of a run, as its folder is now: run.json, the keys of connections.bin, and which model file has
// the weights of which moment. `training`: as told; else somebody else may be training there.
Result<ConnectionsSourcePtr> readSource(const std::filesystem::path& folder, bool sample, bool training,
                                        ModelEpochs& epochs) {
    return guarded(kWhat, folder.string(), [&]() -> Result<ConnectionsSourcePtr> {
        const auto record = readRunRecord(folder);
        if (!record) return tl::unexpected(record.error());
        auto index = readConnectionsIndex(folder);
        if (!index) return tl::unexpected(index.error());
        auto source = std::make_shared<ConnectionsSource>();
        source->name = toQString(folder.has_filename() ? folder.filename() : folder.parent_path().filename());
        source->sample = sample;
        source->training = training || stateOfRun(folder, *record) == StoredRunState::kRunning;
        source->folder = folder;
        source->data = record->data;
        source->spec = record->spec;
        if (index->layers.empty()) {
            source->layout = layoutOf(record->spec);
            // So that it is the same network once it has recorded something.
            source->layers = layersOf(record->spec);
        } else if (auto layout = layoutOf(record->spec, index->layers)) {
            source->layout = std::move(*layout);
            source->layers = std::move(index->layers);
        } else {
            return fail(ErrorCode::kBadData, "cannot read the connections", (folder / kConnectionsName).string(),
                        "it is about another network than run.json", "train the run again to have it recorded");
        }
        source->moments = std::move(index->records);
        source->models = modelsOf(folder, source->moments, epochs);
        source->stepsPerEpoch = std::max<std::int64_t>(1, record->stepsPerEpoch);
        source->epochs = record->settings.epochs;
        source->condensing = planCondensing(*record);
        source->learned =
            record->settings.condensing == Condensing::kGradual || record->settings.condensing == Condensing::kOnce;
        return source;
    });
}

bool same(const ConnectionsSource& a, const ConnectionsSource& b) {
    return a.moments == b.moments && a.models == b.models && a.training == b.training && a.layers == b.layers &&
           a.epochs == b.epochs;
}

bool isContinued(const ConnectionsSource& before, const ConnectionsSource& now) {
    return before.folder == now.folder && before.layers == now.layers && before.moments.size() <= now.moments.size() &&
           std::equal(before.moments.begin(), before.moments.end(), now.moments.begin());
}

}  // namespace

int ModelEpochs::of(const std::filesystem::path& model) {
    std::error_code error;
    const auto changed = std::filesystem::last_write_time(model, error);
    if (error) return -1;
    const auto known = m_known.find(model);
    if (known != m_known.end() && known->second.changed == changed) return known->second.epoch;
    const auto read = readModelFile(model);
    const int epoch = read ? epochOf(*read) : -1;
    m_known[model] = {changed, epoch};
    return epoch;
}

ConnectionsSession::ConnectionsSession(QObject* parent, std::size_t kept) : QObject(parent), m_kept(kept) {
    m_lookSoon.setInterval(kLookMs);
    connect(&m_lookSoon, &QTimer::timeout, this, &ConnectionsSession::lookAgain);
}

ConnectionsSession::~ConnectionsSession() = default;

template <class Work, class Done>
void ConnectionsSession::inWorker(JobThread& worker, Work work, Done done) {
    worker.post([this, opening = m_opening, work = std::move(work),
                 done = std::move(done)](const std::stop_token& stop) mutable {
        if (stop.stop_requested()) return;
        auto result = work();
        QMetaObject::invokeMethod(
            this,
            [this, opening, done = std::move(done), result = std::move(result)]() mutable {
                if (opening == m_opening) done(std::move(result));
            },
            Qt::QueuedConnection);
    });
}

// ---- opening --------------------------------------------------------------------------------------------------------

void ConnectionsSession::close() {
    ++m_opening;
    m_lookSoon.stop();
    m_folder.clear();
    m_source = nullptr;
    m_model = nullptr;
    m_records.clear();
    m_unreadable.clear();
    m_shown = -1;
    m_wanted.reset();
    m_wantedWeights.reset();
    m_reading = m_readingWeights = m_looking = m_lookOnceMore = false;
}

void ConnectionsSession::openRun(const std::filesystem::path& folder, bool sample, bool training) {
    close();
    m_folder = folder;
    m_sample = sample;
    m_training = training;
    lookAgain();
}

void ConnectionsSession::openModel(const CurrentModel& model) {
    close();
    if (model.file == nullptr) return;
    m_model = model.file;
    inWorker(
        m_worker,
        [file = model.file] {
            return guarded(kWhat, {}, [&]() -> Result<std::shared_ptr<ModelConnections>> {
                auto connections = connectionsOf(*file);
                if (!connections) return tl::unexpected(connections.error());
                return std::make_shared<ModelConnections>(std::move(*connections));
            });
        },
        [this, name = model.name, path = toPath(model.path)](Result<std::shared_ptr<ModelConnections>> read) {
            if (!read) {
                close();
                emit failed(read.error());
                return;
            }
            auto source = std::make_shared<ConnectionsSource>();
            source->name = name;
            source->spec = m_model->spec;
            source->layout = layoutOf(m_model->spec);
            source->layers = std::move((*read)->layers);
            source->moments = {(*read)->record.key};
            // Whatever its name: a model in memory has its weights, too.
            source->models = {path.empty() ? std::filesystem::path("model") : path};
            const ConnectionsRecord& record = (*read)->record;
            m_records[0] = std::make_shared<const ConnectionsRecord>(record);
            m_source = source;
            emit opened(m_source);
        });
}

void ConnectionsSession::lookAgain() {
    if (m_folder.empty()) return;
    if (m_looking) {
        m_lookOnceMore = true;  // what is being read may be older than what there is to be seen
        return;
    }
    m_looking = true;
    inWorker(
        m_worker,
        [this, folder = m_folder, sample = m_sample, training = m_training] {
            return readSource(folder, sample, training, m_epochs);
        },
        [this](Result<ConnectionsSourcePtr> read) {
            m_looking = false;
            const bool onceMore = std::exchange(m_lookOnceMore, false);
            if (read) {
                take(*read);
            } else {
                const Error error = read.error();
                // What has been read stays to be seen.
                if (m_source == nullptr) close();
                m_lookSoon.stop();
                emit failed(error);
            }
            if (onceMore) lookAgain();
        });
}

void ConnectionsSession::take(const ConnectionsSourcePtr& source) {
    if (!source->training) m_lookSoon.stop();
    if (source->training && m_watching && !m_lookSoon.isActive()) m_lookSoon.start();
    if (m_source != nullptr && same(*m_source, *source)) return;
    if (m_source == nullptr || !isContinued(*m_source, *source)) {
        m_records.clear();
        m_unreadable.clear();
        m_wanted.reset();
        m_wantedWeights.reset();
    }
    m_source = source;
    m_recordBytes = bytesOf(source->layers);
    emit opened(m_source);
    readNextRecord();
}

void ConnectionsSession::setTraining(bool on) {
    if (on == m_training) return;
    m_training = on;
    lookAgain();
}

void ConnectionsSession::setWatching(bool on) {
    if (on == m_watching) return;
    m_watching = on;
    if (!on) {
        m_lookSoon.stop();
    } else if (m_source != nullptr && m_source->training) {
        lookAgain();
    }
}

void ConnectionsSession::listRuns() {
    inWorker(
        m_worker,
        [] {
            std::vector<std::pair<QString, std::filesystem::path>> runs;
            std::error_code error;
            std::filesystem::directory_iterator entry(defaultRunStore(), error);
            for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
                if (isRunFolder(entry->path()) && isFile(entry->path() / kConnectionsName))
                    runs.emplace_back(toQString(entry->path().filename()), entry->path());
            }
            // Their names begin with the day.
            std::ranges::sort(runs, std::ranges::greater(), &std::pair<QString, std::filesystem::path>::first);
            return runs;
        },
        [this](const std::vector<std::pair<QString, std::filesystem::path>>& runs) { emit runsListed(runs); });
}

// ---- records --------------------------------------------------------------------------------------------------------

void ConnectionsSession::readRecord(int moment) {
    if (m_source == nullptr || moment < 0 || moment >= m_source->count()) return;
    m_shown = moment;
    m_wanted.reset();
    const auto found = m_records.find(moment);
    if (found != m_records.end()) {
        const ConnectionsRecordPtr record = found->second;  // whoever hears of it may ask for another
        emit recordRead(moment, record);
    } else {
        m_wanted = moment;
    }
    readNextRecord();
}

bool ConnectionsSession::hasRoomFor(int records) const {
    return static_cast<std::size_t>(records) * m_recordBytes <= m_kept;
}

// What is waited for; else, as far as there is room, what lies nearest to the moment shown.
std::optional<int> ConnectionsSession::nextRecord() const {
    if (m_wanted) return m_wanted;
    if (m_shown < 0) return std::nullopt;
    for (int distance = 1; distance < m_source->count() && hasRoomFor(2 * distance + 1); ++distance) {
        for (const int moment : {m_shown + distance, m_shown - distance}) {
            if (moment < 0 || moment >= m_source->count() || m_unreadable.contains(moment)) continue;
            if (!m_records.contains(moment)) return moment;
        }
    }
    return std::nullopt;
}

// One at a time: the one wanted last never waits for more than one that is on its way.
void ConnectionsSession::readNextRecord() {
    if (m_reading || m_source == nullptr || m_folder.empty()) return;
    const std::optional<int> next = nextRecord();
    if (!next) return;
    m_reading = true;
    inWorker(
        m_worker, [folder = m_folder, moment = *next] { return readOne(folder, moment); },
        [this, moment = *next,
         key = m_source->moments[static_cast<std::size_t>(*next)]](Result<ConnectionsRecordPtr> record) {
            m_reading = false;
            // A run that goes on from a checkpoint begins to record again where it was cut.
            const bool moved = moment >= m_source->count() ||
                               m_source->moments[static_cast<std::size_t>(moment)] != key ||
                               (record && (*record)->key != key);
            if (moved) {
                if (m_wanted == moment) m_wanted.reset();
                lookAgain();
            } else {
                takeRecord(moment, record);
            }
            readNextRecord();
        });
}

void ConnectionsSession::takeRecord(int moment, const Result<ConnectionsRecordPtr>& record) {
    const bool wanted = m_wanted == moment;
    if (wanted) m_wanted.reset();
    if (!record) {
        m_unreadable.insert(moment);
        if (wanted) emit failed(record.error());
        return;
    }
    m_unreadable.erase(moment);
    m_records[moment] = *record;
    while (m_records.size() > 1 && !hasRoomFor(static_cast<int>(m_records.size()))) {
        const auto first = m_records.begin(), last = std::prev(m_records.end());
        m_records.erase(std::abs(first->first - m_shown) > std::abs(last->first - m_shown) ? first : last);
    }
    if (wanted) emit recordRead(moment, *record);
}

// ---- weights --------------------------------------------------------------------------------------------------------

void ConnectionsSession::readWeights(int moment) {
    if (m_source == nullptr || moment < 0 || moment >= m_source->count() || !m_source->keepsWeights(moment)) return;
    if (m_model != nullptr) return emit weightsRead(moment, m_model);
    m_wantedWeights = moment;
    readNextWeights();
}

void ConnectionsSession::readNextWeights() {
    if (m_readingWeights || !m_wantedWeights) return;
    const int moment = *m_wantedWeights;
    const std::filesystem::path file = m_source->models[static_cast<std::size_t>(moment)];
    if (file.empty()) {
        m_wantedWeights.reset();
        return;
    }
    m_readingWeights = true;
    inWorker(
        m_modelWorker,
        [file] {
            return guarded(kWhat, file.string(), [&]() -> Result<ModelFilePtr> {
                auto model = readModelFile(file);
                if (!model) return tl::unexpected(model.error());
                return std::make_shared<const ModelFile>(std::move(*model));
            });
        },
        [this, moment, epoch = m_source->moments[static_cast<std::size_t>(moment)].epoch](Result<ModelFilePtr> model) {
            m_readingWeights = false;
            if (m_wantedWeights != moment) return readNextWeights();
            m_wantedWeights.reset();
            if (!model) {
                emit failed(model.error());
            } else if (epochOf(**model) != epoch || (*model)->spec != m_source->spec) {
                lookAgain();  // the run has gone on since
            } else {
                emit weightsRead(moment, *model);
            }
        });
}

}  // namespace condenser
