// What commands write, on a disk that is full, in a folder that is read-only, and in one that is not there: one line
// that names the file, the old file as it was, and nothing beside it.
#include <filesystem>

#include "base/atomic_file.h"
#include "cli_test.h"
#include "io/safetensors.h"
#include "support/io_faults.h"
#include "support/io_scratch.h"
#include "support/tiny_data.h"

using namespace condenser;
using namespace condenser::test;

namespace fs = std::filesystem;

namespace {

// A command that writes the file `out` into the folder "disk".
struct Writer {
    const char* out;
    Words words;
};

std::vector<Writer> writers() {
    const auto at = [](const char* name) { return std::string("disk/") + name; };
    return {
        {"condensed", {"condense", "--model", "condensenet-tiny", "--quiet", "--out", at("condensed")}},
        {"logits", {"forward", "--model", kTinySpec, "--in", "x", "--out", at("logits")}},
        {"tensor", {"check", "preprocess", "picture.png", "--size", "32", "--out", at("tensor")}},
        {"gradients", {"check", "gradients", "--model", kTinySpec, "--in", "x", "--out", at("gradients")}},
        {"bars.svg",
         {"bench", "--model", kTinySpec, "--seconds", "0.01", "--threads", "1", "--quiet", "--svg", at("bars.svg")}},
        {"table.csv", {"inspect", "--model", kTinySpec, "--csv", at("table.csv")}},
        {"run",
         {"train", "--data", "folder:data", "--model", kTinySpec, "--epochs", "1", "--quiet", "--out", at("run")}},
        {"shapes", {"data", "make", "shapes10", "--quiet", "--out", at("shapes")}},
    };
}

void makeInputs(Cli& cli) {
    writeTinyFolder(cli.file("data"), 4, 2);
    fs::copy_file(cli.file("data/train/" + shapesClasses()[0] + "/0.png"), cli.file("picture.png"));
    const std::vector<std::int64_t> classes{0, 1};
    StateDict tensors{{"x", StoredTensor::ofFloats({2, 3, 16, 16}, std::vector<float>(2 * 3 * 16 * 16))},
                      {"target", StoredTensor::ofInt64s({2}, classes)}};
    CHECK(writeSafetensors(cli.file("x"), {std::move(tensors), {}}).has_value());
}

// "" where the command has failed as it should.
std::string misbehaviour(const Finished& finished, const Writer& writer) {
    const std::string told =
        writer.out + (": status " + std::to_string(finished.status)) + ": " + finished.out + finished.err;
    // A notice may stand before it: that condensing steps were outstanding.
    if (finished.status != 1 || !finished.out.empty() || finished.err.empty() || finished.err.back() != '\n')
        return told;
    const std::size_t end = finished.err.size() - 1, before = finished.err.rfind('\n', end - 1);
    const std::string line = finished.err.substr(before == std::string::npos ? 0 : before + 1);
    // A data set is made beside its name.
    const bool namesIt = line.find(std::string("disk/") + writer.out) != std::string::npos ||
                         line.find(std::string("disk/.") + writer.out) != std::string::npos;
    return line.starts_with("condenser-cli: cannot ") && namesIt ? "" : told;
}

// But for the fault's own means, and a run's folder, which may hold what was written before it.
std::string leftovers(const fs::path& disk) {
    for (const auto& entry : fs::recursive_directory_iterator(disk)) {
        const std::string name = entry.path().filename();
        if (isTemporaryFile(entry.path()) || name.find("unfinished") != std::string::npos)
            return name + " was left behind";
    }
    return {};
}

// Where a file stood, it still does.
constexpr const char* kOld = "what was here before";
bool isFile(const Writer& writer) {
    return std::string_view(writer.out) != "run" && std::string_view(writer.out) != "shapes";
}

std::string play(Cli& cli, const fs::path& disk) {
    for (const Writer& writer : writers()) {
        if (std::string found = misbehaviour(cli.run(writer.words), writer); !found.empty()) return found;
        if (isFile(writer) && readBytes(disk / writer.out) != kOld) return std::string(writer.out) + " changed";
        if (std::string found = leftovers(disk); !found.empty()) return found;
    }
    return {};
}

void aFullDisk(Cli& cli) {
    makeInputs(cli);
    const fs::path disk = cli.file("disk");
    fs::create_directory(disk);
    const std::string said = playOnSmallDisk(disk, [&]() -> std::string {
        for (const Writer& writer : writers()) {
            if (isFile(writer)) writeBytes(disk / writer.out, kOld);
        }
        for (std::size_t piece = 1 << 16; piece > 0; piece /= 2) {
            while (appendToFile(disk / "filler", std::string(piece, 'x'))) {
                if (fs::file_size(disk / "filler") >= 1 << 20) return "";  // not root: the disk cannot be filled
            }
        }
        if (std::string found = play(cli, disk); !found.empty()) return found;
        // With room again, the same command does it: what a run has left does not stand in its way.
        fs::remove(disk / "filler");
        for (const Writer& writer : writers()) {
            if (std::string_view(writer.out) == "shapes") continue;  // 12 000 pictures
            const Finished finished = cli.run(writer.words);
            if (finished.status != 0) return finished.err;
        }
        return "";
    });
    CHECK_EQUAL(said, "");
}

void aReadOnlyFolder(Cli& cli) {
    makeInputs(cli);
    const fs::path disk = cli.file("disk");
    fs::create_directory(disk);
    for (const Writer& writer : writers()) {
        if (isFile(writer)) writeBytes(disk / writer.out, kOld);
    }
    CHECK_EQUAL(playInReadOnlyFolder(disk, [&] { return play(cli, disk); }), "");
}

void aFolderThatIsNotThere(Cli& cli) {
    makeInputs(cli);
    for (const Writer& writer : writers()) {
        if (isFile(writer)) CHECK_EQUAL(misbehaviour(cli.run(writer.words), writer), "");
        if (isFile(writer)) CHECK(!fs::exists(cli.file("disk")));
    }
    // Runs and data sets make their folders; here they cannot.
    writeBytes(cli.file("disk"), "a file");
    for (const Writer& writer : writers()) CHECK_EQUAL(misbehaviour(cli.run(writer.words), writer), "");
    CHECK_EQUAL(readBytes(cli.file("disk")), "a file");
}

}  // namespace

int main(int argc, char** argv) {
    return runTests(argc, argv,
                    {{"aFullDisk", aFullDisk},
                     {"aReadOnlyFolder", aReadOnlyFolder},
                     {"aFolderThatIsNotThere", aFolderThatIsNotThere}});
}
