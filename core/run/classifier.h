// A picture in, classes and probabilities out: what the command line's `classify` and the window's drop have in common.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/thread_pool.h"
#include "io/model_file.h"

namespace condenser {

class Network;

struct ClassProbability {
    int index = 0;
    std::string name;
    double probability = 0;  // 0..1
};

struct Prediction {
    std::vector<ClassProbability> top;  // most probable first
    Picture seen;                       // the picture as the network saw it (resized, cropped)
    int height = 0, width = 0;          // of the original
    double milliseconds = 0;            // of the network alone
};

// Owns its own network; one thread at a time.
class Classifier {
  public:
    // Checks that the tensors fit the spec. `pool` must outlive it.
    static Result<Classifier> make(const ModelFile& model, ThreadPool& pool);
    Classifier(Classifier&&) noexcept;
    Classifier& operator=(Classifier&&) noexcept;
    ~Classifier();

    Result<Prediction> classify(const std::filesystem::path& picture, int top = 5);
    Prediction classify(const Picture& picture, int top = 5);

  private:
    struct State;
    explicit Classifier(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

}  // namespace condenser
