// The map of one place at any moment of its run, as the frames of an animation.
#pragma once

#include "connections/animation_export.h"

namespace condenser {

// Of what the state shows now: run, place, order of the columns, what goes next; the whole map. Null where there is no
// run.
AnimationExport::Frame mapFrames(const ConnectionsState& state, const Theme& theme, const QFont& font);

// For its file: "connections-2.5".
QString mapFramesName(const ConnectionsState& state);

}  // namespace condenser
