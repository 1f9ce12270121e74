// GIF pictures. With gif_encoder the only door to giflib.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "base/result.h"
#include "data/preprocess.h"

namespace condenser {

// The first frame, on the whole screen: what it leaves free, and what is transparent in it, is white. The size is that
// of readImageHeader (image_header.h), whose limits the caller holds. A first frame that is cut short or damaged is an
// error; what comes behind it is not looked at. `name` is for messages.
Result<Picture> decodeGif(std::span<const std::byte> bytes, const std::string& name);

}  // namespace condenser
