// How far an experiment is, reckoned in multiply-adds: epochs of its networks cost very different amounts.
#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include "experiment/experiment_folder.h"

namespace condenser {

struct ExperimentProgress;

// Multiply-adds that a training has spent for each of its training pictures after `epochs` (whole or not) of it, from
// its plan alone: connections go as `settings.condensing` says.
double plannedWork(const NetworkSpec& spec, const TrainSettings& settings, double epochs);

// The runs of an experiment as they lie in its folder, whoever trains them.
class ExperimentState {
  public:
    ExperimentState(const ExperimentPlan& plan, const std::filesystem::path& folder);

    // Reads the folders again, but those that were finished before.
    void look();
    // Run `index` of runsOf(), which this process trains, has come so far.
    void setEpochs(std::size_t index, double epochs);

    ExperimentProgress progress() const;

  private:
    struct One {
        PlannedRun run;
        NetworkSpec spec;
        TrainSettings settings;
        double total = 0, epochs = 0;
        bool finished = false, running = false;
    };
    double done() const;

    std::vector<One> m_runs;
    double m_total = 0, m_doneBefore = 0;
    std::chrono::steady_clock::time_point m_start;
};

}  // namespace condenser
