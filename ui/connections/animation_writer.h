// The moments of a run as an animation: a GIF, or a folder of numbered pictures.
#pragma once

#include <QFont>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <vector>

#include "connections/connections_source.h"
#include "look/exhibit.h"
#include "look/theme.h"

namespace condenser {

struct AnimationMoment {
    ConnectionsRecordPtr record;
    ModelFilePtr weights;  // null where they were not asked for
};

struct AnimationPlan {
    ConnectionsSourcePtr source;  // a run
    std::vector<int> moments;     // of the source, at least one
    bool weights = false;         // they are needed, and each of the moments keeps them
    // What is seen at a moment; always of the same size. Called in the thread that writes: it holds values alone.
    std::function<Exhibit(const AnimationMoment& moment)> frame;
    Theme theme;  // of the caption below: which moment it is, and where that lies in the run
    QFont font;
    // With .gif: that file. Else a new folder named as it without its suffix, of frame-0001.png and so on.
    std::filesystem::path file;
};

// What was written: the file or the folder. It appears when it is whole; where it ends in an error (kCancelled, if
// `stop` asked for that) nothing is left. `done` is told how many frames there are, in the thread that writes.
Result<std::filesystem::path> writeAnimation(const AnimationPlan& plan, const std::stop_token& stop,
                                             const std::function<void(int frames)>& done);

// For how long each frame of a GIF is seen, in 1/100 s: together about eight seconds, 0.1 to 0.5 s each; those around
// condensing steps half a second, the last one two.
std::vector<int> frameDelays(const ConnectionsSource& source, const std::vector<int>& moments);

}  // namespace condenser
