// SPDX-License-Identifier: Apache-2.0
// Google Benchmark's JSON: a row for every case that was timed. Time is in ns always, since readers
// match rows by name and unit; our other figures are user counters beside it.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <type_traits>

#include "reports/fields.h"
#include "reports/formats.h"
#include "reports/sections.h"

namespace qbench {
namespace {

using Json = nlohmann::ordered_json;

std::string value(const Environment& environment, std::string_view name) {
  const auto found = std::ranges::find(environment, name, &Environment::value_type::first);
  return found == environment.end() ? "" : found->second;
}

bool known(const std::string& text) { return !text.empty() && text != "unknown"; }

std::optional<std::int64_t> leading_number(const std::string& text) {
  std::int64_t number = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
  return end.ec == std::errc() ? std::optional(number) : std::nullopt;
}

// Of the keys that readers know, those that the environment tells; then our own conditions under
// other names.
Json context(const Environment& environment) {
  Json out;
  out["date"] = value(environment, "date");
  out["host_name"] = value(environment, "host");
  out["executable"] = "qbench";
  if (const auto cpus = leading_number(value(environment, "cores"))) out["num_cpus"] = *cpus;
  if (const std::string governor = value(environment, "governor"); known(governor))
    out["cpu_scaling_enabled"] = governor != "performance";
  out["caches"] = Json::array();
  out["load_avg"] = Json::array();
#ifdef NDEBUG
  out["library_build_type"] = "release";
#else
  out["library_build_type"] = "debug";
#endif
  out["json_schema_version"] = 1;
  for (const auto& [name, text] : environment)
    if (!out.contains(name)) out[name] = text;
  return out;
}

Json row(const Result& r, std::size_t family, std::size_t instance) {
  const double nanoseconds = *r.seconds * 1e9;
  Json out{{"name", r.id},
           {"family_index", family},
           {"per_family_instance_index", instance},
           {"run_name", r.id},
           {"run_type", "iteration"},
           {"repetitions", 1},
           {"repetition_index", 0},
           {"threads", std::max(1, r.threads)},
           {"iterations", std::llround(r.samples.value_or(1))},
           {"real_time", nanoseconds},
           {"cpu_time", nanoseconds},
           {"time_unit", "ns"}};
  for (const Field& field : result_fields())
    std::visit(
        [&](auto v) {
          if constexpr (std::is_arithmetic_v<decltype(v)>)
            if (!out.contains(field.name)) out[field.name] = v;
        },
        field.value(r));
  return out;
}

}  // namespace

std::string json_report(const Environment& environment, std::span<const Result> results) {
  Json rows = Json::array();
  const auto groups = group_results(results);
  for (std::size_t family = 0; family < groups.size(); ++family) {
    std::size_t instance = 0;
    for (const Result* r : groups[family])
      if (r->seconds && std::isfinite(*r->seconds)) rows.push_back(row(*r, family, instance++));
  }
  const Json out{{"context", context(environment)}, {"benchmarks", rows}};
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace qbench
