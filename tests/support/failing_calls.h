// Makes the n-th call to the system fail, for programs that are linked with the options of `fail_calls` (CMakeLists):
// open for writing, write, fsync, close, rename, ftruncate.
#pragma once

#include <vector>

namespace condenser::test {

enum class Call { kOpen, kWrite, kFsync, kClose, kRename, kTruncate };

struct CallFault {
    int number = 0;        // which call fails, from 1, over those of `calls`
    int error = 0;         // its errno; 0: a write is short, as on a disk that is nearly full
    bool onwards = false;  // and all that come after it
    std::vector<Call> calls = {Call::kOpen, Call::kWrite, Call::kFsync, Call::kClose, Call::kRename, Call::kTruncate};
};

// While it lives, calls of this process are counted, and fail as `fault` says.
class FailingCalls {
  public:
    explicit FailingCalls(const CallFault& fault);
    ~FailingCalls();
    FailingCalls(const FailingCalls&) = delete;
    FailingCalls& operator=(const FailingCalls&) = delete;

    int counted() const;
    bool failed() const;  // whether any call was made to fail
};

}  // namespace condenser::test
