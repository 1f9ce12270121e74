#include "network/state_reader.h"

#include <algorithm>

namespace condenser {
namespace {

// The first few of a list of complaints, and how many more there are.
std::string joined(const std::vector<std::string>& complaints) {
    constexpr std::size_t kShown = 5;
    std::string text;
    for (std::size_t i = 0; i < std::min(kShown, complaints.size()); ++i) text += (i > 0 ? "; " : "") + complaints[i];
    if (complaints.size() > kShown) text += "; and " + std::to_string(complaints.size() - kShown) + " more";
    return text;
}

}  // namespace

void StateReader::read(const TensorSlot& slot) {
    m_expected.insert(slot.name);
    const auto found = m_state->find(slot.name);
    if (found == m_state->end()) {
        if (!slot.name.ends_with(".num_batches_tracked")) m_complaints.push_back(slot.name + " is missing");
        return;
    }
    const StoredTensor& tensor = found->second;
    const DType dtype = slot.integers.empty() ? DType::kF32 : DType::kI64;
    if (tensor.dtype != dtype || tensor.shape != slot.shape) {
        m_complaints.push_back(slot.name + " is " + dtypeName(tensor.dtype) + " " + shapeText(tensor.shape) +
                               ", expected " + dtypeName(dtype) + " " + shapeText(slot.shape));
    } else if (slot.integers.empty()) {
        std::copy_n(tensor.floats().begin(), slot.value.size(), slot.value.begin());
    } else {
        std::copy_n(tensor.int64s().begin(), slot.integers.size(), slot.integers.begin());
    }
}

Result<> StateReader::finish(const std::string& remedy) {
    for (const auto& [name, tensor] : *m_state) {
        if (m_expected.count(name) == 0) m_complaints.push_back(name + " is not part of this network");
    }
    if (m_complaints.empty()) return {};
    return fail(ErrorCode::kBadData, "the tensors do not fit the network", "", joined(m_complaints), remedy);
}

}  // namespace condenser
