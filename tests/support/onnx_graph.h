// ONNX files as tests look at them: parsed without the code that wrote them, and evaluated by plain loops in double.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tensor/state_dict.h"

namespace condenser::test {

// An input or output of the graph; dimensions without a number have their name: {"N", "3", "16", "16"}.
struct OnnxValue {
    std::string name;
    DType dtype = DType::kF32;
    std::vector<std::string> shape;
};

struct OnnxNode {
    std::string op, domain, name;
    std::vector<std::string> inputs, outputs;
    std::map<std::string, std::vector<std::int64_t>> integers;  // attributes; a single one is a list of one
    std::map<std::string, float> reals;

    std::int64_t integer(const std::string& attribute, std::int64_t otherwise) const;
};

struct OnnxGraph {
    std::int64_t irVersion = 0;
    std::map<std::string, std::int64_t> opsets;  // by domain
    std::map<std::string, std::string> metadata;
    std::vector<OnnxValue> inputs, outputs;
    std::vector<OnnxNode> nodes;
    StateDict initializers;

    std::map<std::string, int> counts() const;  // of operators
};

// Throws std::runtime_error where the bytes are no model, or hold what these tests do not know.
OnnxGraph parseOnnx(const std::string& bytes);

// What ONNX's checker and its strict shape inference say of a file; empty: nothing.
std::string onnxComplaint(const std::string& bytes);

// The first output for `input` as the first input: Conv, Gather on an axis, BatchNormalization, Relu, Reshape,
// Transpose, Concat on channels, AveragePool, GlobalAveragePool, Flatten, Gemm, Cast to float, Sub, Div. Throws
// std::runtime_error at anything else, and at shapes that do not fit.
struct OnnxAnswer {
    std::vector<std::int64_t> shape;
    std::vector<double> values;
};
OnnxAnswer evaluateOnnx(const OnnxGraph& graph, const StoredTensor& input);

}  // namespace condenser::test
