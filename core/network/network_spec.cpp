#include "network/network_spec.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <functional>
#include <numeric>
#include <set>

namespace condenser {
namespace {

constexpr const char* kWhat = "cannot use the network spec";
constexpr std::string_view kPrefix = "condensenet:";
constexpr std::string_view kDenseNetPrefix = "densenet:";
constexpr std::string_view kKeys =
    "stages, growth, groups, condense, bottleneck, group3x3, classes, size, stem_stride, compression";

// Far beyond any network that was ever trained, yet small enough that every product below fits 64 bits and that a
// hostile file cannot ask for more memory than a machine has.
constexpr int kMaxBlocks = 16;
constexpr int kMaxLayers = 256;
constexpr int kMaxGrowth = 1024;
constexpr int kMaxGroups = 1024;
constexpr int kMaxCondense = 1024;
constexpr int kMaxBottleneck = 64;
constexpr int kMaxClasses = 100000;
constexpr int kMaxSize = 4096;
constexpr int kMaxStemStride = 2;
constexpr int kMaxChannels = 100000;
constexpr std::int64_t kMaxWeights = 500'000'000;
constexpr int kLargestUnstridedStem = 64;  // pixels

tl::unexpected<Error> broken(std::string where, std::string why, std::string remedy) {
    return fail(ErrorCode::kUsage, kWhat, std::move(where), std::move(why), std::move(remedy));
}

std::string dashed(const std::vector<int>& numbers) {
    return fmt::format("{}", fmt::join(numbers, "-"));
}

// ---- rules ----------------------------------------------------------------------------------------------------------

// A number of a spec with the name that the user knows it by.
struct Number {
    const char* key;
    int low, high;
    int NetworkSpec::*value;
};

constexpr Number kGroups{"groups", 1, kMaxGroups, &NetworkSpec::groups1x1};
constexpr Number kGroup3x3{"group3x3", 1, kMaxGroups, &NetworkSpec::groups3x3};
constexpr Number kCondense{"condense", 1, kMaxCondense, &NetworkSpec::condenseFactor};
constexpr Number kBottleneck{"bottleneck", 1, kMaxBottleneck, &NetworkSpec::bottleneck};
constexpr Number kClasses{"classes", 1, kMaxClasses, &NetworkSpec::classes};
constexpr Number kHeight{"size", 1, kMaxSize, &NetworkSpec::height};
constexpr Number kWidth{"size", 1, kMaxSize, &NetworkSpec::width};
constexpr Number kStemStride{"stem_stride", 1, kMaxStemStride, &NetworkSpec::stemStride};

Result<> checkRange(const char* key, const char* each, int value, int low, int high) {
    if (value >= low && value <= high) return {};
    return broken(fmt::format("{}={}", key, value), fmt::format("{} must be from {} to {}", each, low, high),
                  fmt::format("the nearest legal value is {}", value < low ? low : high));
}

Result<> checkRanges(const NetworkSpec& spec) {
    const auto blocks = spec.stages.size();
    if (blocks < 1 || blocks > kMaxBlocks) {
        return broken("stages", fmt::format("there are {} blocks, and 1 to {} are possible", blocks, kMaxBlocks),
                      "give the layers of each block, as in stages=4-4-4");
    }
    if (spec.growth.size() != blocks) {
        return broken(fmt::format("growth={}", dashed(spec.growth)),
                      fmt::format("there are {} growth numbers for {} blocks (stages={})", spec.growth.size(), blocks,
                                  dashed(spec.stages)),
                      "give one growth number a block");
    }
    for (const int layers : spec.stages) {
        if (auto ok = checkRange("stages", "a block's layers", layers, 1, kMaxLayers); !ok) return ok;
    }
    for (const int growth : spec.growth) {
        if (auto ok = checkRange("growth", "the channels that a layer adds", growth, 1, kMaxGrowth); !ok) return ok;
    }
    for (const Number& number : {kGroups, kGroup3x3, kCondense, kBottleneck, kClasses, kHeight, kWidth, kStemStride}) {
        const std::string each = fmt::format("\"{}\"", number.key);
        if (auto ok = checkRange(number.key, each.c_str(), spec.*number.value, number.low, number.high); !ok) return ok;
    }
    if (!(spec.compression >= 0 && spec.compression <= 1)) {
        return broken(fmt::format("compression={}", spec.compression),
                      "it must be above 0 and at most 1, or 0 for transitions that only pool",
                      "0.5 is that of DenseNet-BC");
    }
    for (int b = 0; b + 1 < spec.blocks(); ++b) {
        if (spec.blockInputs(b + 1) > 0) continue;
        return broken(fmt::format("compression={}", spec.compression),
                      fmt::format("nothing is left of the {} channels of block {}", spec.blockOutputs(b), b + 1),
                      "use a larger compression, which is the share of the channels that is kept");
    }
    return {};
}

// Sizes that the ranges allow one by one, but not all at once. Weights are counted as trained.
Result<> checkTotals(const NetworkSpec& spec) {
    const int channels = spec.blockInputs(spec.blocks());
    std::int64_t weights = std::int64_t{channels} * spec.classes;
    for (int b = 0; b < spec.blocks(); ++b) {
        const auto block = static_cast<std::size_t>(b);
        const std::int64_t middle = std::int64_t{spec.bottleneck} * spec.growth[block];
        for (int l = 0; l < spec.stages[block]; ++l) {
            weights += spec.layerInputs(b, l) * middle + middle * spec.growth[block] * 9 / spec.groups3x3;
        }
        if (spec.hasTransitions() && b + 1 < spec.blocks()) {
            weights += std::int64_t{spec.blockOutputs(b)} * spec.blockInputs(b + 1);
        }
    }
    if (channels > kMaxChannels || weights > kMaxWeights) {
        return fail(ErrorCode::kTooLarge, kWhat,
                    fmt::format("stages={},growth={}", dashed(spec.stages), dashed(spec.growth)),
                    fmt::format("it makes {} channels and {} weights, and at most {} and {} are possible", channels,
                                weights, kMaxChannels, kMaxWeights),
                    "use fewer layers or a smaller growth");
    }
    return {};
}

// The first divisibility rule that block b's growth breaks, in words; empty if none. Layer inputs are sums of what the
// stem (2*growth[0]) or a transition makes and of growths, so that all of them are divisible exactly if each summand
// that is read is.
std::string brokenGrowthRule(const NetworkSpec& spec, int b) {
    const auto block = static_cast<std::size_t>(b);
    const int growth = spec.growth[block];
    const std::string name = fmt::format("block {} with growth {}", b + 1, growth);
    const auto inputsRule = [&](int inputs, const char* source) -> std::string {
        for (const Number& divisor : {kGroups, kCondense}) {
            if (inputs % (spec.*divisor.value) == 0) continue;
            return fmt::format(
                "{}: the inputs of each learned 1x1 convolution must be divisible by {}={}, but {} adds {}", name,
                divisor.key, spec.*divisor.value, source, inputs);
        }
        return {};
    };
    if (b == 0) {
        if (auto rule = inputsRule(spec.stemChannels(), "the stem (2*growth)"); !rule.empty()) return rule;
    }
    if (b > 0 && spec.hasTransitions()) {
        const int made = spec.blockInputs(b);
        if (auto rule = inputsRule(made, "the transition before it"); !rule.empty()) return rule;
        if (made % spec.groups1x1 != 0) {
            return fmt::format("{}: the outputs of the transition before it, {}, must be divisible by groups={}", name,
                               made, spec.groups1x1);
        }
    }
    const bool read = b + 1 < spec.blocks() || spec.stages[block] > 1;  // by a later layer, not the classifier alone
    if (read) {
        if (auto rule = inputsRule(growth, "each layer"); !rule.empty()) return rule;
    }
    if (spec.bottleneck * growth % spec.groups1x1 != 0) {
        return fmt::format(
            "{}: the outputs of a learned 1x1 convolution, bottleneck*growth = {}, must be divisible by "
            "groups={}",
            name, spec.bottleneck * growth, spec.groups1x1);
    }
    // With this the inputs of the 3x3, bottleneck * growth, are divisible too.
    if (growth % spec.groups3x3 != 0) {
        return fmt::format("{}: the outputs of a 3x3 convolution, {}, must be divisible by group3x3={}", name, growth,
                           spec.groups3x3);
    }
    return {};
}

std::string brokenRule(const NetworkSpec& spec) {
    for (int b = 0; b < spec.blocks(); ++b) {
        if (auto rule = brokenGrowthRule(spec, b); !rule.empty()) return rule;
    }
    return {};
}

// "8 or 12": the nearest values below and above `value` within low..high that are legal; empty if there is none.
std::vector<int> nearestLegal(int value, int low, int high, const std::function<bool(int)>& legal) {
    std::vector<int> found;
    for (int v = value - 1; v >= low && found.empty(); --v) {
        if (legal(v)) found.push_back(v);
    }
    for (int v = value + 1; v <= high; ++v) {
        if (legal(v)) {
            found.push_back(v);
            break;
        }
    }
    return found;
}

// The same for a compression, in hundredths; 0, which is a pooling alone, where nothing above it will do.
std::vector<double> nearestCompressions(double value, const std::function<bool(double)>& legal) {
    constexpr double kHundred = 100;
    std::vector<double> found;
    for (int v = static_cast<int>(std::ceil(value * kHundred)) - 1; v >= 0 && found.empty(); --v) {
        if (legal(v / kHundred)) found.push_back(v / kHundred);
    }
    for (int v = static_cast<int>(std::floor(value * kHundred)) + 1; v <= kHundred; ++v) {
        if (legal(v / kHundred)) {
            found.push_back(v / kHundred);
            break;
        }
    }
    return found;
}

// What one key alone could become to make all divisibility rules hold.
std::vector<LegalSpec> divisibleSpecs(const NetworkSpec& spec) {
    std::vector<LegalSpec> found;
    NetworkSpec below = spec, above = spec;
    for (int b = 0; b < spec.blocks(); ++b) {
        if (brokenGrowthRule(spec, b).empty()) continue;
        const auto block = static_cast<std::size_t>(b);
        NetworkSpec trial = spec;
        const std::vector<int> growths = nearestLegal(spec.growth[block], 1, kMaxGrowth, [&](int growth) {
            trial.growth[block] = growth;
            return brokenGrowthRule(trial, b).empty();
        });
        if (growths.empty()) continue;
        below.growth[block] = growths.front();  // above, where there is nothing below
        above.growth[block] = growths.back();
    }
    for (const NetworkSpec& candidate : {below, above}) {
        const std::string text = "growth=" + dashed(candidate.growth);
        const bool known = !found.empty() && found.back().change == text;
        if (brokenRule(candidate).empty() && !known) found.push_back({text, candidate});
    }
    for (const Number& number : {kGroups, kCondense, kGroup3x3, kBottleneck}) {
        NetworkSpec trial = spec;
        const std::vector<int> values = nearestLegal(spec.*number.value, number.low, number.high, [&](int value) {
            trial.*number.value = value;
            return brokenRule(trial).empty();
        });
        for (const int value : values) {
            trial.*number.value = value;
            found.push_back({fmt::format("{}={}", number.key, value), trial});
        }
    }
    if (spec.hasTransitions()) {
        NetworkSpec trial = spec;
        const std::vector<double> values = nearestCompressions(spec.compression, [&](double value) {
            trial.compression = value;
            return checkRanges(trial) && brokenRule(trial).empty();
        });
        for (const double value : values) {
            trial.compression = value;
            found.push_back({fmt::format("compression={}", value), trial});
        }
    }
    return found;
}

// "the nearest legal values are growth=8-16-32, growth=12-16-32 or groups=2".
std::string legalAlternatives(const NetworkSpec& spec) {
    const std::vector<LegalSpec> alternatives = divisibleSpecs(spec);
    if (alternatives.empty()) {
        return spec.hasTransitions() ? "change growth, groups, condense, group3x3 and compression together"
                                     : "change growth, groups, condense and group3x3 together";
    }
    std::string text = "the nearest legal values are " + alternatives.front().change;
    for (std::size_t i = 1; i < alternatives.size(); ++i) {
        text += (i + 1 < alternatives.size() ? ", " : " or ") + alternatives[i].change;
    }
    return text;
}

Result<> checkDivisibility(const NetworkSpec& spec) {
    const std::string rule = brokenRule(spec);
    if (rule.empty()) return {};
    return broken(spec.text(), rule, legalAlternatives(spec));
}

// The least pixels, `pixels` or more, of which something is left for the last block.
int smallestSide(const NetworkSpec& spec, int pixels) {
    while (spec.mapSize(spec.blocks() - 1, pixels) < 1) ++pixels;  // ends: at 2^15 and below, 16 blocks are served
    return pixels;
}

// Every block but the last ends in a 2x2 pooling that drops an odd row or column.
Result<> checkMaps(const NetworkSpec& spec) {
    const int last = spec.blocks() - 1;
    for (const Number& side : {kHeight, kWidth}) {
        const int pixels = spec.*side.value;
        if (spec.mapSize(last, pixels) >= 1) continue;
        const int smallest = smallestSide(spec, pixels);
        int blocks = last;
        while (spec.mapSize(blocks - 1, pixels) < 1) --blocks;
        return broken(fmt::format("size={}x{}", spec.height, spec.width),
                      fmt::format("nothing is left of {} pixels after the stem's stride of {} and {} 2x2 poolings",
                                  pixels, spec.stemStride, last),
                      fmt::format("use at least {} pixels{}, or at most {} blocks", smallest,
                                  smallest > kMaxSize ? " (more than the limit)" : "", blocks));
    }
    return {};
}

// ---- text -----------------------------------------------------------------------------------------------------------

// Decimal digits only, all of `text`.
Result<int> parseNumber(std::string_view key, std::string_view text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) {
        return broken(fmt::format("{}={}", key, text), "a whole number was expected", fmt::format("write {}=4", key));
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
            return broken(fmt::format("size={}", value), "one number or HEIGHTxWIDTH was expected",
                          "write size=32 or size=17x12");
        }
        spec.height = numbers->front();
        spec.width = numbers->back();
        return {};
    }
    if (key == "compression") {
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), spec.compression);
        if (value.empty() || error != std::errc{} || end != value.data() + value.size()) {
            return broken(fmt::format("{}={}", key, value), "a number from 0 to 1 was expected",
                          "write compression=0.5");
        }
        return {};
    }
    for (const Number& number : {kGroups, kGroup3x3, kCondense, kBottleneck, kClasses, kStemStride}) {
        if (key != number.key) continue;
        auto parsed = parseNumber(key, value);
        if (!parsed) return tl::unexpected(parsed.error());
        spec.*number.value = *parsed;
        return {};
    }
    return broken(std::string(key), "there is no such key", fmt::format("the keys are {}", kKeys));
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
            return broken(std::string(setting), "key=value was expected", fmt::format("the keys are {}", kKeys));
        }
        const std::string_view key = setting.substr(0, equals);
        if (!seen.insert(key).second) return broken(std::string(key), "it is given twice", "give each key once");
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

Result<> validateSpec(const NetworkSpec& spec) {
    for (const auto check : {checkRanges, checkTotals, checkDivisibility, checkMaps}) {
        if (auto ok = check(spec); !ok) return ok;
    }
    return {};
}

std::vector<LegalSpec> nearestLegalSpecs(const NetworkSpec& spec) {
    if (!checkRanges(spec) || !checkTotals(spec)) return {};
    if (!checkDivisibility(spec)) {
        std::vector<LegalSpec> found = divisibleSpecs(spec);
        std::erase_if(found, [](const LegalSpec& each) { return !validateSpec(each.spec); });
        return found;
    }
    if (checkMaps(spec)) return {};
    NetworkSpec larger = spec;
    larger.height = smallestSide(spec, spec.height);
    larger.width = smallestSide(spec, spec.width);
    if (!validateSpec(larger)) return {};
    const bool square = larger.height == larger.width;
    return {{square ? fmt::format("size={}", larger.height) : fmt::format("size={}x{}", larger.height, larger.width),
             larger}};
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
