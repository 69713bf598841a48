// SPDX-License-Identifier: Apache-2.0
// The record of a case: the names, the order and the roles of its fields, in one table.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <variant>

#include "reports/result.h"

namespace qbench {

// The value of a field: absent, text (never empty), a whole number, or a figure (always finite).
using Value = std::variant<std::monostate, std::string_view, std::int64_t, std::uint64_t, double>;

// How a field distinguishes cases.
enum class Role {
  none,   // not at all: it is part of the outcome
  run,    // like condition, but not needed by sections and totals: the run or suite determines it
  suite,  // like condition, but not for speedups, which compare suites of one operation
  condition,  // rows of a section agree on it, and so do the parts of a total
  weights,    // rows of a section agree on it, and a total sums over it
  row,        // distinguishes rows of a section; the parts of a total agree on it
};

struct Field {
  std::string_view name;
  Role role;
  Value (*value)(const Result&);  // texts are views into the result
  // The inverse; throws std::invalid_argument for a value of the wrong type.
  void (*set)(Result&, const Value&);
};

std::span<const Field> result_fields();

// True if two results agree on all fields of these roles.
bool agree(const Result& a, const Result& b, std::initializer_list<Role> roles);

// Copies the fields of these roles.
void copy_fields(Result& to, const Result& from, std::initializer_list<Role> roles);

// Sets the field of that name, unless the value is absent. Throws std::invalid_argument for an
// unknown field and for a value of the wrong type.
void set_field(Result& result, std::string_view name, const Value& value);

}  // namespace qbench
