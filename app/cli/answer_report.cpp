#include "cli/answer_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "ops/loss.h"

namespace condenser::cli {
namespace {

Json topJson(const FormAnswer& form) {
    Json top = Json::array();
    for (const ClassProbability& answer : form.top) {
        top.push_back({{"class", answer.name}, {"index", answer.index}, {"probability", answer.probability}});
    }
    return top;
}

// The best of the form that answers, then those that only the other form has among its best.
std::vector<int> classesToShow(const Prediction& prediction) {
    std::vector<int> shown;
    const auto add = [&shown](const FormAnswer& form) {
        for (const ClassProbability& answer : form.top) {
            if (std::find(shown.begin(), shown.end(), answer.index) == shown.end()) shown.push_back(answer.index);
        }
    };
    add(prediction.answer());
    for (const FormAnswer& form : prediction.forms) add(form);
    return shown;
}

std::string timesText(const Prediction& prediction) {
    if (prediction.forms.size() == 1) return fmt::format("{:.2f} ms", prediction.answer().milliseconds);
    std::string text;
    for (const FormAnswer& form : prediction.forms) {
        text += fmt::format("{}{} {:.2f} ms", text.empty() ? "" : ", ", variantName(form.variant), form.milliseconds);
    }
    return text;
}

std::string tableText(const Prediction& prediction, const std::vector<std::string>& classes) {
    const bool isAlone = prediction.forms.size() == 1;
    std::vector<Table::Column> columns{{"  class"}};
    std::vector<std::vector<double>> probabilities;
    for (const FormAnswer& form : prediction.forms) {
        columns.push_back({isAlone ? "probability" : variantName(form.variant), Table::Align::kRight});
        softmax(form.logits, probabilities.emplace_back(form.logits.size()));
    }
    Table table(columns);
    for (const int k : classesToShow(prediction)) {
        const std::size_t at = static_cast<std::size_t>(k);
        std::vector<std::string> cells{"  " + classes[at]};
        for (const std::vector<double>& form : probabilities) cells.push_back(percent(form[at]));
        table.row(std::move(cells));
    }
    return table.text();
}

}  // namespace

Json answerJson(const AnsweredPicture& picture) {
    const Prediction& prediction = picture.prediction;
    Json json{{"file", picture.file.string()},       {"height", prediction.height},
              {"width", prediction.width},           {"milliseconds", prediction.answer().milliseconds},
              {"top", topJson(prediction.answer())}, {"margin", prediction.answer().margin()}};
    if (prediction.forms.size() > 1) {
        Json forms = Json::array();
        for (const FormAnswer& form : prediction.forms) {
            forms.push_back(
                {{"variant", variantName(form.variant)}, {"milliseconds", form.milliseconds}, {"top", topJson(form)}});
        }
        json["forms"] = std::move(forms);
        json["agree"] = prediction.agree();
    }
    if (!picture.truth.empty()) json["truth"] = picture.truth;
    if (!picture.activation.empty()) json["cam"] = picture.activation;
    return json;
}

std::string answerText(const AnsweredPicture& picture, const std::vector<std::string>& classes) {
    const Prediction& prediction = picture.prediction;
    std::string text = fmt::format("{}  ({} x {} pixels, {})\n", picture.file.string(), prediction.width,
                                   prediction.height, timesText(prediction));
    text += tableText(prediction, classes);
    if (prediction.forms.size() > 1) {
        text += prediction.agree()
                    ? fmt::format("  both forms say {}\n", prediction.answer().best().name)
                    : fmt::format("  the forms disagree: dense says {}, condensed says {}\n",
                                  prediction.forms.front().best().name, prediction.forms.back().best().name);
    }
    if (!picture.truth.empty() && picture.truth != prediction.answer().best().name) {
        text += fmt::format("  wrong: its folder says {}\n", picture.truth);
    }
    return text;
}

Json statisticsJson(const AnswerStatistics& statistics, const std::vector<std::string>& classes) {
    Json ofClasses = Json::array(), reliability = Json::array();
    for (std::size_t k = 0; k < classes.size(); ++k) {
        const int pictures = statistics.classPictures[k], right = statistics.classRight[k];
        ofClasses.push_back({{"name", classes[k]},
                             {"pictures", pictures},
                             {"right", right},
                             {"accuracy", pictures == 0 ? Json() : Json(static_cast<double>(right) / pictures)}});
    }
    for (const ReliabilityBin& bin : statistics.reliability) {
        reliability.push_back({{"low", bin.low},
                               {"high", bin.high},
                               {"pictures", bin.pictures},
                               {"confidence", bin.confidence},
                               {"accuracy", bin.accuracy}});
    }
    return {{"judged", statistics.judged},       {"right", statistics.right},
            {"accuracy", statistics.accuracy()}, {"calibration_error", statistics.calibrationError},
            {"confusion", statistics.confusion}, {"classes", ofClasses},
            {"reliability", reliability}};
}

std::string statisticsText(const AnswerStatistics& statistics) {
    return fmt::format("{} of {} pictures right: {}, expected calibration error {}\n", statistics.right,
                       statistics.judged, percent(statistics.accuracy()), percent(statistics.calibrationError));
}

}  // namespace condenser::cli
