#include "cli/worker_processes.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <system_error>

#include "cli/frame.h"

extern char** environ;

namespace condenser::cli {
namespace {

constexpr const char* kProgram = "/proc/self/exe";  // also where the file has been replaced meanwhile
constexpr const char* kVariable = "CONDENSER_EXPERIMENT_WORKER";

tl::unexpected<Error> refused(int error) {
    return fail(ErrorCode::kUnsupported, "cannot start a further process", kProgram,
                std::generic_category().message(error), "leave out --processes");
}

// What this process was called with.
std::vector<std::string> ownArguments() {
    std::ifstream file("/proc/self/cmdline", std::ios::binary);
    const std::string all{std::istreambuf_iterator<char>(file), {}};
    std::vector<std::string> arguments;
    for (std::size_t at = 0; at < all.size(); at += arguments.back().size() + 1) arguments.emplace_back(&all[at]);
    return arguments;
}

std::vector<char*> pointersTo(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (std::string& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

}  // namespace

bool isWorkerProcess() {
    return std::getenv(kVariable) != nullptr;
}

WorkerProcesses::~WorkerProcesses() {
    interrupt();
    wait();
}

Result<> WorkerProcesses::start(int count) {
    std::vector<std::string> arguments = ownArguments();
    if (arguments.empty()) return refused(ENOENT);
    if (std::ranges::find(arguments, "--quiet") == arguments.end()) arguments.emplace_back("--quiet");
    std::vector<std::string> variables;
    for (char** variable = environ; *variable != nullptr; ++variable) variables.emplace_back(*variable);
    variables.push_back(std::string(kVariable) + "=1");
    const std::vector<char*> argv = pointersTo(arguments), environment = pointersTo(variables);
    const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere < 0) return refused(errno);
    const pid_t parent = ::getpid();

    Result<> result;
    const std::lock_guard lock(m_mutex);
    for (int i = 0; i < count && !m_interrupted; ++i) {
        const pid_t process = ::fork();
        if (process < 0) {
            result = refused(errno);
            break;
        }
        if (process == 0) {  // only calls that are async-signal-safe: other threads may have held locks
            ::setpgid(0, 0);
            ::prctl(PR_SET_PDEATHSIG, SIGINT);
            if (::getppid() != parent) ::_exit(kInterrupted);
            ::dup2(nowhere, STDOUT_FILENO);
            ::execve(kProgram, argv.data(), environment.data());
            ::_exit(127);
        }
        m_processes.push_back(process);
    }
    ::close(nowhere);
    return result;
}

void WorkerProcesses::interrupt() {
    const std::lock_guard lock(m_mutex);
    if (m_interrupted) return;
    m_interrupted = true;
    for (const pid_t process : m_processes) ::kill(process, SIGINT);
}

std::vector<std::string> WorkerProcesses::reap(int flags) {
    std::vector<pid_t> processes;
    {
        const std::lock_guard lock(m_mutex);
        processes = m_processes;
    }
    std::vector<std::string> failures;
    for (const pid_t process : processes) {
        siginfo_t info{};
        while (::waitid(P_PID, static_cast<id_t>(process), &info, WEXITED | WNOWAIT | flags) != 0 && errno == EINTR) {
        }
        if (info.si_pid == 0) continue;  // still at work
        // Its number is free for others once it is collected: not while interrupt() may use it.
        const std::lock_guard lock(m_mutex);
        int status = 0;
        ::waitpid(process, &status, 0);
        std::erase(m_processes, process);
        if (WIFSIGNALED(status)) {
            failures.push_back(fmt::format("process {} was ended by signal {} ({})", process, WTERMSIG(status),
                                           ::strsignal(WTERMSIG(status))));
        } else if (WEXITSTATUS(status) != kDone && !m_interrupted) {
            failures.push_back(fmt::format("process {} ended with status {}", process, WEXITSTATUS(status)));
        }
    }
    return failures;
}

std::vector<std::string> WorkerProcesses::failures() {
    return reap(WNOHANG);
}

std::vector<std::string> WorkerProcesses::wait() {
    return reap(0);
}

}  // namespace condenser::cli
