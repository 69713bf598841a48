// SPDX-License-Identifier: Apache-2.0
// The id of a case, and its inverse.
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <type_traits>

#include "suites/axes.h"

namespace qbench {
namespace {

constexpr std::string_view kTensorKey = "tensor", kTensorPart = "/tensor:";

std::string part_of(const AxisField& field, const Case& c) {
  return std::visit(
      [&](const auto& value) -> std::string {
        if constexpr (std::is_same_v<decltype(value), const std::monostate&>)
          return {};
        else
          return fmt::format("/{}:{}", field.key, value);
      },
      field.part ? field.part(c) : field.value(c));
}

bool is_in_id(const AxisField& field, const Case& c) {
  return field.in_id == nullptr || field.in_id(c);
}

// The fields that ids show, in the order of an id.
std::vector<const AxisField*> fields_of_ids(std::span<const Axis> axes) {
  std::vector<const AxisField*> fields;
  for (const Axis& axis : axes)
    for (const AxisField& field : axis.fields)
      if (!field.key.empty()) fields.push_back(&field);
  std::ranges::sort(fields, {}, &AxisField::place);
  return fields;
}

const std::vector<const AxisField*>& known_fields() {
  static const std::vector<const AxisField*> fields = fields_of_ids(all_axes());
  return fields;
}

std::string id_of(const Case& c, const std::vector<const AxisField*>& fields) {
  std::string id(c.suite->name);
  for (const AxisField* field : fields)
    if (is_in_id(*field, c)) id += part_of(*field, c);
  return id;
}

}  // namespace

IdParts::IdParts(std::string_view id) {
  const std::size_t tensor = std::min(id.find(kTensorPart), id.size());
  if (tensor < id.size()) parts_[kTensorKey] = id.substr(tensor + kTensorPart.size());
  std::string_view rest = id.substr(0, tensor);
  parts_[""] = rest.substr(0, rest.find('/'));
  rest.remove_prefix(std::min(rest.size(), parts_[""].size() + 1));
  while (!rest.empty()) {
    const std::string_view part = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    const std::size_t colon = part.find(':');
    if (colon != part.npos)
      parts_[part.substr(0, colon)] = part.substr(colon + 1);
    else if (!malformed_)
      malformed_ = part;
  }
}

std::optional<std::string_view> IdParts::find(std::string_view key) const {
  const auto part = parts_.find(key);
  return part == parts_.end() ? std::nullopt : std::optional(part->second);
}

const Mode kStoredMode = {.name = "stored",
                          .summary = "as the file has the weights",
                          .family = {},
                          .used_by = {},
                          .source = {},
                          .format = {.bits = 16, .codec = Plain{Dtype::bf16}}};

bool Case::uses_input() const { return operation().has_x || !tensor; }

Case Case::with_layer(const Layer& layer) const {
  Case c = *this;
  c.model = nullptr;
  c.shape = {shape.m, layer.n, layer.k};
  return c;
}

std::string Case::id() const { return id_of(*this, known_fields()); }

std::string id_of(const Case& c, std::span<const Axis> axes) {
  return id_of(c, fields_of_ids(axes));
}

std::string made_from(const Case& c, Made made) {
  std::string text;
  for (const AxisField* field : known_fields())
    if (field->makes != nullptr && field->makes(c, made)) text += part_of(*field, c);
  return text;
}

Sweep sweep_of(std::string_view id, std::span<const Axis> axes) {
  const IdParts parts(id);
  if (const auto part = parts.malformed())
    throw std::invalid_argument(fmt::format("'{}' is not of the form key:value", *part));
  Sweep sweep;
  for (const Axis& axis : axes) axis.read(sweep, parts);
  return sweep;
}

Sweep sweep_of(std::string_view id) { return sweep_of(id, all_axes()); }

}  // namespace qbench
