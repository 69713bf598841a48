// SPDX-License-Identifier: Apache-2.0
// Values of axes, parsed from options and from ids.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "suites/axes.h"
#include "suites/names.h"

namespace qbench {

template <class T>
void add_once(std::vector<T>& list, const T& value) {
  if (std::ranges::find(list, value) == list.end()) list.push_back(value);
}

// Looks up each name of a comma-separated list with `find`. Throws std::invalid_argument for a name
// that is not one of `known`.
template <class T, class Find>
std::vector<T> lookup(const Axis& axis, const std::string& text, const Names& known, Find find) {
  std::vector<T> found;
  if (text.empty()) return found;
  for (const std::string& name : split_list(axis.option, text)) {
    if (std::ranges::find(known, name) == known.end())
      throw std::invalid_argument(unknown_name(axis.name, name, known));
    add_once(found, T(find(name)));
  }
  return found;
}

void set_modes(const Axis& axis, Sweep& sweep,
               const std::string& text);  // the common ones if empty
std::vector<int> block_sizes_of(const Axis& axis, const std::string& text);
// A number of weights, row or tensor. Throws std::invalid_argument.
int block_size_of(std::string_view text);
std::string block_size_name(int size);
// Fills in shapes and models.
void set_shapes(const Axis& axis, Sweep& sweep, const std::string& text);
void add_model(Sweep& sweep, const Model& model);
// After set_shapes: throws std::invalid_argument too if a shape of the sweep has an m of its own.
void set_m(const Axis& axis, Sweep& sweep, const std::string& text);
void set_devices(const Axis& axis, Sweep& sweep, const std::string& text);
std::vector<std::int64_t> ranks_of(const Axis& axis, const std::string& text);
// The rank in an id; 0 if it has none. Throws std::invalid_argument.
std::int64_t rank_of(const IdParts& parts);

// True if n and k are positive, m is not negative (0: the suite's own), and m * n * k is below
// 2^62.
bool fits(const Shape& shape);

// The number in a part of an id; 0 if there is no such part. Throws std::invalid_argument.
template <class Number>
Number number_of(const IdParts& parts, std::string_view key);

// The mode of an id, kStoredMode among them. Throws std::invalid_argument for an unknown one.
const Mode* mode_of(const IdParts& parts);

// The device of an id, none of an unknown kind, and its layer.
std::optional<DeviceId> device_of(const IdParts& parts);
Layer layer_of(const IdParts& parts);

// True if a case with that id is on a device of the sweep, or of one of its shapes. Cases other
// than products have no m to compare.
bool is_on(const Sweep& sweep, const IdParts& parts);
bool has_shape(const Sweep& sweep, const IdParts& parts);

// Returns `found`. Throws std::invalid_argument, with the kind and the name, if it is empty.
template <class T>
T known(std::string_view kind, std::string_view name, T found) {
  if (!found)
    throw std::invalid_argument("there is no " + std::string(kind) + " '" + std::string(name) +
                                "'");
  return found;
}

}  // namespace qbench
