// One answered picture, and what all answers come to, for people and for programs.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/output.h"
#include "run/answer_statistics.h"
#include "run/classifier.h"

namespace condenser::cli {

struct AnsweredPicture {
    std::filesystem::path file;
    Prediction prediction;
    std::string truth;       // the class that its folder names; empty: none of the model's
    std::string activation;  // the file that its class activation map was written to; empty: none
};

// {file, height, width, milliseconds, top, margin}, of the form that answers; with both forms {forms, agree} besides,
// and {truth, cam} where there are any.
Json answerJson(const AnsweredPicture& picture);

// The file and a table: a row a class, a column a form.
std::string answerText(const AnsweredPicture& picture, const std::vector<std::string>& classes);

// {judged, right, accuracy, calibration_error, confusion, classes, reliability}.
Json statisticsJson(const AnswerStatistics& statistics, const std::vector<std::string>& classes);

// "1953 of 2000 pictures right: 97.65 %, expected calibration error 1.20 %", and a line end.
std::string statisticsText(const AnswerStatistics& statistics);

}  // namespace condenser::cli
