#include "support/onnx_graph.h"

#include <onnx/checker.h>
#include <onnx/onnx_pb.h>
#include <onnx/shape_inference/implementation.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <stdexcept>

namespace condenser::test {
namespace {

using Shape = std::vector<std::int64_t>;
using Array = OnnxAnswer;

void require(bool holds, const std::string& what) {
    if (!holds) throw std::runtime_error(what);
}

std::size_t at(std::int64_t i) {
    return static_cast<std::size_t>(i);
}

// Product of dims [first, last).
std::int64_t extent(const Shape& shape, std::size_t first, std::size_t last) {
    return std::accumulate(shape.begin() + static_cast<std::ptrdiff_t>(first),
                           shape.begin() + static_cast<std::ptrdiff_t>(last), std::int64_t{1}, std::multiplies<>());
}

std::int64_t elements(const Shape& shape) {
    return extent(shape, 0, shape.size());
}

Array zeros(Shape shape) {
    const std::size_t count = at(elements(shape));
    return {std::move(shape), std::vector<double>(count)};
}

// ---- parsing --------------------------------------------------------------------------------------------------------

DType dtypeOf(int type) {
    switch (type) {
        case onnx::TensorProto::FLOAT:
            return DType::kF32;
        case onnx::TensorProto::UINT8:
            return DType::kU8;
        case onnx::TensorProto::INT64:
            return DType::kI64;
        default:
            throw std::runtime_error("a tensor of type " + std::to_string(type));
    }
}

StoredTensor tensorOf(const onnx::TensorProto& proto) {
    StoredTensor tensor{dtypeOf(proto.data_type()), {proto.dims().begin(), proto.dims().end()}, {}};
    const auto* raw = reinterpret_cast<const std::byte*>(proto.raw_data().data());
    tensor.bytes.assign(raw, raw + proto.raw_data().size());
    require(tensor.bytes.size() == at(tensor.elements()) * itemSize(tensor.dtype), proto.name() + " has no raw data");
    return tensor;
}

OnnxValue valueOf(const onnx::ValueInfoProto& proto) {
    const onnx::TypeProto::Tensor& tensor = proto.type().tensor_type();
    OnnxValue value{proto.name(), dtypeOf(tensor.elem_type()), {}};
    for (const auto& dim : tensor.shape().dim()) {
        value.shape.push_back(dim.has_dim_value() ? std::to_string(dim.dim_value()) : dim.dim_param());
    }
    return value;
}

OnnxNode nodeOf(const onnx::NodeProto& proto) {
    OnnxNode node{proto.op_type(),
                  proto.domain(),
                  proto.name(),
                  {proto.input().begin(), proto.input().end()},
                  {proto.output().begin(), proto.output().end()},
                  {},
                  {}};
    for (const onnx::AttributeProto& attribute : proto.attribute()) {
        switch (attribute.type()) {
            case onnx::AttributeProto::INT:
                node.integers[attribute.name()] = {attribute.i()};
                break;
            case onnx::AttributeProto::INTS:
                node.integers[attribute.name()] = {attribute.ints().begin(), attribute.ints().end()};
                break;
            case onnx::AttributeProto::FLOAT:
                node.reals[attribute.name()] = attribute.f();
                break;
            default:
                throw std::runtime_error("attribute " + attribute.name());
        }
    }
    return node;
}

onnx::ModelProto protoOf(const std::string& bytes) {
    onnx::ModelProto proto;
    require(proto.ParseFromString(bytes), "this is no ONNX model");
    return proto;
}

// ---- operators ------------------------------------------------------------------------------------------------------

Shape attribute(const OnnxNode& node, const char* name, Shape otherwise) {
    const auto found = node.integers.find(name);
    return found == node.integers.end() ? otherwise : found->second;
}

Array conv(const OnnxNode& node, const Array& x, const Array& w) {
    const std::int64_t groups = node.integer("group", 1), n = x.shape.at(0), c = x.shape.at(1), h = x.shape.at(2),
                       width = x.shape.at(3), outputs = w.shape.at(0), kh = w.shape.at(2), kw = w.shape.at(3);
    const Shape pads = attribute(node, "pads", {0, 0, 0, 0}), strides = attribute(node, "strides", {1, 1});
    require(attribute(node, "kernel_shape", {kh, kw}) == Shape{kh, kw}, "kernel_shape is not the weight's");
    require(c % groups == 0 && outputs % groups == 0 && w.shape.at(1) == c / groups, node.name + ": groups");
    const std::int64_t oh = (h + pads.at(0) + pads.at(2) - kh) / strides.at(0) + 1,
                       ow = (width + pads.at(1) + pads.at(3) - kw) / strides.at(1) + 1, inputs = c / groups;
    Array y = zeros({n, outputs, oh, ow});
    std::size_t next = 0;
    for (std::int64_t image = 0; image < n; ++image) {
        for (std::int64_t o = 0; o < outputs; ++o) {
            const std::int64_t first = o / (outputs / groups) * inputs;
            for (std::int64_t i = 0; i < oh * ow; ++i) {
                const std::int64_t top = i / ow * strides[0] - pads[0], left = i % ow * strides[1] - pads[1];
                double sum = 0;
                for (std::int64_t k = 0; k < inputs * kh * kw; ++k) {
                    const std::int64_t row = top + k / kw % kh, column = left + k % kw, channel = first + k / (kh * kw);
                    if (row < 0 || row >= h || column < 0 || column >= width) continue;
                    sum += w.values[at(o * inputs * kh * kw + k)] *
                           x.values[at(((image * c + channel) * h + row) * width + column)];
                }
                y.values[next++] = sum;
            }
        }
    }
    return y;
}

Array gather(const OnnxNode& node, const Array& x, const Array& index) {
    const std::size_t axis = at(node.integer("axis", 0));
    const std::int64_t outer = extent(x.shape, 0, axis), inner = extent(x.shape, axis + 1, x.shape.size());
    Shape shape = x.shape;
    shape[axis] = elements(index.shape);
    Array y = zeros(shape);
    std::size_t next = 0;
    for (std::int64_t o = 0; o < outer; ++o) {
        for (const double chosen : index.values) {
            const auto channel = static_cast<std::int64_t>(chosen);
            require(channel >= 0 && channel < x.shape[axis], node.name + ": index");
            for (std::int64_t i = 0; i < inner; ++i) {
                y.values[next++] = x.values[at((o * x.shape[axis] + channel) * inner + i)];
            }
        }
    }
    return y;
}

Array batchNorm(const OnnxNode& node, Array x, const Array& scale, const Array& bias, const Array& mean,
                const Array& variance) {
    const auto found = node.reals.find("epsilon");
    const double epsilon = found == node.reals.end() ? 1e-5 : static_cast<double>(found->second);
    const std::size_t channels = at(x.shape.at(1)), inner = at(extent(x.shape, 2, x.shape.size()));
    for (const Array* each : {&scale, &bias, &mean, &variance}) {
        require(each->values.size() == channels, node.name + ": channels");
    }
    for (std::size_t i = 0; i < x.values.size(); ++i) {
        const std::size_t c = i / inner % channels;
        x.values[i] =
            (x.values[i] - mean.values[c]) / std::sqrt(variance.values[c] + epsilon) * scale.values[c] + bias.values[c];
    }
    return x;
}

// 0: the dimension as it is; -1: what is left, once.
Array reshape(const OnnxNode& node, Array x, const Array& wanted) {
    Shape shape;
    std::int64_t known = 1;
    for (std::size_t i = 0; i < wanted.values.size(); ++i) {
        const auto dim = static_cast<std::int64_t>(wanted.values[i]);
        shape.push_back(dim == 0 ? x.shape.at(i) : dim);
        if (dim >= 0) known *= shape.back();
    }
    const auto open = std::find(shape.begin(), shape.end(), -1);
    if (open != shape.end()) *open = elements(x.shape) / known;
    require(elements(shape) == elements(x.shape), node.name + ": elements");
    x.shape = shape;
    return x;
}

Array transpose(const OnnxNode& node, const Array& x) {
    const Shape perm = node.integers.at("perm");
    require(perm.size() == x.shape.size(), node.name + ": perm");
    Shape shape;
    for (const std::int64_t axis : perm) shape.push_back(x.shape.at(at(axis)));
    Array y = zeros(shape);
    for (std::size_t i = 0; i < y.values.size(); ++i) {
        std::int64_t rest = static_cast<std::int64_t>(i), source = 0;
        for (std::size_t d = perm.size(); d-- > 0;) {
            source += rest % shape[d] * extent(x.shape, at(perm[d]) + 1, x.shape.size());
            rest /= shape[d];
        }
        y.values[i] = x.values[at(source)];
    }
    return y;
}

Array concat(const OnnxNode& node, const Array& a, const Array& b) {
    require(node.integer("axis", -1) == 1 && a.shape.at(0) == b.shape.at(0) &&
                extent(a.shape, 2, a.shape.size()) == extent(b.shape, 2, b.shape.size()),
            node.name + ": shapes");
    Shape shape = a.shape;
    shape[1] += b.shape[1];
    Array y{shape, {}};
    for (std::int64_t n = 0; n < shape[0]; ++n) {
        for (const Array* each : {&a, &b}) {
            const std::ptrdiff_t image = extent(each->shape, 1, each->shape.size());
            y.values.insert(y.values.end(), each->values.begin() + n * image, each->values.begin() + (n + 1) * image);
        }
    }
    return y;
}

Array averagePool(const OnnxNode& node, const Array& x) {
    const Shape two{2, 2};
    require(node.integers.at("kernel_shape") == two && node.integers.at("strides") == two &&
                node.integer("ceil_mode", 0) == 0 && attribute(node, "pads", {0, 0, 0, 0}) == Shape(4),
            node.name + ": not 2x2");
    const std::int64_t h = x.shape.at(2), w = x.shape.at(3);
    Array y = zeros({x.shape[0], x.shape[1], h / 2, w / 2});
    std::size_t next = 0;
    for (std::int64_t plane = 0; plane < x.shape[0] * x.shape[1]; ++plane) {
        for (std::int64_t row = 0; row < h / 2; ++row) {
            for (std::int64_t column = 0; column < w / 2; ++column) {
                const std::size_t corner = at((plane * h + 2 * row) * w + 2 * column), below = corner + at(w);
                y.values[next++] =
                    (x.values[corner] + x.values[corner + 1] + x.values[below] + x.values[below + 1]) / 4;
            }
        }
    }
    return y;
}

Array globalAverage(const Array& x) {
    Array y = zeros({x.shape.at(0), x.shape.at(1), 1, 1});
    const std::size_t inner = at(x.shape.at(2) * x.shape.at(3));
    for (std::size_t i = 0; i < x.values.size(); ++i) {
        y.values[i / inner] += x.values[i] / static_cast<double>(inner);
    }
    return y;
}

Array gemm(const OnnxNode& node, const Array& a, const Array& b, const Array& c) {
    require(node.integer("transB", 0) == 1 && node.integer("transA", 0) == 0 && node.reals.empty(),
            node.name + ": not a * b^T + c");
    const std::int64_t rows = a.shape.at(0), inputs = a.shape.at(1), outputs = b.shape.at(0);
    require(b.shape.at(1) == inputs && elements(c.shape) == outputs, node.name + ": shapes");
    Array y = zeros({rows, outputs});
    for (std::int64_t i = 0; i < rows * outputs; ++i) {
        double sum = c.values[at(i % outputs)];
        for (std::int64_t k = 0; k < inputs; ++k) {
            sum += a.values[at(i / outputs * inputs + k)] * b.values[at(i % outputs * inputs + k)];
        }
        y.values[at(i)] = sum;
    }
    return y;
}

// With b of one value a channel.
Array perChannel(const OnnxNode& node, Array a, const Array& b) {
    require(b.shape == Shape{1, a.shape.at(1), 1, 1}, node.name + ": not per channel");
    const std::size_t inner = at(extent(a.shape, 2, a.shape.size()));
    for (std::size_t i = 0; i < a.values.size(); ++i) {
        const double other = b.values[i / inner % b.values.size()];
        a.values[i] = node.op == "Sub" ? a.values[i] - other : a.values[i] / other;
    }
    return a;
}

Array relu(Array x) {
    for (double& value : x.values) value = std::max(value, 0.0);
    return x;
}

Array flatten(const OnnxNode& node, Array x) {
    require(node.integer("axis", 1) == 1, node.name + ": axis");
    x.shape = {x.shape.at(0), extent(x.shape, 1, x.shape.size())};
    return x;
}

Array evaluateNode(const OnnxNode& node, const std::vector<const Array*>& in) {
    const auto input = [&](std::size_t i) -> const Array& { return *in.at(i); };
    if (node.op == "Conv") return conv(node, input(0), input(1));
    if (node.op == "Gather") return gather(node, input(0), input(1));
    if (node.op == "BatchNormalization") {
        return batchNorm(node, input(0), input(1), input(2), input(3), input(4));
    }
    if (node.op == "Relu") return relu(input(0));
    if (node.op == "Reshape") return reshape(node, input(0), input(1));
    if (node.op == "Transpose") return transpose(node, input(0));
    if (node.op == "Concat" && in.size() == 2) return concat(node, input(0), input(1));
    if (node.op == "AveragePool") return averagePool(node, input(0));
    if (node.op == "GlobalAveragePool") return globalAverage(input(0));
    if (node.op == "Flatten") return flatten(node, input(0));
    if (node.op == "Gemm") return gemm(node, input(0), input(1), input(2));
    if (node.op == "Sub" || node.op == "Div") return perChannel(node, input(0), input(1));
    if (node.op == "Cast" && node.integer("to", 0) == onnx::TensorProto::FLOAT) return input(0);
    throw std::runtime_error("operator " + node.op);
}

Array arrayOf(const StoredTensor& tensor) {
    Array array{tensor.shape, {}};
    switch (tensor.dtype) {
        case DType::kF32:
            array.values.assign(tensor.floats().begin(), tensor.floats().end());
            break;
        case DType::kI64:
            for (const std::int64_t value : tensor.int64s()) array.values.push_back(static_cast<double>(value));
            break;
        default:
            array.values.assign(tensor.bytesU8().begin(), tensor.bytesU8().end());
    }
    return array;
}

}  // namespace

std::int64_t OnnxNode::integer(const std::string& attribute, std::int64_t otherwise) const {
    const auto found = integers.find(attribute);
    return found == integers.end() ? otherwise : found->second.at(0);
}

std::map<std::string, int> OnnxGraph::counts() const {
    std::map<std::string, int> counted;
    for (const OnnxNode& node : nodes) ++counted[node.op];
    return counted;
}

OnnxGraph parseOnnx(const std::string& bytes) {
    const onnx::ModelProto proto = protoOf(bytes);
    OnnxGraph graph;
    graph.irVersion = proto.ir_version();
    for (const auto& opset : proto.opset_import()) graph.opsets[opset.domain()] = opset.version();
    for (const auto& entry : proto.metadata_props()) graph.metadata[entry.key()] = entry.value();
    for (const auto& value : proto.graph().input()) graph.inputs.push_back(valueOf(value));
    for (const auto& value : proto.graph().output()) graph.outputs.push_back(valueOf(value));
    for (const auto& node : proto.graph().node()) graph.nodes.push_back(nodeOf(node));
    for (const auto& tensor : proto.graph().initializer()) graph.initializers[tensor.name()] = tensorOf(tensor);
    return graph;
}

std::string onnxComplaint(const std::string& bytes) {
    try {
        onnx::ModelProto proto = protoOf(bytes);
        onnx::checker::check_model(proto);
        onnx::shape_inference::InferShapes(proto, onnx::OpSchemaRegistry::Instance(), {true, 1, false});
        return {};
    } catch (const std::exception& e) {
        return e.what();
    }
}

OnnxAnswer evaluateOnnx(const OnnxGraph& graph, const StoredTensor& input) {
    require(input.dtype == graph.inputs.at(0).dtype, "the input is of another type");
    std::map<std::string, Array> values;
    for (const auto& [name, tensor] : graph.initializers) values[name] = arrayOf(tensor);
    values[graph.inputs.at(0).name] = arrayOf(input);
    for (const OnnxNode& node : graph.nodes) {
        require(node.domain.empty() && node.outputs.size() == 1, node.name + ": domain or outputs");
        std::vector<const Array*> inputs;
        for (const std::string& name : node.inputs) inputs.push_back(&values.at(name));
        values[node.outputs[0]] = evaluateNode(node, inputs);
    }
    return values.at(graph.outputs.at(0).name);
}

}  // namespace condenser::test
