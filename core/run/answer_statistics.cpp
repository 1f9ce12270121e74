#include "run/answer_statistics.h"

#include <algorithm>
#include <filesystem>

namespace condenser {

AnswerStatistics statisticsOf(const std::vector<JudgedAnswer>& answers, int classes) {
    AnswerStatistics statistics;
    const auto count = static_cast<std::size_t>(classes);
    statistics.confusion.assign(count, std::vector<int>(count));
    statistics.classPictures.resize(count);
    statistics.classRight.resize(count);
    statistics.answered = static_cast<int>(answers.size());
    return statistics;
}

std::string confusionCsv(const AnswerStatistics& /*statistics*/, const std::vector<std::string>& /*classes*/) {
    return {};
}

int classOfFolder(const std::string& path, const std::vector<std::string>& classes) {
    const std::string folder = std::filesystem::path(path).parent_path().filename().string();
    const auto found = std::find(classes.begin(), classes.end(), folder);
    return found == classes.end() ? -1 : static_cast<int>(found - classes.begin());
}

}  // namespace condenser
