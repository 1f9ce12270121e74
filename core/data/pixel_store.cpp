#include "data/pixel_store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <mutex>
#include <new>
#include <system_error>

#include "base/check.h"
#include "base/user_folders.h"

namespace condenser {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWhat = "cannot keep the pictures";
constexpr const char* kRemedy = "use fewer pictures or a network that reads smaller ones, or make room on the disk";
constexpr std::uint64_t kGrowth = std::uint64_t{64} << 20;  // reserved at a time beyond what is sure to be needed

std::string size(double bytes) {
    return bytes < 1e9 ? fmt::format("{:.1f} MB", bytes / 1e6) : fmt::format("{:.1f} GB", bytes / 1e9);
}

// What may be written to the disk of a folder; 0 where it cannot be told.
double freeOnDisk(const fs::path& folder) {
    struct statvfs disk {};
    if (::statvfs(folder.c_str(), &disk) != 0) return 0;
    return static_cast<double>(disk.f_bavail) * static_cast<double>(disk.f_frsize);
}

tl::unexpected<Error> neitherSuffices(const std::string& data, double needed, double memory, const fs::path& folder) {
    return fail(ErrorCode::kTooLarge, kWhat, data,
                fmt::format("they need {}, more than the {} of memory and the {} of disk in {} that are free",
                            size(needed), size(memory), size(freeOnDisk(folder)), folder.string()),
                kRemedy);
}

tl::unexpected<Error> cannotWrite(const fs::path& folder, int error) {
    return fail(ErrorCode::kWrite, kWhat, folder.string(),
                "they do not fit into memory, and no file for them can be made there: " +
                    std::error_code(error, std::generic_category()).message(),
                "make that folder writable, or name another with XDG_CACHE_HOME");
}

// A file that no folder lists.
int makeNamelessFile(const fs::path& folder) {
    const int file = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT)) return file;
    std::string name = (folder / "pixels.XXXXXX").string();  // a file system that does not know them
    const int named = ::mkostemp(name.data(), O_CLOEXEC);
    if (named >= 0) ::unlink(name.c_str());
    return named;
}

int reserve(int file, std::uint64_t from, std::uint64_t to) {
    if (to <= from) return 0;
    if (to > static_cast<std::uint64_t>(std::numeric_limits<off_t>::max())) return EFBIG;
    int error = 0;
    do {
        error = ::posix_fallocate(file, static_cast<off_t>(from), static_cast<off_t>(to - from));
    } while (error == EINTR);
    return error;
}

}  // namespace

struct PixelStore::Room {
    ~Room() {
        if (base != nullptr) ::munmap(base, most);
        if (file >= 0) ::close(file);
    }

    std::string data;
    fs::path folder;
    std::uint64_t memoryLimit = 0;
    std::uint8_t* base = nullptr;
    std::size_t most = 0;
    int file = -1;
    std::mutex mutex;  // of the two below
    std::uint64_t taken = 0, reserved = 0;
};

PixelStore::PixelStore() = default;
PixelStore::~PixelStore() = default;
PixelStore::PixelStore(PixelStore&& other) noexcept = default;
PixelStore& PixelStore::operator=(PixelStore&& other) noexcept = default;

