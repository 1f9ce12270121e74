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

// Answers as two forms of a network that knows three classes would give them.
class HandAnswers {
  public:
    HandAnswers() {
        auto file = std::make_shared<ModelFile>();
        file->classes = {"cat", "dog", "kite"};
        m_model.file = std::move(file);
        m_model.name = QStringLiteral("run");
        m_model.detail = QStringLiteral("epoch 2 of 5");
    }

    // `probability` is that of the condensed form's class; the next one gets the rest.
    Answer answer(qint64 id, int dense, int condensed, double probability, double ms = 0.5) const {
        const auto form = [&](Variant variant, int best, double milliseconds) {
            const int second = (best + 1) % 3;
            return FormAnswer{
                variant, {{best, name(best), probability}, {second, name(second), 1 - probability}}, {}, milliseconds};
        };
        Prediction prediction;
        prediction.forms = {form(Variant::kDense, dense, 2 * ms), form(Variant::kCondensed, condensed, ms)};
        prediction.width = prediction.height = 32;
        return {id, std::move(prediction), m_model};
    }
    Answer failure(qint64 id) const {
        return {id, fail(ErrorCode::kUnreadable, "cannot read", "x", "it ends too early", {}), m_model};
    }

  private:
    std::string name(int index) const { return m_model.file->classes[static_cast<std::size_t>(index)]; }

    CurrentModel m_model;
};

}  // namespace condenser::testing
