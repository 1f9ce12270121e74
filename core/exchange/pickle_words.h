// The closed list: every name and every opcode that a pickle may hold here. What is not in it is refused.
#pragma once

#include <cstdint>
#include <string_view>

namespace condenser {

// What a name may be used for. Nothing is ever called: a kBuilt value remembers the name and the arguments.
enum class PickleUse { kDict, kFunction, kPlain };

struct PickleName {
    std::string_view name;
    PickleUse use;
};

// All that PyTorch puts into state dicts, optimizers and the few figures beside them.
inline constexpr PickleName kPickleNames[] = {
    {"collections.OrderedDict", PickleUse::kDict},
    {"torch._utils._rebuild_tensor", PickleUse::kFunction},
    {"torch._utils._rebuild_tensor_v2", PickleUse::kFunction},
    {"torch._utils._rebuild_parameter", PickleUse::kFunction},
    {"torch.Size", PickleUse::kFunction},
    {"torch.device", PickleUse::kFunction},
    {"torch.DoubleStorage", PickleUse::kPlain},
    {"torch.FloatStorage", PickleUse::kPlain},
    {"torch.HalfStorage", PickleUse::kPlain},
    {"torch.BFloat16Storage", PickleUse::kPlain},
    {"torch.LongStorage", PickleUse::kPlain},
    {"torch.IntStorage", PickleUse::kPlain},
    {"torch.ShortStorage", PickleUse::kPlain},
    {"torch.CharStorage", PickleUse::kPlain},
    {"torch.ByteStorage", PickleUse::kPlain},
    {"torch.BoolStorage", PickleUse::kPlain},
    {"torch.float64", PickleUse::kPlain},
    {"torch.float32", PickleUse::kPlain},
    {"torch.float16", PickleUse::kPlain},
    {"torch.bfloat16", PickleUse::kPlain},
    {"torch.int64", PickleUse::kPlain},
    {"torch.int32", PickleUse::kPlain},
    {"torch.int16", PickleUse::kPlain},
    {"torch.int8", PickleUse::kPlain},
    {"torch.uint8", PickleUse::kPlain},
    {"torch.bool", PickleUse::kPlain},
    // A figure that came out of NumPy.
    {"numpy.core.multiarray.scalar", PickleUse::kFunction},
    {"numpy._core.multiarray.scalar", PickleUse::kFunction},
    {"numpy.dtype", PickleUse::kFunction},
    {"_codecs.encode", PickleUse::kFunction},
};

// The opcodes that are read, by the names that pickletools gives them.
enum PickleOpcode : std::uint8_t {
    kMark = '(',
    kStop = '.',
    kPop = '0',
    kPopMark = '1',
    kDup = '2',
    kBinFloat = 'G',
    kIntLine = 'I',
    kBinInt = 'J',
    kBinInt1 = 'K',
    kLongLine = 'L',
    kBinInt2 = 'M',
    kNoneOp = 'N',
    kBinPersId = 'Q',
    kReduce = 'R',
    kBinString = 'T',
    kShortBinString = 'U',
    kBinUnicode = 'X',
    kEmptyList = ']',
    kAppend = 'a',
    kBuild = 'b',
    kGlobal = 'c',
    kDictOp = 'd',
    kAppends = 'e',
    kBinGet = 'h',
    kLongBinGet = 'j',
    kListOp = 'l',
    kBinPut = 'q',
    kLongBinPut = 'r',
    kSetItem = 's',
    kTupleOp = 't',
    kSetItems = 'u',
    kEmptyDict = '}',
    kEmptyTuple = ')',
    kProto = 0x80,
    kNewObj = 0x81,
    kTuple1 = 0x85,
    kTuple2 = 0x86,
    kTuple3 = 0x87,
    kNewTrue = 0x88,
    kNewFalse = 0x89,
    kLong1 = 0x8A,
    kLong4 = 0x8B,
    kBinBytes = 'B',
    kShortBinBytes = 'C',
    kShortBinUnicode = 0x8C,
    kBinUnicode8 = 0x8D,
    kBinBytes8 = 0x8E,
    kEmptySet = 0x8F,
    kAddItems = 0x90,
    kFrozenSet = 0x91,
    kStackGlobal = 0x93,
    kMemoize = 0x94,
    kFrame = 0x95
};

}  // namespace condenser
