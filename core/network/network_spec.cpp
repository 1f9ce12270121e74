#include "network/network_spec.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "network/spec_numbers.h"

namespace condenser {
namespace {

constexpr std::string_view kPrefix = "condensenet:";
constexpr std::string_view kDenseNetPrefix = "densenet:";
constexpr std::string_view kKeys =
    "stages, growth, groups, condense, bottleneck, group3x3, classes, size, stem_stride, compression";
constexpr int kLargestUnstridedStem = 64;  // pixels

// Decimal digits only, all of `text`.
Result<int> parseNumber(std::string_view key, std::string_view text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) {
        return brokenSpec(fmt::format("{}={}", key, text), "a whole number was expected",
                          fmt::format("write {}=4", key));
    }
    return value;
}

// Numbers with `separator` between them.
Result<std::vector<int>> parseNumbers(std::string_view key, std::string_view text, char separator) {
    std::vector<int> numbers;
    for (;;) {
        const std::size_t end = std::min(text.find(separator), text.size());
        auto number = parseNumber(key, text.substr(0, end));
        if (!number) return tl::unexpected(number.error());
        numbers.push_back(*number);
        if (end == text.size()) return numbers;
        text.remove_prefix(end + 1);
    }
}

// Sets what one "key=value" says.
Result<> applySetting(std::string_view key, std::string_view value, NetworkSpec& spec) {
    if (key == "stages" || key == "growth") {
        auto numbers = parseNumbers(key, value, '-');
        if (!numbers) return tl::unexpected(numbers.error());
        (key == "stages" ? spec.stages : spec.growth) = *numbers;
        return {};
    }
    if (key == "size") {
        auto numbers = parseNumbers(key, value, 'x');
        if (!numbers) return tl::unexpected(numbers.error());
        if (numbers->size() > 2) {
            return brokenSpec(fmt::format("size={}", value), "one number or HEIGHTxWIDTH was expected",
                              "write size=32 or size=17x12");
        }
        spec.height = numbers->front();
        spec.width = numbers->back();
        return {};
    }
    if (key == "compression") {
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), spec.compression);
        if (value.empty() || error != std::errc{} || end != value.data() + value.size()) {
            return brokenSpec(fmt::format("{}={}", key, value), "a number from 0 to 1 was expected",
                              "write compression=0.5");
        }
        return {};
    }
    for (const SpecNumber& number : {kGroups, kGroup3x3, kCondense, kBottleneck, kClasses, kStemStride}) {
        if (key != number.key) continue;
        auto parsed = parseNumber(key, value);
        if (!parsed) return tl::unexpected(parsed.error());
        spec.*number.value = *parsed;
        return {};
    }
    return brokenSpec(std::string(key), "there is no such key", fmt::format("the keys are {}", kKeys));
}

// A DenseNet-BC of 100 layers with growth 12 (arXiv 1608.06993, table 2).
NetworkSpec denseNetDefaults() {
    NetworkSpec spec;
    spec.stages = {16, 16, 16};
    spec.growth = {12, 12, 12};
    spec.groups1x1 = spec.groups3x3 = spec.condenseFactor = 1;
    spec.compression = 0.5;
    return spec;
}

// What follows the prefix; `spec` has the defaults.
Result<NetworkSpec> parseSettings(std::string_view text, NetworkSpec spec) {
    std::set<std::string_view> seen;
    for (bool more = !text.empty(); more;) {
        const std::size_t end = std::min(text.find(','), text.size());
        const std::string_view setting = text.substr(0, end);
        more = end < text.size();
        if (more) text.remove_prefix(end + 1);
        const std::size_t equals = setting.find('=');
        if (equals == std::string_view::npos) {
            return brokenSpec(std::string(setting), "key=value was expected", fmt::format("the keys are {}", kKeys));
        }
        const std::string_view key = setting.substr(0, equals);
        if (!seen.insert(key).second) return brokenSpec(std::string(key), "it is given twice", "give each key once");
        if (auto ok = applySetting(key, setting.substr(equals + 1), spec); !ok) return tl::unexpected(ok.error());
    }
    if (!seen.contains("stem_stride")) {
        spec.stemStride = std::max(spec.height, spec.width) <= kLargestUnstridedStem ? 1 : 2;
    }
    return spec;
}

std::string presetNames() {
    std::vector<std::string> names;
    for (const Preset& preset : networkPresets()) names.emplace_back(preset.name);
    return fmt::format("{}", fmt::join(names, ", "));
}

bool isPreset(std::string_view text) {
    const auto& presets = networkPresets();
    return std::any_of(presets.begin(), presets.end(), [&](const Preset& preset) { return text == preset.name; });
}

// Well-known networks that are not CondenseNets: named here to be refused in words, not as a file that is missing.
bool isOtherNetwork(std::string_view text) {
    return text == "resnet-18" || text == "mobilenet-1.0" || text == "vgg-16";
}

}  // namespace

int NetworkSpec::blockInputs(int block) const {
    int channels = stemChannels();
    for (int b = 0; b < block; ++b) {
        channels += stages[static_cast<std::size_t>(b)] * growth[static_cast<std::size_t>(b)];
        if (hasTransitions() && b + 1 < blocks()) channels = static_cast<int>(channels * compression);
    }
    return channels;
}

