// SPDX-License-Identifier: Apache-2.0
// The record of a case, described once: the names and the order of its fields.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <variant>

#include "reports/result.h"

namespace qbench {

// Of one field: absent, text (never empty), a whole number, or a figure (always finite).
using Value = std::variant<std::monostate, std::string_view, std::int64_t, std::uint64_t, double>;

// The way in which a field sets cases apart.
enum class Role {
  none,       // it does not: it tells what the case came to
  run,        // cases of a run share it, or it follows from their suite
  suite,      // as a condition, but speedups compare suites of one operation
  condition,  // rows of one section, and of one total, agree on it
  weights,    // rows of one section agree on it, and a total sums over it
  row,        // it tells rows of one section apart; those of one total agree on it
};

struct Field {
  std::string_view name;
  Role role;
  Value (*value)(const Result&);  // views into the result
  // The way back; throws std::invalid_argument for a value that is not of the field's kind.
  void (*set)(Result&, const Value&);
};

std::span<const Field> result_fields();

// Returns true if two results agree on all fields of these roles.
bool agree(const Result& a, const Result& b, std::initializer_list<Role> roles);

// Copies the fields of these roles.
void copy_fields(Result& to, const Result& from, std::initializer_list<Role> roles);

// Sets the field of that name, unless the value is absent. Throws std::invalid_argument where there
// is no such field, or the value is not of its kind.
void set_field(Result& result, std::string_view name, const Value& value);

}  // namespace qbench
