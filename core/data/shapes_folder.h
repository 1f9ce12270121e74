// The built-in data set as picture files.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "data/picture_work.h"

namespace condenser {

// Makes `folder` (absent, or empty) hold shapes10: train/CLASS/00000.png and test/CLASS/00000.png, numbered as
// drawShape numbers them; the bytes are the same on every machine with the same PNG encoder. It is drawn beside its
// place and moved there when whole, so a folder of this name is complete; after an error or a stop nothing is left.
Result<> writeShapesFolder(const std::filesystem::path& folder, const PictureWork& work);

}  // namespace condenser
