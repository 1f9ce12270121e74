// Runs a fuzz target over files, and over all files of folders, that are given as arguments, and over mutants of each:
// a normal build's stand-in for libFuzzer. A target that finds something aborts; one that takes more than 5 seconds of
// the processor or 256 MB for an input has failed, too. The last line names the culprit.
//   fuzz_NAME [--mutants N] [--write FOLDER] FILE...      N mutants of each file; --write keeps them instead of running
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "mutants.h"
#include "support/io_scratch.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

#if defined(__SANITIZE_ADDRESS__)
// Red zones, shadow and the quarantine of freed memory count, too; everything is slower.
constexpr long kFactor = 4;
#else
constexpr long kFactor = 1;
#endif
constexpr long kMostSeconds = 5 * kFactor, kMostKilobytes = 256 * 1024 * kFactor;

struct Cost {
    double seconds = 0;
    long kilobytes = 0;
};

// A line such as "VmHWM:     1234 kB" of /proc/self/status.
long kilobytesOf(const char* key) {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        if (long kilobytes = 0; word == key && status >> kilobytes) return kilobytes;
    }
    return 0;
}

void tooSlow(int) {
    constexpr char kSaid[] = "it takes too long\n";
    (void)!::write(STDOUT_FILENO, kSaid, sizeof kSaid - 1);
    ::_exit(1);
}

// Of the processor, so that a busy machine makes no difference.
void limitSeconds(long seconds) {
    itimerval timer{};
    timer.it_value.tv_sec = seconds;
    if (::setitimer(ITIMER_PROF, &timer, nullptr) != 0) std::abort();
}

Cost run(const std::string& bytes) {
    // From here on the peak is counted anew. Where the kernel does not let us, it can only seem too large.
    std::ofstream("/proc/self/clear_refs") << "5";
    const long before = kilobytesOf("VmRSS:");
    const std::clock_t start = std::clock();
    limitSeconds(kMostSeconds);
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    limitSeconds(0);
    return {static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC, kilobytesOf("VmHWM:") - before};
}

}  // namespace

int main(int argc, char** argv) {
    namespace fs = std::filesystem;
    std::vector<fs::path> files;
    std::uint64_t mutants = 0;
    fs::path kept;
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--mutants") == 0 && i + 1 < argc) {
            mutants = std::strtoull(argv[++i], nullptr, 10);
        } else if (std::strcmp(argv[i], "--write") == 0 && i + 1 < argc) {
            kept = argv[++i];
        } else if (!fs::is_directory(argv[i])) {
            files.emplace_back(argv[i]);
        } else {
            for (const auto& entry : fs::directory_iterator(argv[i])) files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    std::vector<std::string> seeds;
    for (const auto& file : files) seeds.push_back(condenser::test::readBytes(file));
    std::signal(SIGPROF, tooSlow);

    std::size_t inputs = 0;
    Cost worst;
    for (std::size_t i = 0; i < files.size(); ++i) {
        for (std::uint64_t number = 0; number <= mutants; ++number) {
            const std::string& other = seeds[(i + number) % seeds.size()];
            const std::string bytes = number == 0 ? seeds[i] : condenser::fuzz::mutantOf(seeds[i], other, number);
            const std::string name = files[i].filename().string() + "-" + std::to_string(number);
            ++inputs;
            if (!kept.empty()) {
                condenser::test::writeBytes(kept / name, bytes);
                continue;
            }
            std::printf("%s\n", number == 0 ? files[i].c_str() : name.c_str());
            std::fflush(stdout);  // before it may crash
            const Cost cost = run(bytes);
            worst = {std::max(worst.seconds, cost.seconds), std::max(worst.kilobytes, cost.kilobytes)};
            if (cost.kilobytes > kMostKilobytes) {
                std::printf("it takes %ld MB\n", cost.kilobytes / 1024);
                return 1;
            }
        }
    }
    std::printf("%zu inputs; the worst took %.2f s and %ld MB\n", inputs, worst.seconds, worst.kilobytes / 1024);
    return inputs == 0 ? 1 : 0;
}
