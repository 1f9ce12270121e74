#include "exchange/onnx_file.h"

#include <fmt/format.h>
#include <onnx/checker.h>
#include <onnx/onnx_pb.h>
#include <onnx/shape_inference/implementation.h>

#include <array>
#include <bit>
#include <cstdint>
#include <exception>
#include <initializer_list>
#include <new>
#include <span>
#include <utility>
#include <vector>

#include "base/check.h"
#include "io/json.h"
#include "io/model_fields.h"
#include "network/layer_names.h"

namespace condenser {
namespace {

static_assert(std::endian::native == std::endian::little);  // raw_data is, and so are our tensors

constexpr const char* kWhat = "cannot export the network";
constexpr const char* kInput = "input";
constexpr const char* kOutput = "output";
constexpr float kNormEpsilon = 1e-5f;

using Names = std::initializer_list<std::string>;

onnx::AttributeProto& addAttribute(onnx::NodeProto& node, const char* name, onnx::AttributeProto::AttributeType type) {
    onnx::AttributeProto& attribute = *node.add_attribute();
    attribute.set_name(name);
    attribute.set_type(type);
    return attribute;
}

void setAttribute(onnx::NodeProto& node, const char* name, std::int64_t value) {
    addAttribute(node, name, onnx::AttributeProto::INT).set_i(value);
}

void setAttribute(onnx::NodeProto& node, const char* name, float value) {
    addAttribute(node, name, onnx::AttributeProto::FLOAT).set_f(value);
}

void setAttribute(onnx::NodeProto& node, const char* name, std::initializer_list<std::int64_t> values) {
    onnx::AttributeProto& attribute = addAttribute(node, name, onnx::AttributeProto::INTS);
    for (const std::int64_t value : values) attribute.add_ints(value);
}

// [N, dims...]
void describe(onnx::ValueInfoProto& value, const char* name, const char* meaning, onnx::TensorProto::DataType type,
              std::initializer_list<std::int64_t> dims) {
    value.set_name(name);
    value.set_doc_string(meaning);
    onnx::TypeProto::Tensor& tensor = *value.mutable_type()->mutable_tensor_type();
    tensor.set_elem_type(type);
    tensor.mutable_shape()->add_dim()->set_dim_param("N");
    for (const std::int64_t dim : dims) tensor.mutable_shape()->add_dim()->set_dim_value(dim);
}

// Builds the graph from front to back. Every node is named after the one value that it makes; the functions that add
// nodes return that name.
class GraphWriter {
  public:
    GraphWriter(const ModelFile& model, OnnxInput input, std::size_t limit, onnx::GraphProto& graph)
        : m_model(model), m_input(input), m_limit(limit), m_graph(graph) {}

    // False: the weights have more than `limit` bytes, and the graph is not whole.
    bool write();

  private:
    onnx::NodeProto& add(const char* op, const std::string& name, Names inputs);

    // An initialiser; returns its name.
    std::string constant(const std::string& name, onnx::TensorProto::DataType type, std::span<const std::int64_t> shape,
                         std::span<const std::byte> bytes);
    std::string integers(const std::string& name, const std::vector<std::int64_t>& values);
    std::string perChannel(const std::string& name, const std::array<float, 3>& values);
    // The tensor of this name in the state dict as an initialiser.
    std::string stored(const std::string& name);
    const StoredTensor& tensor(const std::string& name) const;

    std::string normalised();
    std::string gather(const std::string& x, const std::string& layer);
    std::string normRelu(const std::string& x, const std::string& norm);
    std::string conv(const std::string& x, const std::string& layer, const std::string& weight, int groups, int kernel,
                     int stride = 1);
    std::string maskedWeight(const std::string& layer);
    std::string learnedConv(const std::string& features, const std::string& layer, int block);
    std::string shuffle(const std::string& x, const std::string& layer, int block);
    std::string denseLayer(const std::string& features, const std::string& layer, int block);
    void classifier(const std::string& features);

    bool condensed() const { return m_model.variant == Variant::kCondensed; }

