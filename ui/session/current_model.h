// The one model that all pages share.
#pragma once

#include <QString>
#include <memory>

#include "io/model_file.h"

namespace condenser {

struct CurrentModel {
    std::shared_ptr<const ModelFile> file;  // null: there is none yet
    QString name;                           // of the run or the file
    QString detail;                         // "epoch 3 of 12"
    QString path;                           // where it was read from; empty for a snapshot
    QString assumed = {};                   // what was taken for granted; empty for a file of ours
    bool sample = false;                    // the one that comes with the program
};

// "epoch 11 · 93.4 % of test right", as far as the file tells it; else empty.
QString trainingOf(const ModelFile& model);

}  // namespace condenser
