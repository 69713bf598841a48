// SPDX-License-Identifier: Apache-2.0
// Google Benchmark's JSON: a row for every run of a case but skipped ones. Times are always in ns,
// since readers match rows by name and unit. The fields of our record are added.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <type_traits>

#include "reports/fields.h"
#include "reports/results/formats.h"
#include "reports/results/sections.h"
#include "reports/summaries/runs.h"
#include "reports/summaries/totals.h"

namespace qbench {
namespace {

using Json = nlohmann::ordered_json;

bool known(const std::string& text) { return !text.empty() && text != "unknown"; }

std::optional<std::int64_t> leading_number(const std::string& text) {
  std::int64_t number = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
  return end.ec == std::errc() ? std::optional(number) : std::nullopt;
}

Json load_averages(const std::string& text) {
  Json out = Json::array();
  const char* at = text.data();
  const char* const end = at + text.size();
  for (double load = 0; out.size() < 3; out.push_back(load)) {
    at = std::find_if(at, end, [](char c) { return c != ' '; });
    const auto read = std::from_chars(at, end, load);
    if (read.ec != std::errc()) break;
    at = read.ptr;
  }
  return out;
}

void add_fields(Json& out, const Result& r) {
  for (const Field& field : result_fields())
    std::visit(
        [&](auto v) {
          if constexpr (!std::is_same_v<decltype(v), std::monostate>)
            if (!out.contains(field.name)) out[field.name] = v;
        },
        field.value(r));
}

Json records(std::span<const Result> results, auto wanted) {
  Json out = Json::array();
  for (const Result& r : results)
    if (wanted(r)) add_fields(out.emplace_back(Json::object()), r);
  return out;
}

bool is_timed(const Result& r) {
  return r.status == Status::passed && r.seconds && std::isfinite(*r.seconds);
}
bool failed(const Result& r) { return r.status == Status::wrong || r.status == Status::error; }

// The context: keys that readers know, if the environment has them; then totals and skipped cases,
// which are no rows; then our own conditions under other names.
Json context(const Environment& environment, std::span<const Result> results) {
  Json out;
  out["date"] = value_of(environment, "date");
  out["host_name"] = value_of(environment, "host");
  out["executable"] = "qbench";
  if (const auto cpus = leading_number(value_of(environment, "cores"))) out["num_cpus"] = *cpus;
  if (const std::string governor = value_of(environment, "governor"); known(governor))
    out["cpu_scaling_enabled"] = governor != "performance";
  out["caches"] = Json::array();
  out["load_avg"] = load_averages(value_of(environment, "load"));
#ifdef NDEBUG
  out["library_build_type"] = "release";
#else
  out["library_build_type"] = "debug";
#endif
  out["json_schema_version"] = 1;
  out["totals"] = records(totals_of(last_runs(results)), [](const Result&) { return true; });
  out["skipped"] = records(results, [](const Result& r) { return r.status == Status::skipped; });
  for (const auto& [name, text] : environment)
    if (!out.contains(name)) out[name] = text;
  return out;
}

// A row that failed or was not timed has times of 0 in 0 iterations, as a failed one in Google
// Benchmark's own reporter: its tools stop at a row without times. They recognize a failed one by
// error_occurred; one that was not timed has no `seconds`.
void add_times(Json& out, const Result& r) {
  if (failed(r)) {
    out["error_occurred"] = true;
    out["error_message"] =
        fmt::format("{}: {}", kStatusNames[static_cast<int>(r.status)], r.reason);
  }
  const bool timed = is_timed(r);
  const double seconds = timed ? *r.seconds : 0;
  const double cpu_seconds = timed ? r.cpu_seconds.value_or(seconds) : 0;
  out["iterations"] = timed ? std::llround(r.samples.value_or(1)) : 0;
  out["real_time"] = seconds * 1e9;
  out["cpu_time"] = (std::isfinite(cpu_seconds) ? cpu_seconds : seconds) * 1e9;
  out["time_unit"] = "ns";
}

// Groups the runs of each case.
using Runs = std::vector<const Result*>;

std::vector<Runs> runs_of(const std::vector<const Result*>& group) {
  std::vector<Runs> out;
  for (const Result* r : group) {
    if (r->status == Status::skipped) continue;
    auto known = std::ranges::find_if(
        out, [&](const Runs& runs) { return !r->id.empty() && runs.front()->id == r->id; });
    if (known == out.end()) known = out.insert(known, Runs{});
    known->push_back(r);
  }
  return out;
}

void add_rows(Json& rows, const Runs& runs, std::size_t family, std::size_t instance) {
  for (std::size_t repetition = 0; repetition < runs.size(); ++repetition) {
    const Result& r = *runs[repetition];
    Json row{{"name", r.id},
             {"family_index", family},
             {"per_family_instance_index", instance},
             {"run_name", r.id},
             {"run_type", "iteration"},
             {"repetitions", runs.size()},
             {"repetition_index", repetition},
             {"threads", std::max(1, r.threads)}};
    add_times(row, r);
    add_fields(row, r);
    rows.push_back(std::move(row));
  }
}

}  // namespace

std::string json_report(const Environment& environment, std::span<const Result> results) {
  Json rows = Json::array();
  const auto groups = group_results(results);
  for (std::size_t family = 0; family < groups.size(); ++family) {
    std::size_t instance = 0;
    for (const Runs& runs : runs_of(groups[family])) add_rows(rows, runs, family, instance++);
  }
  const Json out{{"context", context(environment, results)}, {"benchmarks", rows}};
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace qbench
