#include "run/answer_statistics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "base/check.h"
#include "base/csv_text.h"

namespace condenser {
namespace {

constexpr int kBins = 10;

// The last one holds 1.
std::size_t binOf(double confidence) {
    return static_cast<std::size_t>(std::min(std::floor(confidence * kBins), kBins - 1.0));
}

}  // namespace

AnswerStatistics statisticsOf(const std::vector<JudgedAnswer>& answers, int classes) {
    const auto count = static_cast<std::size_t>(std::max(classes, 0));
    AnswerStatistics statistics;
    statistics.answered = static_cast<int>(answers.size());
    statistics.confusion.assign(count, std::vector<int>(count));
    statistics.classPictures.resize(count);
    statistics.classRight.resize(count);
    statistics.reliability.resize(kBins);
    for (int i = 0; i < kBins; ++i) {
        ReliabilityBin& bin = statistics.reliability[static_cast<std::size_t>(i)];
        bin.low = static_cast<double>(i) / kBins;
        bin.high = static_cast<double>(i + 1) / kBins;
    }
    for (const JudgedAnswer& judged : answers) {
        // Answers of another model, with other classes, say nothing about this one's.
        if (judged.truth < 0 || judged.truth >= classes || judged.answer < 0 || judged.answer >= classes) continue;
        const auto truth = static_cast<std::size_t>(judged.truth), answer = static_cast<std::size_t>(judged.answer);
        const bool right = truth == answer;
        ++statistics.judged;
        statistics.right += right;
        ++statistics.confusion[truth][answer];
        ++statistics.classPictures[truth];
        statistics.classRight[truth] += right;
        const double confidence = std::isfinite(judged.confidence) ? std::clamp(judged.confidence, 0.0, 1.0) : 0;
        ReliabilityBin& bin = statistics.reliability[binOf(confidence)];
        ++bin.pictures;
        bin.confidence += confidence;  // sums, until below
        bin.accuracy += right;
    }
    for (ReliabilityBin& bin : statistics.reliability) {
        if (bin.pictures == 0) continue;
        statistics.calibrationError += std::abs(bin.accuracy - bin.confidence) / statistics.judged;
        bin.confidence /= bin.pictures;
        bin.accuracy /= bin.pictures;
    }
    return statistics;
}

std::string confusionCsv(const AnswerStatistics& statistics, const std::vector<std::string>& classes) {
    CORE_CHECK(statistics.confusion.size() == classes.size());
    std::string csv = "true class \\ answer";
    for (const std::string& name : classes) csv += ',' + csvCellOf(name);
    csv += ",pictures,right,accuracy\n";
    for (std::size_t truth = 0; truth < classes.size(); ++truth) {
        csv += csvCellOf(classes[truth]);
        for (const int pictures : statistics.confusion[truth]) csv += fmt::format(",{}", pictures);
        const int pictures = statistics.classPictures[truth], right = statistics.classRight[truth];
        csv += fmt::format(",{},{},", pictures, right);
        // Of no picture there is no accuracy, which is not the same as none right.
        if (pictures > 0) csv += fmt::format("{:.6g}", static_cast<double>(right) / pictures);
        csv += '\n';
    }
    return csv;
}

int classOfFolder(const std::string& path, const std::vector<std::string>& classes) {
    const std::string folder = std::filesystem::path(path).parent_path().filename().string();
    if (folder.empty()) return -1;
    const auto found = std::find(classes.begin(), classes.end(), folder);
    return found == classes.end() ? -1 : static_cast<int>(found - classes.begin());
}

}  // namespace condenser
