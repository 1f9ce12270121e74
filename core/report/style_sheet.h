// The look of the report: light, dark as the reader's desktop has it, and paper.
#pragma once

namespace condenser::report {

// The content of its <style>. All colours stand here.
extern const char* const kStyleSheet;

}  // namespace condenser::report
