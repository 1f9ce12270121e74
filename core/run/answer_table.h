// Answers as CSV, a row a picture: the same from the command line and from the window.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "run/classifier.h"

namespace condenser {

// What is unknown, or was not asked, is an empty cell.
struct AnswerRow {
    // One form's answer.
    struct Said {
        std::string name;
        double probability = 0;  // 0..1
    };

    std::string file;
    std::optional<Said> answer;    // Prediction::answer
    std::optional<double> margin;  // of the answer over the second, 0..1
    std::optional<Said> dense;     // what the dense form said, if it was asked
    std::optional<bool> agree;     // where both were asked
    std::string truth;             // the true class
    std::optional<double> denseMs, condensedMs;
    std::string problem;  // a sentence, where there is no answer
};

AnswerRow answerRow(const std::string& file, const Prediction& prediction, const std::string& truth = {});

// file, answer, probability, margin, dense_answer, dense_probability, agree (yes, no), true_class, dense_ms,
// condensed_ms, problem; the heading first. Numbers with a point whatever the locale.
std::string answerTable(const std::vector<AnswerRow>& rows);

}  // namespace condenser
