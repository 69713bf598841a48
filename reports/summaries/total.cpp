// SPDX-License-Identifier: Apache-2.0
// Computes one total from the results of its tensors.
#include "reports/summaries/total.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "reports/decibels.h"
#include "reports/fields.h"
#include "reports/summaries/noise.h"

namespace qbench {
namespace {

using Rows = std::vector<const Result*>;
using Figure = std::optional<double> Result::*;

double parameters(const Result& r) {
  return static_cast<double>(r.n.value_or(0)) * static_cast<double>(r.k.value_or(0));
}

double sum(const Rows& rows, Figure figure) {
  double total = 0;
  for (const Result* r : rows) total += *(r->*figure);
  return total;
}

double mean(const Rows& rows, Figure figure) {
  double total = 0, weight = 0;
  for (const Result* r : rows) {
    total += *(r->*figure) * parameters(*r);
    weight += parameters(*r);
  }
  return total / weight;
}

double largest(const Rows& rows, Figure figure) {
  double most = *(rows.front()->*figure);
  for (const Result* r : rows) most = std::max(most, *(r->*figure));
  return most;
}

struct TotalFigure {
  Figure figure;
  double (*of)(const Rows&, Figure);
  const char* name;  // for people; empty if another figure stands for it
};
constexpr TotalFigure kFigures[] = {
    {&Result::bits_per_param, mean, "bits/param"},
    {&Result::weight_nmse, mean, "SQNR"},
    {&Result::weight_max_error, largest, "max error"},
    {&Result::output_nmse, mean, "output SQNR"},
    {&Result::kernel_error, largest, "kernel error"},
    {&Result::seconds, sum, "time"},
    {&Result::seconds_min, sum, ""},
    {&Result::seconds_q1, sum, ""},
    {&Result::seconds_q3, sum, ""},
    {&Result::cpu_seconds, sum, ""},
    {&Result::weight_bytes, sum, "weights"},
    {&Result::scale_bytes, sum, ""},
    {&Result::adapter_bytes, sum, "adapter"},
    {&Result::gradient_bytes, sum, "gradients"},
    {&Result::peak_bytes, largest, "scratch"},
    {&Result::bytes, sum, ""},
    {&Result::flops, sum, ""},
};

bool has(const Result& r, Figure figure) {
  return r.status == Status::passed && (r.*figure) && std::isfinite(*(r.*figure));
}

std::optional<double> divide(std::optional<double> a, std::optional<double> b) {
  return a && b && *b > 0 ? std::optional(*a / *b) : std::nullopt;
}

void add_figures(Result& total, const Rows& rows) {
  for (const auto& [figure, of, name] : kFigures)
    if (std::ranges::all_of(rows, [f = figure](const Result* r) { return has(*r, f); }))
      total.*figure = of(rows, figure);
  if (total.weight_nmse) total.weight_sqnr_db = sqnr_db(*total.weight_nmse);
  if (total.output_nmse) total.output_sqnr_db = sqnr_db(*total.output_nmse);
  if (total.bits_per_param && total.weight_sqnr_db)
    total.bound_gap_db = bound_gap_db(*total.bits_per_param, *total.weight_sqnr_db);
  total.bytes_per_second = divide(total.bytes, total.seconds);
  total.flops_per_second = divide(total.flops, total.seconds);
}

std::string why_lacking(const Result& r) {
  const std::string status = kStatusNames[static_cast<int>(r.status)];
  if (r.status == Status::passed) return r.reason.empty() ? "not measured" : r.reason;
  return r.reason.empty() ? status : status + ", " + r.reason;
}

// The tensors that lack figures that others have, and the names of these figures. If a tensor did
// not pass, all figures are lacking and none is named.
struct Lack {
  Rows tensors;
  std::vector<std::string> names;
};

Lack find_lack(const Rows& rows) {
  Lack out;
  std::ranges::copy_if(rows, std::back_inserter(out.tensors),
                       [](const Result* r) { return r->status != Status::passed; });
  if (!out.tensors.empty()) return out;
  std::vector<bool> lacks(rows.size());
  for (const auto& [figure, of, name] : kFigures) {
    const auto having = [f = figure](const Result* r) { return has(*r, f); };
    if (std::ranges::none_of(rows, having) || std::ranges::all_of(rows, having)) continue;
    if (*name != '\0') out.names.emplace_back(name);
    for (std::size_t i = 0; i < rows.size(); ++i) lacks[i] = lacks[i] || !having(rows[i]);
  }
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (lacks[i]) out.tensors.push_back(rows[i]);
  return out;
}

// "int8: no SQNR, max error in total: tensor "b" and 2 more: WHY", or empty.
std::string reason_of(const Rows& rows) {
  const Lack lack = find_lack(rows);
  if (lack.tensors.empty()) return {};
  const Result& first = *lack.tensors.front();
  const std::size_t others = lack.tensors.size() - 1;
  return fmt::format("{}: no {}total: tensor \"{}\"{}: {}", first.mode,
                     lack.names.empty() ? "" : fmt::format("{} in ", fmt::join(lack.names, ", ")),
                     first.tensor, others > 0 ? fmt::format(" and {} more", others) : "",
                     why_lacking(first));
}

std::string noise_of_parts(const Rows& rows) {
  std::string first;
  std::size_t noisy = 0;
  for (const Result* r : rows)
    if (const std::string why = noise_of(*r); !why.empty() && noisy++ == 0) first = why;
  return noisy > 0 ? fmt::format("{} of {} tensors: {}", noisy, rows.size(), first) : "";
}

}  // namespace

Result total_of(const Rows& rows) {
  const Result& first = *rows.front();
  double all = 0;
  for (const Result* r : rows) all += parameters(*r);
  Result total;
  copy_fields(total, first, {Role::run, Role::suite, Role::condition, Role::row});
  for (const auto text : {&Result::weights, &Result::stored_as, &Result::against})
    if (std::ranges::all_of(rows, [&](const Result* r) { return r->*text == first.*text; }))
      total.*text = first.*text;
  total.n = 1;
  total.k = std::llround(all);
  total.tensor = fmt::format("total ({} tensors)", rows.size());
  add_figures(total, rows);
  total.reason = reason_of(rows);
  if (total.seconds) total.noise = noise_of_parts(rows);
  return total;
}

}  // namespace qbench
