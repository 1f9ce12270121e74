// Who has the index open: whoever is alone may mend it.
#pragma once

#include <filesystem>

namespace condenser {

// Holds flock on a file, first alone if nobody else has it, then shared. A file system without locks, or a folder that
// may not be written to, gives a lock that is held by nobody: alone() is false.
class IndexLock {
  public:
    explicit IndexLock(const std::filesystem::path& file);
    IndexLock(IndexLock&& other) noexcept;
    IndexLock& operator=(IndexLock&& other) noexcept;
    ~IndexLock();

    bool alone() const { return m_alone; }
    void share();  // lets others in

  private:
    int m_file = -1;
    bool m_alone = false;
};

}  // namespace condenser
