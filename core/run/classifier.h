// A picture in, classes and probabilities out: what the command line's `classify` and the window's drop have in common.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/thread_pool.h"
#include "data/fitted_picture.h"
#include "io/model_file.h"

namespace condenser {

struct ClassProbability {
    int index = 0;
    std::string name;
    double probability = 0;  // 0..1
};

// What one form of the network says.
struct FormAnswer {
    Variant variant = Variant::kDense;
    std::vector<ClassProbability> top;  // most probable first
    std::vector<float> logits;          // [classes]
    double milliseconds = 0;            // of the network alone
    double second = 0;                  // probability of the second class, asked for or not

    const ClassProbability& best() const { return top.front(); }
    // How far the best is ahead of the second, 0..1; 1 where there is one class.
    double margin() const { return top[0].probability - (top.size() < 2 ? second : top[1].probability); }
};

struct Prediction {
    Picture seen;                   // the picture as the network saw it (resized, cropped)
    int height = 0, width = 0;      // of the original
    std::vector<FormAnswer> forms;  // as asked for: one, or the dense and then the condensed one
    std::size_t speaking = 0;       // which of them speaks for the model

    const FormAnswer& answer() const { return forms[speaking]; }
    bool agree() const { return forms.front().best().index == forms.back().best().index; }
};

// Which forms answer. kBoth: dense with every connection computed, and condensed (network_forms.h). Of the two the
// condensed one speaks for the model, but where condensing steps are outstanding: it has lost connections then that the
// model has yet to learn to do without.
enum class Forms { kStored, kBoth };

// Owns its own networks; one thread at a time.
class Classifier {
  public:
    // Checks that the tensors fit the spec. `pool` must outlive it. A condensed model that has no dense form answers
    // alone, whatever was asked for.
    static Result<Classifier> make(const ModelFile& model, ThreadPool& pool, Forms forms = Forms::kStored);
    Classifier(Classifier&&) noexcept;
    Classifier& operator=(Classifier&&) noexcept;
    ~Classifier();

    // Runs every form once on whatever was last seen. Behind an idle while the first call takes many times as long as
    // the next: nobody should read that as the network's time.
    void warmUp();

    // Condensing steps that the condensed form ran ahead of the model (NetworkForms); 0 with kStored.
    int outstandingSteps() const;
    // Why kBoth are one form only; nothing where they are two, or where one was asked for.
    const std::optional<Error>& denseProblem() const;
    // The form that speaks.
    Variant variant() const;

    Result<Prediction> classify(const std::filesystem::path& picture, int top = 5);
    Prediction classify(const Picture& picture, int top = 5);
    // For whoever prepares pictures ahead.
    Prediction classify(FittedPicture picture, int top = 5);

  private:
    struct State;
    explicit Classifier(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

}  // namespace condenser
