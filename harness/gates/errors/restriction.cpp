// SPDX-License-Identifier: Apache-2.0
// Options of a sweep as questions to the id of a case.
#include "harness/gates/errors/restriction.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include "harness/cli/option_texts.h"
#include "reports/findings/finding_groups.h"

namespace qbench {
namespace {

using Texts = std::vector<std::string>;

// The value as typed; empty where the option was not given.
std::string typed(const Options& options, std::string_view option) {
  const Texts& all = options.sweep_arguments;
  for (std::size_t i = 0; i + 1 < all.size(); i += 2)
    if (all[i] == option) return all[i + 1];
  return {};
}

// Tests that the part of an id under `key` is one of the values.
auto one_of(const char* key, Texts values) {
  return [key, values = std::move(values)](std::string_view id) {
    return std::ranges::find(values, id_part(id, key)) != values.end();
  };
}

bool is_on(std::string_view id, const Texts& devices) {
  const std::string_view part = id_part(id, "device"), device = part.empty() ? "cpu" : part;
  const bool automatic = device == "cpu" || device.starts_with("cuda");
  return std::ranges::any_of(devices, [&](const std::string& each) {
    return each == device || (each == "auto" && automatic);
  });
}

// A case of no product has no m to compare.
bool has_shape(std::string_view id, const std::vector<Shape>& shapes) {
  const std::string_view m = id_part(id, "m"), n = id_part(id, "n"), k = id_part(id, "k");
  return std::ranges::any_of(shapes, [&](const Shape& shape) {
    const bool same_m = shape.m == 0 || m.empty() || m == std::to_string(shape.m);
    return same_m && n == std::to_string(shape.n) && k == std::to_string(shape.k);
  });
}

}  // namespace

Restriction::Restriction(const Options& options)
    : filter_(options.filter), pattern_(std::make_shared<const RE2>(filter_)) {
  add_names(options);
  add_sizes(options);
}

void Restriction::add(const Options& options, const char* option, const char* noun,
                      std::function<bool(std::string_view)> allows) {
  if (const std::string text = typed(options, option); !text.empty())
    criteria_.push_back({fmt::format("{} {}", noun, text), std::move(allows)});
}

void Restriction::add_names(const Options& options) {
  const Sweep& sweep = options.sweep;
  const auto name_of = [](auto value) { return name(value); };
  add(options, "--modes", "mode",
      one_of("mode", names_of(sweep.modes, [](const Mode* mode) { return mode->name; })));
  add(options, "--dtypes", "dtype", one_of("dtype", names_of(sweep.dtypes, name_of)));
  add(options, "--inputs", "input", one_of("input", names_of(sweep.inputs, name_of)));
  add(options, "--kernels", "kernel", one_of("kernel", sweep.kernels));
  add(options, "--device", "device",
      [devices = sweep.devices](std::string_view id) { return is_on(id, devices); });
}

void Restriction::add_sizes(const Options& options) {
  const Sweep& sweep = options.sweep;
  const auto text_of = [](auto number) { return std::to_string(number); };
  add(options, "--block-sizes", "block size", one_of("bs", names_of(sweep.block_sizes, text_of)));
  add(options, "--seed", "seed", one_of("seed", {text_of(sweep.seed)}));
  add(options, "--shapes", "shape",
      [shapes = sweep.shapes](std::string_view id) { return has_shape(id, shapes); });
}

bool Restriction::leaves(std::string_view id) const {
  return std::ranges::all_of(criteria_, [&](const Criterion& each) { return each.allows(id); }) &&
         RE2::PartialMatch(id, *pattern_);
}

std::string Restriction::text() const {
  std::string text;
  for (const Criterion& each : criteria_) text += (text.empty() ? "is of " : ", ") + each.words;
  if (filter_.empty()) return text;
  return text + (text.empty() ? "" : " and ") + fmt::format("matches --filter '{}'", filter_);
}

}  // namespace qbench
