// SPDX-License-Identifier: Apache-2.0
// Which cases the option of an axis makes a difference to, which inputs of a case depend on its
// value, and values that a case may lack: fields of Axis and of its fields.
#pragma once

#include <string>

#include "suites/axes.h"

namespace qbench {

// --- Cases that an option does not affect, and their names in the message

bool has_blocks(const Case& c);
bool has_m(const Case& c);
bool has_adapter(const Case& c);
bool has_dtype(const Case& c);
bool is_seeded(const Case& c);

std::string mode_name(const Case& c);
std::string suite_name(const Case& c);
std::string input_name(const Case& c);

// --- Inputs that depend on a value

bool generated(const Case& c, Made made);
bool makes_weights(const Case& c, Made made);
bool makes_x(const Case& c, Made made);
bool makes_codes(const Case& c, Made made);
bool mode_makes(const Case& c, Made made);
bool dtype_makes(const Case& c, Made made);

// --- Values, which a case may lack

inline const AxisValue kNone = std::monostate();

AxisValue size_of(std::int64_t size);  // of a positive one
AxisValue block_part(const Case& c);
AxisValue lora_alpha(const Case& c);
AxisValue granularity_of(const Case& c);  // of groups whose size is no number of weights
AxisValue model_name(const Case& c);
AxisValue tensor_name(const Case& c);
AxisValue slices(const Case& c);

}  // namespace qbench
