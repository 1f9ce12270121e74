// What the JSON of a model file and that of a run both say about a network: `spec`, `classes`, `mean`, `std`, `resize`.
#pragma once

#include <string>
#include <vector>

#include "data/preprocess.h"
#include "io/json.h"
#include "network/network_spec.h"

namespace condenser {

struct ModelFields {
    NetworkSpec spec;
    std::vector<std::string> classes;  // spec.classes of them
    Preprocess preprocess;             // its size is the spec's

    bool operator==(const ModelFields&) const = default;
};

void putModelFields(const ModelFields& model, Json::Object& json);

// What is wrong is noted in `fields`, and the result then means nothing.
ModelFields takeModelFields(JsonFields& fields);

}  // namespace condenser
