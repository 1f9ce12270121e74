// A folder that appears when it is whole.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace condenser {

// Until then it stands beside its place, under a name of its own that no list shows; it goes with all that is in it
// unless it is moved.
class UnfinishedFolder {
  public:
    // `place` must name something in a folder: no slash at its end.
    explicit UnfinishedFolder(const std::filesystem::path& place);
    ~UnfinishedFolder();
    UnfinishedFolder(const UnfinishedFolder&) = delete;
    UnfinishedFolder& operator=(const UnfinishedFolder&) = delete;

    const std::filesystem::path& path() const { return m_path; }
    // With the folders around it. `what` begins the message: "cannot make the run's folder".
    Result<> make(const char* what) const;
    // Where nothing is, or an empty folder; the folder around it is flushed.
    Result<> moveIntoPlace() const;
    // An error that names the folder, by the name that it was to have: nobody knows it by its passing one.
    Error translated(Error error) const;

  private:
    std::filesystem::path m_place, m_path;
};

}  // namespace condenser