Result<PixelStore> PixelStore::make(const std::string& data, std::uint64_t least, std::uint64_t most,
                                    std::uint64_t memoryLimit) {
    CORE_CHECK(least <= most);
    PixelStore store;
    store.m_room = std::make_unique<Room>();
    Room& room = *store.m_room;
    room.data = data;
    room.most = most;
    room.memoryLimit = memoryLimit;
    if (most == 0) return store;
    if (most > memoryLimit) {
        room.folder = userCacheFolder();
        std::error_code error;
        fs::create_directories(room.folder, error);
        if (error) return cannotWrite(room.folder, error.value());
        const double available = freeOnDisk(room.folder);
        const auto needed = static_cast<double>(least);
        if (available > 0 && needed > available)
            return neitherSuffices(data, needed, static_cast<double>(memoryLimit), room.folder);
        room.file = makeNamelessFile(room.folder);
        if (room.file < 0) return cannotWrite(room.folder, errno);
        if (const int why = reserve(room.file, 0, least); why == ENOSPC || why == EFBIG) {
            return neitherSuffices(data, needed, static_cast<double>(memoryLimit), room.folder);
        } else if (why != 0) {
            return cannotWrite(room.folder, why);
        }
        room.reserved = least;
    }
    // Memory that is never touched costs nothing, and neither do pages behind the end of the file.
    const int flags = room.file >= 0 ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    void* const base = ::mmap(nullptr, most, PROT_READ | PROT_WRITE, flags, room.file, 0);
    if (base == MAP_FAILED) throw std::bad_alloc();
    room.base = static_cast<std::uint8_t*>(base);
    return store;
}

Result<std::size_t> PixelStore::take(std::size_t bytes) {
    Room& room = *m_room;
    const std::lock_guard lock(room.mutex);
    CORE_CHECK(bytes <= room.most - room.taken);
    const std::uint64_t end = room.taken + bytes;
    if (inFile() && end > room.reserved) {
        const std::uint64_t more = std::min<std::uint64_t>(std::max(end, room.reserved + kGrowth), room.most);
        int why = reserve(room.file, room.reserved, more);
        std::uint64_t reserved = more;
        if (why != 0) {  // the last few pictures may still fit
            why = reserve(room.file, room.reserved, end);
            reserved = end;
        }
        if (why == ENOSPC || why == EFBIG) {
            return neitherSuffices(room.data, static_cast<double>(end), static_cast<double>(room.memoryLimit),
                                   room.folder);
        }
        if (why != 0) return cannotWrite(room.folder, why);
        room.reserved = reserved;
    }
    const auto begin = static_cast<std::size_t>(room.taken);
    room.taken = end;
    return begin;
}

std::uint8_t* PixelStore::at(std::size_t offset) {
    return m_room->base + offset;
}

const std::uint8_t* PixelStore::at(std::size_t offset) const {
    return m_room->base + offset;
}

bool PixelStore::inFile() const {
    return m_room && m_room->file >= 0;
}

// Advice only: whether the kernel takes it changes no result.
void PixelStore::settle() {
    if (!inFile() || m_room->base == nullptr) return;
    // What was reserved and not needed goes back to the disk. No page behind the new end is ever touched.
    if (m_room->taken < m_room->reserved && ::ftruncate(m_room->file, static_cast<off_t>(m_room->taken)) == 0) {
        m_room->reserved = m_room->taken;
    }
    (void)::madvise(m_room->base, m_room->most, MADV_DONTNEED);  // of a shared mapping: the file keeps what was written
    (void)::madvise(m_room->base, m_room->most, MADV_RANDOM);    // what lies beside a picture is of no use
}

void PixelStore::fetch(std::size_t offset, std::size_t bytes) const {
    if (!inFile() || bytes == 0) return;
    static const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    const std::size_t begin = offset / page * page;
    (void)::madvise(m_room->base + begin, offset + bytes - begin, MADV_WILLNEED);
}

std::uint64_t memoryForPictures() {
    std::ifstream info("/proc/meminfo");
    std::string word;
    double kilobytes = 0;
    while (info >> word) {
        if (word == "MemAvailable:" && info >> kilobytes) break;
    }
    double available = kilobytes * 1024;
    // A container's own limit, where it has one.
    std::ifstream limitFile("/sys/fs/cgroup/memory.max"), usedFile("/sys/fs/cgroup/memory.current");
    double limit = 0, used = 0;
    if (limitFile >> limit && usedFile >> used) {
        const double left = std::max(1.0, limit - used);
        available = available > 0 ? std::min(available, left) : left;
    }
    if (available <= 0) return std::numeric_limits<std::uint64_t>::max();
    return static_cast<std::uint64_t>(available / 2);
}

}  // namespace condenser
