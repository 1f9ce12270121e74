#include "run/answer_table.h"

#include <fmt/format.h>

#include "base/csv_text.h"

namespace condenser {
namespace {

constexpr const char* kHeading =
    "file,answer,probability,margin,dense_answer,dense_probability,agree,true_class,dense_ms,condensed_ms,problem\n";

std::string milliseconds(const std::optional<double>& time) {
    return time ? fmt::format("{:.4f}", *time) : "";
}

std::string number(const std::optional<double>& value) {
    return value ? fmt::format("{}", *value) : "";
}

// Two cells.
std::string said(const std::optional<AnswerRow::Said>& answer) {
    return answer ? csvCellOf(answer->name) + "," + number(answer->probability) : ",";
}

}  // namespace

AnswerRow answerRow(const std::string& file, const Prediction& prediction, const std::string& truth) {
    AnswerRow row;
    row.file = file;
    row.truth = truth;
    row.answer = {prediction.answer().best().name, prediction.answer().best().probability};
    row.margin = prediction.answer().margin();
    for (const FormAnswer& form : prediction.forms) {
        if (form.variant == Variant::kDense) {
            row.dense = {form.best().name, form.best().probability};
            row.denseMs = form.milliseconds;
        } else {
            row.condensedMs = form.milliseconds;
        }
    }
    if (prediction.forms.size() > 1) row.agree = prediction.agree();
    return row;
}

std::string answerTable(const std::vector<AnswerRow>& rows) {
    std::string text = kHeading;
    for (const AnswerRow& row : rows) {
        text += csvCellOf(row.file) + "," + said(row.answer) + "," + number(row.margin) + "," + said(row.dense) + "," +
                (row.agree ? *row.agree ? "yes" : "no" : "") + "," + csvCellOf(row.truth) + "," +
                milliseconds(row.denseMs) + "," + milliseconds(row.condensedMs) + "," + csvCellOf(row.problem) + "\n";
    }
    return text;
}

}  // namespace condenser
