// The product's condensing and schedules against PyTorch: every case of the groups "condensing" and "schedule".
#include <QtTest>

#include <fmt/format.h>

#include "base/check.h"
#include "condense/condense_step.h"
#include "condense/group_lasso.h"
#include "condense/schedule.h"
#include "ops/reference_condensing.h"
#include "run/training_run.h"
#include "support/golden_test.h"
#include "train/learning_rate.h"

using namespace condenser;
using golden::Check;

namespace {

double lassoOf(LearnedGroupConv& layer, double lambda, CondensingRules rules) {
    std::vector<double> squares;
    return addGroupLasso(layer, lambda, rules, squares);
}

// ---- condensing -----------------------------------------------------------------------------------------------------

LearnedGroupConv layerFor(const Check& check, const StoredTensor& weight) {
    const auto& params = check.which().params;
    return {static_cast<int>(weight.shape[1]), static_cast<int>(weight.shape[0]), params.at("groups"),
            params.at("condense")};
}

void setWeight(LearnedGroupConv& layer, const StoredTensor& weight) {
    const auto values = weight.floats();
    CORE_CHECK(values.size() == layer.conv.weight.size());
    layer.conv.weight.assign(values.begin(), values.end());
}

// [outputs, inputs], as the layer shows it to files.
std::vector<float> maskOf(LearnedGroupConv& layer) {
    std::vector<float> mask;
    layer.visitTensors("", [&](const TensorSlot& slot) {
        if (slot.name == "_mask") mask.assign(slot.value.begin(), slot.value.end());
    });
    return mask;
}

// What conversion keeps: each group's first live inputs.
std::vector<std::int64_t> keptInputs(const LearnedGroupConv& layer) {
    std::vector<std::int64_t> index;
    for (int g = 0; g < layer.groups(); ++g) {
        int kept = 0;
        for (int c = 0; c < layer.inputs() && kept < layer.inputs() / layer.condenseFactor(); ++c) {
            if (!layer.isLive(g, c)) continue;
            index.push_back(c);
            ++kept;
        }
    }
    return index;
}

// One layer through all steps; a "stageS.*" that a case leaves out is not looked at. stage0 is before any drop.
void trajectory(Check& check) {
    const StoredTensor& first = check.tensor(check.has("stage0.weight") ? "stage0.weight" : "stage1.weight");
    LearnedGroupConv layer = layerFor(check, first);
    for (int stage = 0; stage < layer.condenseFactor(); ++stage) {
        const std::string at = fmt::format("stage{}.", stage);
        const auto compare = [&](const char* what, const auto& got) {
            if (check.has(at + what)) check.compare(at + what, got);
        };
        if (check.has(at + "weight")) setWeight(layer, check.tensor(at + "weight"));
        compare("importance", layer.importance());
        std::vector<std::int64_t> dropped;
        for (const auto& inputs : condenseLayer(layer, stage, CondensingRules::kReference)) {
            dropped.insert(dropped.end(), inputs.begin(), inputs.end());
        }
        if (stage > 0) compare("dropped", dropped);
        compare("count", static_cast<double>(layer.droppedPerGroup()));
        compare("stage", static_cast<double>(layer.stage()));
        compare("mask", maskOf(layer));

        std::fill(layer.conv.dWeight.begin(), layer.conv.dWeight.end(), 0.0f);
        compare("lasso", lassoOf(layer, 1.0, CondensingRules::kReference));
        compare("lasso_grad", layer.conv.dWeight);
        const bool any =
            std::any_of(layer.conv.dWeight.begin(), layer.conv.dWeight.end(), [](float d) { return d != 0; });
        const std::uint8_t active = any;
        compare("lasso_active", std::span(&active, 1));
    }
    const auto index = keptInputs(layer);
    check.compare("final.index", index);
    if (check.has("final.conv.weight")) {
        const reference::Array weight(layer.outputs(), layer.inputs(), 1, 1, layer.conv.weight);
        check.compare("final.conv.weight", reference::convertedWeight(weight, index, layer.groups()).values);
    }
    if (check.has("final.live_per_group")) {
        std::vector<std::int64_t> live;
        for (int g = 0; g < layer.groups(); ++g) live.push_back(layer.liveInputs(g));
        check.compare("final.live_per_group", live);
    }
}

// However many steps the progress jumps over, the public reference drops a single portion.
void skippedStage(Check& check) {
    const StoredTensor& weight = check.tensor("in.weight");
    LearnedGroupConv layer = layerFor(check, weight);
    setWeight(layer, weight);
    std::vector<std::int64_t> stages, counts;
    std::vector<float> masks;
    for (const double progress : check.tensor("in.progress").doubles()) {
        condenseLayer(layer, reference::condensingStage(progress, layer.condenseFactor()), CondensingRules::kReference);
        stages.push_back(layer.stage());
        counts.push_back(layer.droppedPerGroup());
        const std::vector<float> mask = maskOf(layer);
        masks.insert(masks.end(), mask.begin(), mask.end());
    }
    check.compare("out.stage", stages);
    check.compare("out.count", counts);
    check.compare("out.mask", masks);
    check.compare("out.index", keptInputs(layer));
}

constexpr golden::Handler kCondensing[] = {
    {"lgc_trajectory", trajectory},
    {"lgc_ties", trajectory},
    {"lgc_zero_columns", trajectory},
    {"lgc_skip_stage", skippedStage},
};

// ---- schedules ------------------------------------------------------------------------------------------------------

// Every iteration of every training that the file lists: the stage before and after, and the same steps as planned
// before a run starts. What is wrong, or nothing.
std::string condensingScheduleProblem(const nlohmann::json& training) {
    const std::int64_t epochs = training.at("epochs"), batches = training.at("batches_per_epoch"),
                       total = epochs * batches;
    const int condense = training.at("condense");
    const auto& advances = training.at("advances");
    const std::string name = fmt::format("{} epochs of {}, C = {}", epochs, batches, condense);
    const auto planned = planCondensing(condense, batches, static_cast<int>(epochs), /*referenceQuirks=*/true);
    if (planned.size() != advances.size()) return name + ": another number of steps is planned";
    std::size_t next = 0;
    int stage = 0;
    for (std::int64_t t = 0; t < total; ++t) {
        const int due = condensingStage(t, total, condense);
        const double progress = static_cast<double>(t) / static_cast<double>(total);
        if (due != reference::condensingStage(progress, condense))
            return fmt::format("{}: integers and doubles part at {}", name, t);
        if (due == stage) continue;
        if (next == advances.size()) return fmt::format("{}: a step too many at {}", name, t);
        const auto& expected = advances[next];
        const bool same = expected.at("t") == t && expected.at("from_stage") == stage &&
                          expected.at("to_stage") == due && expected.at("progress").get<double>() == progress;
        if (!same) return fmt::format("{}: {} to {} at {}, expected {}", name, stage, due, t, expected.dump());
        if (planned[next].step != t || planned[next].stage != due)
            return fmt::format("{}: step {} is planned wrongly", name, next);
        for (int passed = stage + 1; passed <= due; ++passed) {
            if (firstStepOfStage(passed, total, condense) != t)
                return fmt::format("{}: stage {} begins elsewhere", name, passed);
        }
        stage = due;
        ++next;
    }
    if (next != advances.size()) return name + ": a step is missing";
    if (training.at("portions_dropped") != next) return name + ": another number of portions is dropped";
    if (training.at("skips").get<bool>() != (static_cast<int>(next) < condense - 1)) return name + ": whether it skips";
    const double kept = 1 - static_cast<double>(next) / condense;
    if (!planned.empty() && std::abs(planned.back().keptAfter - kept) > 1e-12)
        return name + ": what is kept is planned wrongly";
    return {};
}

constexpr double kRateTolerance = 1e-15;  // as the file's rule says

std::string rateProblem(double lr0, std::int64_t t, std::int64_t total, double expected) {
    const double got = cosineRate(lr0, t, total);
    if (std::abs(got - expected) <= kRateTolerance) return {};
    return fmt::format("step {} of {}: {:.17g}, expected {:.17g}", t, total, got, expected);
}

std::string learningRateProblem(const nlohmann::json& file) {
    const std::int64_t total = file.at("epochs").get<std::int64_t>() * file.at("batches_per_epoch").get<std::int64_t>();
    const auto& rates = file.at("lr");
    if (rates.size() != static_cast<std::size_t>(total)) return "not a rate for each step";
    for (std::int64_t t = 0; t < total; ++t) {
        const double expected = rates[static_cast<std::size_t>(t)];
        if (auto problem = rateProblem(file.at("lr0"), t, total, expected); !problem.empty()) return problem;
    }
    const auto longRun = file.find("t_at_300_epochs_782_batches_lr_0_1");
    if (longRun == file.end()) return {};
    for (const auto& [t, expected] : longRun->items()) {
        if (auto problem = rateProblem(0.1, std::stoll(t), 300 * 782, expected); !problem.empty()) return problem;
    }
    return {};
}

}  // namespace

class GoldenCondensingTest : public QObject {
    Q_OBJECT

  private slots:
    void condensing_data() { golden::addRows("condensing"); }
    void condensing() { golden::runRow(kCondensing); }

    void schedules_data() { golden::addRows("schedule"); }
    void schedules() {
        const golden::Case& which = golden::caseOfRow();
        const auto file = golden::readJson(which.file);
        QVERIFY2(file, file ? "" : file.error().text().c_str());
        std::string problem = "no test knows what to do with this case";
        if (which.nameStartsWith("schedule_condensing")) {
            problem.clear();
            QVERIFY(!file->at("cases").empty());
            for (const auto& training : file->at("cases")) {
                problem = condensingScheduleProblem(training);
                if (!problem.empty()) break;
            }
        } else if (which.nameStartsWith("schedule_lr")) {
            problem = learningRateProblem(*file);
        }
        QVERIFY2(problem.empty(), problem.c_str());
    }
};

QTEST_GUILESS_MAIN(GoldenCondensingTest)
#include "tst_golden_condensing.moc"
