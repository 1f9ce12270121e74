// Animations as GIF files, written frame by frame.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "base/result.h"

namespace condenser {

// Repeats for ever when it is shown. Each frame has a table of colours of its own: up to 256 of them are kept as they
// are, of more the nearest of 256 that were chosen from the frame itself. Holds one frame at a time. The file appears
// when it is whole (atomic_file.h); without a commit() there is none. After an error every later call returns it.
class GifWriter {
  public:
    static constexpr std::int64_t kMostPixels = std::int64_t{1} << 25;  // of a frame

    // Of the whole animation: 1..65535 each, refused by open() otherwise.
    GifWriter(std::filesystem::path file, int width, int height);
    ~GifWriter();
    GifWriter(const GifWriter&) = delete;
    GifWriter& operator=(const GifWriter&) = delete;

    Result<> open();
    // `rgb`: [height, width, 3]. Shown for `delay` hundredths of a second, 1..65535.
    Result<> addFrame(std::span<const std::uint8_t> rgb, int delay);
    Result<> commit();

  private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace condenser
