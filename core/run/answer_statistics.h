// How right a model was on pictures whose classes are known, and how much its confidence is worth.
#pragma once

#include <string>
#include <vector>

namespace condenser {

// One answered picture. `truth` < 0: nobody knows.
struct JudgedAnswer {
    int truth = -1, answer = 0;  // classes
    double confidence = 0;       // probability of the answer, 0..1
};

struct ReliabilityBin {
    double low = 0, high = 0;  // of confidence; the last one holds 1
    int pictures = 0;
    double confidence = 0, accuracy = 0;  // means over its pictures
};

struct AnswerStatistics {
    int answered = 0, judged = 0, right = 0;  // judged: with a known class
    std::vector<std::vector<int>> confusion;  // [true class][answer], pictures
    std::vector<int> classPictures, classRight;
    std::vector<ReliabilityBin> reliability;  // 10 bins of equal width
    double calibrationError = 0;  // expected, |accuracy - confidence| weighted by pictures (Guo et al., 2017)

    double accuracy() const { return judged == 0 ? 0 : static_cast<double>(right) / judged; }
};

AnswerStatistics statisticsOf(const std::vector<JudgedAnswer>& answers, int classes);

// True class \ answer as CSV, with the classes' names, and a line a class: pictures, right, accuracy.
std::string confusionCsv(const AnswerStatistics& statistics, const std::vector<std::string>& classes);

// The class that a picture's folder names: "cat" of "pets/cat/3.jpg". -1: none of `classes`.
int classOfFolder(const std::string& path, const std::vector<std::string>& classes);

}  // namespace condenser
