// Pictures with answers that a test chooses, for models and views of the Classify page.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "classify/answer_model.h"
#include "look/format.h"

namespace condenser::testing {

inline std::vector<AnsweredPicture> namedPictures(const std::vector<std::string>& paths) {
    std::vector<AnsweredPicture> all;
    for (const std::string& path : paths) {
        AnsweredPicture picture;
        picture.path = path;
        picture.name = toQString(picture.path.filename());
        all.push_back(std::move(picture));
    }
    return all;
}

// Answers as two forms of a network would give them: one that knows three classes, or that of `file`.
class HandAnswers {
  public:
    explicit HandAnswers(std::shared_ptr<const ModelFile> file = knowingThree()) {
        m_model.file = std::move(file);
        m_model.name = QStringLiteral("run");
        m_model.detail = QStringLiteral("epoch 2 of 5");
    }

    // `probability` is that of either form's class; the next one gets the rest. The dense form speaks while condensing
    // steps are outstanding.
    Answer answer(qint64 id, int dense, int condensed, double probability, double ms = 0.5, int outstanding = 0) const {
        Prediction prediction;
        prediction.forms = {form(Variant::kDense, dense, probability, 2 * ms),
                            form(Variant::kCondensed, condensed, probability, ms)};
        prediction.speaking = outstanding > 0 ? 0 : 1;
        prediction.width = prediction.height = 32;
        return {id, std::move(prediction), m_model, outstanding};
    }
    // Of a model that has no dense form.
    Answer condensedAlone(qint64 id, int best, double probability) const {
        Prediction prediction;
        prediction.forms = {form(Variant::kCondensed, best, probability, 0.5)};
        Answer answer{id, std::move(prediction), m_model};
        answer.denseProblem = fail(ErrorCode::kBadData, "cannot expand", "run", "its norms differ", {}).value();
        return answer;
    }
    Answer failure(qint64 id) const {
        return {id, fail(ErrorCode::kUnreadable, "cannot read", "x", "it ends too early", {}), m_model};
    }

  private:
    static std::shared_ptr<const ModelFile> knowingThree() {
        ModelFile file;
        file.classes = {"cat", "dog", "kite"};
        return std::make_shared<const ModelFile>(std::move(file));
    }
    FormAnswer form(Variant variant, int best, double probability, double ms) const {
        const int second = (best + 1) % static_cast<int>(m_model.file->classes.size());
        return {variant, {{best, name(best), probability}, {second, name(second), 1 - probability}}, {}, ms};
    }
    std::string name(int index) const { return m_model.file->classes[static_cast<std::size_t>(index)]; }

    CurrentModel m_model;
};

}  // namespace condenser::testing