    const ModelFile& m_model;
    OnnxInput m_input;
    std::size_t m_limit, m_bytes = 0;
    onnx::GraphProto& m_graph;
};

onnx::NodeProto& GraphWriter::add(const char* op, const std::string& name, Names inputs) {
    onnx::NodeProto& node = *m_graph.add_node();
    node.set_op_type(op);
    node.set_name(name);
    for (const std::string& input : inputs) node.add_input(input);
    node.add_output(name);
    return node;
}

std::string GraphWriter::constant(const std::string& name, onnx::TensorProto::DataType type,
                                  std::span<const std::int64_t> shape, std::span<const std::byte> bytes) {
    m_bytes += bytes.size();
    if (m_bytes > m_limit) return name;
    onnx::TensorProto& made = *m_graph.add_initializer();
    made.set_name(name);
    made.set_data_type(type);
    for (const std::int64_t dim : shape) made.add_dims(dim);
    made.set_raw_data(bytes.data(), bytes.size());
    return name;
}

std::string GraphWriter::integers(const std::string& name, const std::vector<std::int64_t>& values) {
    const std::int64_t count = static_cast<std::int64_t>(values.size());
    return constant(name, onnx::TensorProto::INT64, {&count, 1}, std::as_bytes(std::span(values)));
}

std::string GraphWriter::perChannel(const std::string& name, const std::array<float, 3>& values) {
    const std::int64_t shape[] = {1, 3, 1, 1};
    return constant(name, onnx::TensorProto::FLOAT, shape, std::as_bytes(std::span(values)));
}

const StoredTensor& GraphWriter::tensor(const std::string& name) const {
    const auto found = m_model.tensors.find(name);
    CORE_CHECK(found != m_model.tensors.end());
    return found->second;
}

std::string GraphWriter::stored(const std::string& name) {
    const StoredTensor& found = tensor(name);
    CORE_CHECK(found.dtype == DType::kF32 || found.dtype == DType::kI64);
    return constant(name, found.dtype == DType::kF32 ? onnx::TensorProto::FLOAT : onnx::TensorProto::INT64, found.shape,
                    found.bytes);
}

// (byte / 255 - mean) / std in two operations.
std::string GraphWriter::normalised() {
    const NetworkSpec& spec = m_model.spec;
    const bool bytes = m_input == OnnxInput::kBytes;
    describe(*m_graph.add_input(), kInput,
             bytes ? "RGB pictures, 0 to 255" : "RGB pictures, (pixel / 255 - mean) / std per channel",
             bytes ? onnx::TensorProto::UINT8 : onnx::TensorProto::FLOAT, {3, spec.height, spec.width});
    if (!bytes) return kInput;
    std::array<float, 3> mean{}, deviation{};
    for (std::size_t c = 0; c < 3; ++c) {
        mean[c] = static_cast<float>(255.0 * static_cast<double>(m_model.preprocess.mean[c]));
        deviation[c] = static_cast<float>(255.0 * static_cast<double>(m_model.preprocess.std[c]));
    }
    setAttribute(add("Cast", "input.float", {kInput}), "to", std::int64_t{onnx::TensorProto::FLOAT});
    add("Sub", "input.centred", {"input.float", perChannel("input.mean", mean)});
    add("Div", "input.normalised", {"input.centred", perChannel("input.std", deviation)});
    return "input.normalised";
}

std::string GraphWriter::gather(const std::string& x, const std::string& layer) {
    const std::string name = layer + ".gather";
    setAttribute(add("Gather", name, {x, stored(layer + ".index")}), "axis", std::int64_t{1});
    return name;
}

std::string GraphWriter::normRelu(const std::string& x, const std::string& norm) {
    const std::string name = norm + ".relu";
    setAttribute(add("BatchNormalization", norm,
                     {x, stored(norm + ".weight"), stored(norm + ".bias"), stored(norm + ".running_mean"),
                      stored(norm + ".running_var")}),
                 "epsilon", kNormEpsilon);
    add("Relu", name, {norm});
    return name;
}

std::string GraphWriter::conv(const std::string& x, const std::string& layer, const std::string& weight, int groups,
                              int kernel, int stride) {
    onnx::NodeProto& node = add("Conv", layer, {x, weight});
    const std::int64_t padding = kernel / 2;
    setAttribute(node, "group", std::int64_t{groups});
    setAttribute(node, "kernel_shape", {kernel, kernel});
    setAttribute(node, "pads", {padding, padding, padding, padding});
    setAttribute(node, "strides", {stride, stride});
    return layer;
}

// Dropped weights of a reference training go on living behind their mask.
std::string GraphWriter::maskedWeight(const std::string& layer) {
    const StoredTensor& weight = tensor(layer + ".conv.weight");
    const std::span<const float> whole = weight.floats(), mask = tensor(layer + "._mask").floats();
    CORE_CHECK(whole.size() == mask.size());
    std::vector<float> masked(whole.size());
    for (std::size_t i = 0; i < whole.size(); ++i) masked[i] = whole[i] * mask[i];
    return constant(layer + ".conv.weight", onnx::TensorProto::FLOAT, weight.shape, std::as_bytes(std::span(masked)));
}

// The 1x1 of a layer or of a transition.
std::string GraphWriter::learnedConv(const std::string& features, const std::string& layer, int block) {
    if (!condensed()) {
        return conv(normRelu(features, layer + ".norm"), layer + ".conv", maskedWeight(layer), 1, 1);
    }
    const std::string x = normRelu(gather(features, layer), layer + ".norm");
    return shuffle(conv(x, layer + ".conv", stored(layer + ".conv.weight"), m_model.spec.groups1x1, 1), layer, block);
}

// Channel g * (channels / G) + k becomes channel k * G + g. The 0 of a shape stands for the batch as it comes.
std::string GraphWriter::shuffle(const std::string& x, const std::string& layer, int block) {
    const NetworkSpec& spec = m_model.spec;
    const std::int64_t groups = spec.groups1x1, channels = tensor(layer + ".conv.weight").shape[0],
                       h = spec.mapSize(block, spec.height), w = spec.mapSize(block, spec.width);
    const std::string split = layer + ".split", transposed = layer + ".transposed", joined = layer + ".shuffled";
    add("Reshape", split, {x, integers(split + ".shape", {0, groups, channels / groups, h, w})});
    setAttribute(add("Transpose", transposed, {split}), "perm", {0, 2, 1, 3, 4});
    add("Reshape", joined, {transposed, integers(joined + ".shape", {0, channels, h, w})});
    return joined;
}

std::string GraphWriter::denseLayer(const std::string& features, const std::string& layer, int block) {
    const std::string first = learnedConv(features, layer + ".conv_1", block), second = layer + ".conv_2";
    const std::string made = conv(normRelu(first, second + ".norm"), second + ".conv", stored(second + ".conv.weight"),
                                  m_model.spec.groups3x3, 3);
    setAttribute(add("Concat", layer, {features, made}), "axis", std::int64_t{1});
    return layer;
}

void GraphWriter::classifier(const std::string& features) {
    add("GlobalAveragePool", "features.pool_last", {normRelu(features, "features.norm_last")});
    setAttribute(add("Flatten", "features.flat", {"features.pool_last"}), "axis", std::int64_t{1});
    const bool converted = m_model.tensors.contains("classifier.index");
    const std::string x = converted ? gather("features.flat", "classifier") : "features.flat",
                      linear = converted ? "classifier.linear" : "classifier";
    setAttribute(add("Gemm", kOutput, {x, stored(linear + ".weight"), stored(linear + ".bias")}), "transB",
                 std::int64_t{1});
    describe(*m_graph.add_output(), kOutput, "logits", onnx::TensorProto::FLOAT, {m_model.spec.classes});
}

bool GraphWriter::write() {
    const NetworkSpec& spec = m_model.spec;
    std::string x = normalised();
    x = conv(x, "features.init_conv", stored("features.init_conv.weight"), 1, 3, spec.stemStride);
    for (int b = 0; b < spec.blocks(); ++b) {
        if (b > 0) {
            const std::string name = transitionName(b - 1);
            if (spec.hasTransitions()) x = learnedConv(x, name + ".conv", b - 1);
            onnx::NodeProto& pool = add("AveragePool", name, {x});
            setAttribute(pool, "kernel_shape", {2, 2});
            setAttribute(pool, "strides", {2, 2});
            x = name;
        }
        for (int l = 0; l < spec.stages[static_cast<std::size_t>(b)]; ++l) {
            x = denseLayer(x, denseLayerName(b, l), b);
        }
    }
    classifier(x);
    return m_bytes <= m_limit;
}

void addMetadata(const ModelFile& model, onnx::ModelProto& proto) {
    Json::Object json{{"variant", {std::string(variantName(model.variant))}}};
    putModelFields({model.spec, model.classes, model.preprocess}, json);
    for (const auto& [key, value] : json) {
        onnx::StringStringEntryProto& entry = *proto.add_metadata_props();
        entry.set_key(key);
        entry.set_value(value.text() != nullptr ? *value.text() : jsonText(value));
    }
}

// The checker's message has a line for each level of the graph.
std::string onOneLine(std::string text) {
    for (char& c : text) {
        if (c == '\n') c = ' ';
    }
    return text;
}

}  // namespace

Result<OnnxModel> onnxModel(const ModelFile& model, OnnxInput input, std::size_t limit) {
    const auto tooLarge = [&] {
        return fail(ErrorCode::kTooLarge, kWhat, "",
                    fmt::format("it would have more than {} MB, the most that an ONNX file can have", limit >> 20),
                    "export the condensed form (--variant condensed), or use a smaller network");
    };
    try {
        onnx::ModelProto proto;
        proto.set_ir_version(kOnnxIrVersion);
        proto.set_producer_name("condenser");
        proto.set_producer_version(CONDENSER_VERSION);
        onnx::OperatorSetIdProto& opset = *proto.add_opset_import();
        opset.set_domain("");
        opset.set_version(kOnnxOpset);
        addMetadata(model, proto);
        proto.mutable_graph()->set_name("condensenet");
        GraphWriter writer(model, input, limit, *proto.mutable_graph());
        if (!writer.write() || proto.ByteSizeLong() > limit) return tooLarge();

        onnx::checker::check_model(proto);
        // Strictly; the shapes of all values stay in the file, where viewers show them.
        onnx::shape_inference::InferShapes(proto, onnx::OpSchemaRegistry::Instance(), {true, 1, false});
        if (proto.ByteSizeLong() > limit) return tooLarge();

        OnnxModel made;
        for (const onnx::NodeProto& node : proto.graph().node()) ++made.nodes[node.op_type()];
        const bool serialised = proto.SerializeToString(&made.bytes);
        CORE_CHECK(serialised);
        return made;
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& e) {
        return fail(ErrorCode::kBadData, kWhat, "", "ONNX's own check refuses the graph: " + onOneLine(e.what()));
    }
}

}  // namespace condenser
