// The look of the report: light, dark as the reader's desktop has it, and paper.
#pragma once

#include <cstddef>
#include <string>

namespace condenser::report {

// The content of its <style>. All colours stand here.
extern const char* const kStyleSheet;

// The class of one of many curves: its colour and its dashes. Both begin again after the eighth.
std::string curveClass(std::size_t colour, std::size_t dashes);

}  // namespace condenser::report
