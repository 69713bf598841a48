// SPDX-License-Identifier: Apache-2.0
// The record of a case, described once: the names and the order of its fields.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

#include "reports/result.h"

namespace qbench {

// Of one field: absent, text (never empty), a whole number, or a figure (always finite).
using Value = std::variant<std::monostate, std::string_view, std::int64_t, std::uint64_t, double>;

struct Field {
  std::string_view name;
  Value (*value)(const Result&);  // views into the result
  // The way back; throws std::invalid_argument for a value that is not of the field's kind.
  void (*set)(Result&, const Value&);
};

std::span<const Field> result_fields();

}  // namespace qbench
