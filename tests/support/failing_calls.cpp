#include "support/failing_calls.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>

namespace condenser::test {
namespace {

std::atomic<bool> g_on{false}, g_failed{false};
std::atomic<int> g_counted{0};
int g_number = 0, g_error = 0;
bool g_onwards = false;
unsigned g_calls = 0;  // a bit each

// Whether this call is to fail; sets errno.
bool isDue(Call call) {
    if (!g_on || (g_calls >> static_cast<unsigned>(call) & 1) == 0) return false;
    const int number = ++g_counted;
    if (number != g_number && !(g_onwards && number > g_number)) return false;
    g_failed = true;
    errno = g_error;
    return true;
}

}  // namespace

FailingCalls::FailingCalls(const CallFault& fault) {
    g_number = fault.number;
    g_error = fault.error;
    g_onwards = fault.onwards;
    g_calls = 0;
    for (const Call call : fault.calls) g_calls |= 1U << static_cast<unsigned>(call);
    g_counted = 0;
    g_failed = false;
    g_on = true;
}

FailingCalls::~FailingCalls() {
    g_on = false;
}

int FailingCalls::counted() const {
    return g_counted;
}

bool FailingCalls::failed() const {
    return g_failed;
}

}  // namespace condenser::test

// What --wrap of the linker puts in the calls' places.
extern "C" {

using condenser::test::Call;
using condenser::test::isDue;

int __real_open(const char* path, int flags, ...);
ssize_t __real_write(int file, const void* bytes, size_t count);
int __real_fsync(int file);
int __real_close(int file);
int __real_rename(const char* from, const char* to);
int __real_ftruncate(int file, off_t size);

int __wrap_open(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    if ((flags & O_ACCMODE) != O_RDONLY && isDue(Call::kOpen)) return -1;
    return __real_open(path, flags, mode);
}

ssize_t __wrap_write(int file, const void* bytes, size_t count) {
    if (!isDue(Call::kWrite)) return __real_write(file, bytes, count);
    if (errno != 0) return -1;
    return __real_write(file, bytes, count > 1 ? count / 2 : count);
}

int __wrap_fsync(int file) {
    return isDue(Call::kFsync) ? -1 : __real_fsync(file);
}

// As on Linux, a close that fails has closed the file.
int __wrap_close(int file) {
    const bool fails = isDue(Call::kClose);
    const int error = errno, result = __real_close(file);
    if (!fails) return result;
    errno = error;
    return -1;
}

int __wrap_rename(const char* from, const char* to) {
    return isDue(Call::kRename) ? -1 : __real_rename(from, to);
}

int __wrap_ftruncate(int file, off_t size) {
    return isDue(Call::kTruncate) ? -1 : __real_ftruncate(file, size);
}

}  // extern "C"
