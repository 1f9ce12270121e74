#include "support/io_faults.h"

#include <linux/capability.h>
#include <linux/securebits.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <exception>

namespace condenser::test {
namespace {

bool limitFiles(unsigned long bytes) {
    const rlimit limit{bytes, bytes};
    return ::signal(SIGXFSZ, SIG_IGN) != SIG_ERR && ::setrlimit(RLIMIT_FSIZE, &limit) == 0;
}

bool mountSmallDisk(const std::filesystem::path& folder) {
    if (::unshare(CLONE_NEWNS) != 0) return false;
    // Without this, the mount would be seen outside of the child.
    if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return false;
    return ::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=1m") == 0;
}

// A program that the child starts must not get them back for being root's.
bool dropPrivileges() {
    if (::geteuid() == 0 && ::prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NOROOT_LOCKED) != 0) return false;
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct none[2]{};
    return ::syscall(SYS_capset, &header, none) == 0;
}

}  // namespace

std::string playInChild(const Scene& scene) {
    int pipe[2];
    if (::pipe(pipe) != 0) return "no pipe";
    const pid_t child = ::fork();
    if (child < 0) return "no child";
    if (child == 0) {
        ::close(pipe[0]);
        std::string said;
        try {
            said = scene();
        } catch (const std::exception& exception) {
            said = std::string("an exception: ") + exception.what();
        }
        const bool told = ::write(pipe[1], said.data(), said.size()) == static_cast<ssize_t>(said.size());
        ::_exit(told ? 0 : 1);
    }
    ::close(pipe[1]);
    std::string said;
    char buffer[512];
    for (ssize_t got = 0; (got = ::read(pipe[0], buffer, sizeof buffer)) > 0;) {
        said.append(buffer, static_cast<std::size_t>(got));
    }
    ::close(pipe[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    return status == 0 ? said : "the child ended with status " + std::to_string(status) + ": " + said;
}

std::string playWithFileLimit(unsigned long bytes, const Scene& scene) {
    return playInChild([&] { return limitFiles(bytes) ? scene() : "no file limit"; });
}

std::string playOnSmallDisk(const std::filesystem::path& folder, const Scene& scene) {
    constexpr unsigned long kDiskBytes = 1 << 20;
    return playInChild([&] { return mountSmallDisk(folder) || limitFiles(kDiskBytes) ? scene() : "no small disk"; });
}

std::string playInReadOnlyFolder(const std::filesystem::path& folder, const Scene& scene) {
    using std::filesystem::perms;
    std::filesystem::permissions(folder, perms::owner_read | perms::owner_exec);
    const std::string said = playInChild([&] { return dropPrivileges() ? scene() : "privileges stay"; });
    std::filesystem::permissions(folder, perms::owner_all);
    return said;
}

}  // namespace condenser::test