int NetworkSpec::blockOutputs(int block) const {
    return layerInputs(block, stages[static_cast<std::size_t>(block)]);
}

int NetworkSpec::layerInputs(int block, int layer) const {
    return blockInputs(block) + layer * growth[static_cast<std::size_t>(block)];
}

int NetworkSpec::mapSize(int block, int pixels) const {
    int size = (pixels - 1) / stemStride + 1;  // 3x3, padding 1
    for (int b = 0; b < block; ++b) size /= 2;
    return size;
}

std::string NetworkSpec::text() const {
    const std::string size = height == width ? fmt::format("{}", height) : fmt::format("{}x{}", height, width);
    return fmt::format(
        "{}stages={},growth={},groups={},condense={},bottleneck={},group3x3={},classes={},size={},stem_stride={}{}",
        kPrefix, dashed(stages), dashed(growth), groups1x1, condenseFactor, bottleneck, groups3x3, classes, size,
        stemStride, hasTransitions() ? fmt::format(",compression={}", compression) : "");
}

Result<NetworkSpec> parseNetworkSpec(std::string_view text) {
    auto spec = parseNetworkNumbers(text);
    if (!spec) return spec;
    if (auto ok = validateSpec(*spec); !ok) return tl::unexpected(ok.error());
    return spec;
}

Result<NetworkSpec> parseNetworkNumbers(std::string_view text) {
    for (const Preset& preset : networkPresets()) {
        if (text == preset.name) return parseNetworkNumbers(preset.text);
    }
    if (isOtherNetwork(text)) {
        return fail(ErrorCode::kUnsupported, "cannot use the network", std::string(text),
                    "inspect, forward and bench take it, all else works on CondenseNets and DenseNets only",
                    fmt::format("the presets are {}", presetNames()));
    }
    if (text.starts_with(kDenseNetPrefix)) {
        return parseSettings(text.substr(kDenseNetPrefix.size()), denseNetDefaults());
    }
    if (!text.starts_with(kPrefix)) {
        return fail(
            ErrorCode::kUsage, "cannot use the network", std::string(text), "it is neither a preset nor a spec",
            fmt::format("the presets are {}; a spec looks like {}stages=4-4-4,growth=8-16-32", presetNames(), kPrefix));
    }
    return parseSettings(text.substr(kPrefix.size()), {});
}

const std::vector<Preset>& networkPresets() {
    static const std::vector<Preset> presets{
        {"condensenet-tiny",
         "condensenet:stages=4-4-4,growth=8-16-32,"
         "groups=4,condense=4,bottleneck=4,group3x3=4,classes=10,size=32,stem_stride=1"},
        {"condensenet-50",
         "condensenet:stages=8-8-8,growth=8-16-32,"
         "groups=4,condense=4,bottleneck=4,group3x3=4,classes=10,size=32,stem_stride=1"},
        {"condensenet-74",
         "condensenet:stages=12-12-12,growth=8-16-32,"
         "groups=4,condense=4,bottleneck=4,group3x3=4,classes=10,size=32,stem_stride=1"},
        {"condensenet-86",
         "condensenet:stages=14-14-14,growth=8-16-32,"
         "groups=4,condense=4,bottleneck=4,group3x3=4,classes=10,size=32,stem_stride=1"},
        {"condensenet-98",
         "condensenet:stages=16-16-16,growth=8-16-32,"
         "groups=4,condense=4,bottleneck=4,group3x3=4,classes=10,size=32,stem_stride=1"},
        {"condensenet-110",
         "condensenet:stages=18-18-18,growth=8-16-32,"
         "groups=4,condense=4,bottleneck=4,group3x3=4,classes=10,size=32,stem_stride=1"},
        {"condensenet-122",
         "condensenet:stages=20-20-20,growth=8-16-32,"
         "groups=4,condense=4,bottleneck=4,group3x3=4,classes=10,size=32,stem_stride=1"},
        {"condensenet-182",
         "condensenet:stages=30-30-30,growth=12-24-48,"
         "groups=4,condense=4,bottleneck=4,group3x3=4,classes=10,size=32,stem_stride=1"},
        {"condensenet-74-g4",
         "condensenet:stages=4-6-8-10-8,growth=8-16-32-64-128,"
         "groups=4,condense=4,bottleneck=4,group3x3=4,classes=1000,size=224,stem_stride=2"},
        {"condensenet-74-g8",
         "condensenet:stages=4-6-8-10-8,growth=8-16-32-64-128,"
         "groups=8,condense=8,bottleneck=4,group3x3=8,classes=1000,size=224,stem_stride=2"},
        {"densenet-100",
         "condensenet:stages=16-16-16,growth=12-12-12,"
         "groups=1,condense=1,bottleneck=4,group3x3=1,classes=10,size=32,stem_stride=1,compression=0.5"},
    };
    return presets;
}

bool looksLikeSpec(std::string_view text) {
    if (isPreset(text) || isOtherNetwork(text) || text.starts_with(kPrefix) || text.starts_with(kDenseNetPrefix)) {
        return true;
    }
    // A preset misspelt; a file's name has a dot or a slash.
    return (text.starts_with("condensenet") || text.starts_with("densenet-")) &&
           text.find_first_of("./\\") == std::string_view::npos;
}

}  // namespace condenser
