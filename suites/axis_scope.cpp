// SPDX-License-Identifier: Apache-2.0
// Questions about one case that the table of axes asks.
#include "suites/axis_scope.h"

#include "suites/axis_values.h"

namespace qbench {

using enum Made;

bool has_blocks(const Case& c) { return !c.mode->block_sizes.empty(); }
bool has_m(const Case& c) { return c.operation().has_x; }
bool has_adapter(const Case& c) { return c.operation().has_adapter; }
bool has_dtype(const Case& c) { return c.operation().has_dtype; }
bool is_seeded(const Case& c) {
  return c.uses_input() && (c.operation().has_x || !is_fixed(c.input));
}

std::string mode_name(const Case& c) { return std::string(c.mode->name); }
std::string suite_name(const Case& c) { return std::string(c.suite->name); }
std::string input_name(const Case& c) {
  return c.uses_input() ? std::string(name(c.input)) : suite_name(c) + " of real weights";
}

bool generated(const Case& c, Made made) { return made == x || (made == weights && !c.tensor); }
bool makes_weights(const Case&, Made made) { return made == weights; }
bool makes_x(const Case&, Made made) { return made == x; }
bool makes_codes(const Case&, Made made) { return made == codes; }
bool mode_makes(const Case& c, Made made) {
  const bool of_mode = c.input == Input::boundaries || c.input == Input::scales;
  return made == codes || (made == weights && of_mode && !c.tensor);
}
bool dtype_makes(const Case& c, Made made) {
  const bool rounds = c.operation().rounds_weights && c.dtype != Dtype::fp32;
  return made == x || (made == weights && rounds);
}

AxisValue size_of(std::int64_t size) { return size > 0 ? AxisValue{size} : kNone; }
AxisValue block_part(const Case& c) {
  return c.block_size ? AxisValue{block_size_name(c.block_size)} : kNone;
}
AxisValue lora_alpha(const Case& c) {
  return c.rank > 0 ? AxisValue{static_cast<std::int64_t>(reference::kLoraAlpha)} : kNone;
}
AxisValue granularity_of(const Case& c) { return c.block_size < 0 ? block_part(c) : kNone; }
AxisValue model_name(const Case& c) {
  return c.model ? AxisValue{std::string(c.model->name)} : kNone;
}
AxisValue tensor_name(const Case& c) { return c.tensor ? AxisValue{c.tensor->name} : kNone; }
AxisValue slices(const Case& c) {
  return c.tensor && c.tensor->slices > 1 ? AxisValue{c.tensor->slices} : kNone;
}

}  // namespace qbench
