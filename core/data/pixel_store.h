// Where the pixels of a data set are kept: in memory while that suffices, else in a file without a name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"

namespace condenser {

// Only ever grows. The file is mapped, so that the kernel fetches and drops its pages as memory allows; it vanishes
// with the store, however the program ends.
class PixelStore {
  public:
    PixelStore();  // has room for nothing
    ~PixelStore();
    PixelStore(PixelStore&& other) noexcept;
    PixelStore& operator=(PixelStore&& other) noexcept;

    // Room for `most` bytes. Where they are more than `memoryLimit` they go to a file in userCacheFolder(), in which
    // `least` bytes, those that are sure to be needed, are reserved at once. `data` is for messages.
    static Result<PixelStore> make(const std::string& data, std::uint64_t least, std::uint64_t most,
                                   std::uint64_t memoryLimit);

    // `bytes` behind those taken before: where they begin. May be called from any thread. `most` may not be passed;
    // an error where the disk is full.
    Result<std::size_t> take(std::size_t bytes);

    std::uint8_t* at(std::size_t offset);
    const std::uint8_t* at(std::size_t offset) const;
    bool inFile() const;

    // All is written; from now on it is read here and there.
    void settle();
    // These bytes will be read soon. Nothing where they are in memory.
    void fetch(std::size_t offset, std::size_t bytes) const;

  private:
    struct Room;
    std::unique_ptr<Room> m_room;
};

// Bytes that pictures may take in memory: half of what is free now, so that the network has the other; the largest
// number where the system does not say.
std::uint64_t memoryForPictures();

}  // namespace condenser
