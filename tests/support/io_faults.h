// Disks that fail: scenes are played in a child process, which alone suffers the fault.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

namespace condenser::test {

// A scene tells what went wrong; empty: nothing did.
using Scene = std::function<std::string()>;

// What `scene` says, played in a forked child; or how the child died.
std::string playInChild(const Scene& scene);

// No file of the child may grow beyond `bytes` (RLIMIT_FSIZE, its signal ignored: writes are short, then fail).
std::string playWithFileLimit(unsigned long bytes, const Scene& scene);

// `folder` is an empty disk of 1 MB (a tmpfs that the child alone sees). Only root may mount: elsewhere
// the child's files are limited to 1 MB instead.
std::string playOnSmallDisk(const std::filesystem::path& folder, const Scene& scene);

// Nothing can be made in `folder`, by root neither: it is read-only and the child has no privileges.
std::string playInReadOnlyFolder(const std::filesystem::path& folder, const Scene& scene);

}  // namespace condenser::test
