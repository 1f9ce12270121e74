// What makes a spec legal, and what else it could be where it is not.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <numeric>

#include "network/network_spec.h"
#include "network/spec_numbers.h"

namespace condenser {
namespace {

Result<> checkRange(const char* key, const char* each, int value, int low, int high) {
    if (value >= low && value <= high) return {};
    return brokenSpec(fmt::format("{}={}", key, value), fmt::format("{} must be from {} to {}", each, low, high),
                      fmt::format("the nearest legal value is {}", value < low ? low : high));
}

Result<> checkRanges(const NetworkSpec& spec) {
    const auto blocks = spec.stages.size();
    if (blocks < 1 || blocks > kMaxBlocks) {
        return brokenSpec("stages", fmt::format("there are {} blocks, and 1 to {} are possible", blocks, kMaxBlocks),
                          "give the layers of each block, as in stages=4-4-4");
    }
    if (spec.growth.size() != blocks) {
        return brokenSpec(fmt::format("growth={}", dashed(spec.growth)),
                          fmt::format("there are {} growth numbers for {} blocks (stages={})", spec.growth.size(),
                                      blocks, dashed(spec.stages)),
                          "give one growth number a block");
    }
    for (const int layers : spec.stages) {
        if (auto ok = checkRange("stages", "a block's layers", layers, 1, kMaxLayers); !ok) return ok;
    }
    for (const int growth : spec.growth) {
        if (auto ok = checkRange("growth", "the channels that a layer adds", growth, 1, kMaxGrowth); !ok) return ok;
    }
    for (const SpecNumber& number :
         {kGroups, kGroup3x3, kCondense, kBottleneck, kClasses, kHeight, kWidth, kStemStride}) {
        const std::string each = fmt::format("\"{}\"", number.key);
        if (auto ok = checkRange(number.key, each.c_str(), spec.*number.value, number.low, number.high); !ok) return ok;
    }
    if (!(spec.compression >= 0 && spec.compression <= 1)) {
        return brokenSpec(fmt::format("compression={}", spec.compression),
                          "it must be above 0 and at most 1, or 0 for transitions that only pool",
                          "0.5 is that of DenseNet-BC");
    }
    for (int b = 0; b + 1 < spec.blocks(); ++b) {
        if (spec.blockInputs(b + 1) > 0) continue;
        return brokenSpec(fmt::format("compression={}", spec.compression),
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
        return fail(ErrorCode::kTooLarge, kSpecWhat,
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
        for (const SpecNumber& divisor : {kGroups, kCondense}) {
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
    for (const SpecNumber& number : {kGroups, kCondense, kGroup3x3, kBottleneck}) {
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
    return brokenSpec(spec.text(), rule, legalAlternatives(spec));
}

// The least pixels, `pixels` or more, of which something is left for the last block.
int smallestSide(const NetworkSpec& spec, int pixels) {
    while (spec.mapSize(spec.blocks() - 1, pixels) < 1) ++pixels;  // ends: at 2^15 and below, 16 blocks are served
    return pixels;
}

// Every block but the last ends in a 2x2 pooling that drops an odd row or column.
Result<> checkMaps(const NetworkSpec& spec) {
    const int last = spec.blocks() - 1;
    for (const SpecNumber& side : {kHeight, kWidth}) {
        const int pixels = spec.*side.value;
        if (spec.mapSize(last, pixels) >= 1) continue;
        const int smallest = smallestSide(spec, pixels);
        int blocks = last;
        while (spec.mapSize(blocks - 1, pixels) < 1) --blocks;
        return brokenSpec(fmt::format("size={}x{}", spec.height, spec.width),
                          fmt::format("nothing is left of {} pixels after the stem's stride of {} and {} 2x2 poolings",
                                      pixels, spec.stemStride, last),
                          fmt::format("use at least {} pixels{}, or at most {} blocks", smallest,
                                      smallest > kMaxSize ? " (more than the limit)" : "", blocks));
    }
    return {};
}

}  // namespace

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

}  // namespace condenser
