// SPDX-License-Identifier: Apache-2.0
// Which cases the option of an axis makes a difference to, and which inputs of a case depend on its
// value: fields of Axis and of its fields.
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

}  // namespace qbench
