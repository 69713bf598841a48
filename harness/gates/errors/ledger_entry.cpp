// SPDX-License-Identifier: Apache-2.0
// Figures of cases as exact text.
#include "harness/gates/errors/ledger_entry.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "reference/planes/stored_numbers.h"

namespace qbench {
namespace {

// FNV-1a of 64 bits, fed in pieces.
class Hash {
 public:
  void add(const Buffer<std::byte>& bytes) {
    for (const std::byte b : bytes)
      value_ = (value_ ^ static_cast<std::uint64_t>(b)) * 0x100000001b3;
  }
  std::string text() const { return fmt::format("{:016x}", value_); }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325;
};

std::string hash_of(const Buffer<std::byte>& bytes) {
  Hash hash;
  hash.add(bytes);
  return hash.text();
}

std::string hash_of_scales(const QuantizedMatrix& q) {
  Hash hash;
  for_each_plane(q, [&](Plane plane, const Buffer<std::byte>& bytes) {
    if (plane != Plane::codes) hash.add(bytes);
  });
  return hash.text();
}

// The hash of what codes of 8-bit scales decode to. Errors alone would miss a change of it: a mean
// is added, which absorbs the last bits of small values.
std::string hash_of_scale_map() {
  const auto bytes = std::as_bytes(reference::dynamic_map());
  return hash_of({bytes.begin(), bytes.end()});
}

// Uses printf, because versions of fmt differ in the exponent of 0.
void add_exact(Entry& entry, const char* field, const std::optional<double>& value) {
  if (!value) return;
  char text[32];
  std::snprintf(text, sizeof text, "%a", *value);
  entry[field] = text;
}
void add_digits(Entry& entry, const char* field, const std::optional<double>& value) {
  if (value) entry[field] = fmt::format("{:.8e}", *value);
}

}  // namespace

Entry entry_of(const Case& c, Inputs& inputs, const Result& result) {
  Entry entry;
  const QuantizedMatrix& q = inputs.quantized(c);
  entry["codes"] = hash_of(q.codes);
  entry["scales"] = hash_of_scales(q);
  if (std::holds_alternative<DynamicMap>(c.mode->format.scale.storage.codec))
    entry["scale_map"] = hash_of_scale_map();
  add_exact(entry, "bits_per_param", result.bits_per_param);
  add_exact(entry, "weight_nmse", result.weight_nmse);
  add_exact(entry, "weight_max_error", result.weight_max_error);
  if (!c.operation().has_x) return entry;
  const auto& bounds = inputs.expected(c).bound.values;
  add_digits(entry, "largest_bound", *std::ranges::max_element(bounds));
  if (c.device.kind == DeviceKind::cuda) return entry;  // their order of summation differs
  add_digits(entry, "output_nmse", result.output_nmse);
  add_digits(entry, "kernel_error", result.kernel_error);
  return entry;
}

}  // namespace qbench
