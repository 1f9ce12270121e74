// What there is to be seen on the Connections page: a run's record of its connections, or one model.
#pragma once

#include <QString>
#include <filesystem>
#include <memory>
#include <vector>

#include "connections/connection_layout.h"
#include "io/model_file.h"
#include "run/training_run.h"

namespace condenser {

struct ConnectionsSource {
    QString name;                  // of the run or the model
    bool sample = false;           // the one that comes with the program
    bool training = false;         // more will come
    std::filesystem::path folder;  // of the run; empty: one model, one moment
    std::string data;              // as --data, of the run; empty: unknown
    NetworkSpec spec;
    ConnectionLayout layout;
    std::vector<ConnectionsLayer> layers;
    std::vector<ConnectionsKey> moments;        // in the order of their recording, which is that of the steps
    std::vector<std::filesystem::path> models;  // for each moment the file with the weights of it; empty: none is kept

    std::int64_t stepsPerEpoch = 1;
    double epochs = 0;                       // of the whole run, planned
    std::vector<CondensingStep> condensing;  // done and to come
    bool learned = true;                     // its connections go by importance; else they were given (schedule.h)

    int count() const { return static_cast<int>(moments.size()); }
    double epochOf(int moment) const;
    // The moment next to an epoch, a real number; of several at the same place the last. -1 where there is none.
    int momentAt(double epoch) const;
    bool keepsWeights(int moment) const { return !models[static_cast<std::size_t>(moment)].empty(); }
    // What nextToGo (core/connections) is to be asked with where `stage` condensing steps are done: as many as are
    // below the step that comes next, which may be more; C-1 where none goes by importance.
    int stageForNext(int stage) const;
    // "epoch 12", "before step 2", "after step 2"; of a single model: its name.
    QString wordsOf(int moment) const;
};
using ConnectionsSourcePtr = std::shared_ptr<const ConnectionsSource>;
using ConnectionsRecordPtr = std::shared_ptr<const ConnectionsRecord>;
using ModelFilePtr = std::shared_ptr<const ModelFile>;

}  // namespace condenser
