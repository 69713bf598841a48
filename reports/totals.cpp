// SPDX-License-Identifier: Apache-2.0
// Totals over the tensors of a checkpoint.
#include "reports/totals.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

namespace qbench {
namespace {

using Rows = std::vector<const Result*>;
using Figure = std::optional<double> Result::*;

const double kDecibelsPerBit = 20 * std::log10(2.0);

double parameters(const Result& r) {
  return static_cast<double>(r.n.value_or(0)) * static_cast<double>(r.k.value_or(0));
}

bool counts(const Result& r) { return r.status == Status::passed && !r.tensor.empty(); }

bool same_total(const Result& a, const Result& b) {
  const auto key = [](const Result& r) {
    return std::tie(r.suite, r.mode, r.kernel, r.device, r.dtype, r.block_size, r.input, r.m);
  };
  return key(a) == key(b);
}

// Absent unless every tensor has the figure: a sum over some of them is no total.
std::optional<double> sum(const Rows& rows, Figure figure) {
  double total = 0;
  for (const Result* r : rows) {
    if (!(r->*figure)) return {};
    total += *(r->*figure);
  }
  return total;
}

// Over the tensors that have the figure.
std::optional<double> mean(const Rows& rows, Figure figure) {
  double total = 0, weight = 0;
  for (const Result* r : rows)
    if (r->*figure) {
      total += *(r->*figure) * parameters(*r);
      weight += parameters(*r);
    }
  return weight > 0 ? std::optional(total / weight) : std::nullopt;
}

std::optional<double> largest(const Rows& rows, Figure figure) {
  std::optional<double> most;
  for (const Result* r : rows) most = std::max(most, r->*figure);
  return most;
}

std::optional<double> decibels(std::optional<double> nmse) {
  return nmse && *nmse > 0 ? std::optional(-10 * std::log10(*nmse)) : std::nullopt;
}

std::optional<double> divide(std::optional<double> a, std::optional<double> b) {
  return a && b && *b > 0 ? std::optional(*a / *b) : std::nullopt;
}

void add_figures(Result& total, const Rows& rows) {
  for (const Figure f : {&Result::weight_nmse, &Result::output_nmse, &Result::bits_per_param})
    total.*f = mean(rows, f);
  for (const Figure f : {&Result::weight_max_error, &Result::kernel_error, &Result::peak_bytes})
    total.*f = largest(rows, f);
  for (const Figure f : {&Result::weight_bytes, &Result::scale_bytes, &Result::bytes,
                         &Result::flops, &Result::seconds})
    total.*f = sum(rows, f);
  total.weight_sqnr_db = decibels(total.weight_nmse);
  total.output_sqnr_db = decibels(total.output_nmse);
  if (total.bits_per_param && total.weight_sqnr_db)
    total.bound_gap_db = kDecibelsPerBit * *total.bits_per_param - *total.weight_sqnr_db;
  total.bytes_per_second = divide(total.bytes, total.seconds);
  total.flops_per_second = divide(total.flops, total.seconds);
}

Result total_of(const Rows& rows) {
  const Result& first = *rows.front();
  double all = 0;
  for (const Result* r : rows) all += parameters(*r);
  Result total;
  std::tie(total.suite, total.op, total.mode, total.kernel, total.device, total.dtype) =
      std::tie(first.suite, first.op, first.mode, first.kernel, first.device, first.dtype);
  std::tie(total.block_size, total.m, total.input, total.seed, total.threads) =
      std::tie(first.block_size, first.m, first.input, first.seed, first.threads);
  total.n = 1;
  total.k = std::llround(all);
  total.tensor = fmt::format("total ({} tensors)", rows.size());
  add_figures(total, rows);
  return total;
}

std::vector<Result> totals(std::span<const Result> results, const std::string& suite) {
  std::vector<Rows> groups;
  for (const Result& r : results) {
    if (!counts(r) || r.suite != suite) continue;
    auto group = std::ranges::find_if(
        groups, [&](const Rows& rows) { return same_total(*rows.front(), r); });
    if (group == groups.end()) group = groups.insert(group, Rows{});
    group->push_back(&r);
  }
  std::vector<Result> out;
  for (const Rows& rows : groups)
    if (rows.size() > 1) out.push_back(total_of(rows));
  return out;
}

}  // namespace

std::vector<Result> with_totals(std::span<const Result> results) {
  std::vector<Result> out;
  for (std::size_t i = 0; i < results.size(); ++i) {
    out.push_back(results[i]);
    const auto rest = results.subspan(i + 1);
    const auto same = [&](const Result& r) { return counts(r) && r.suite == results[i].suite; };
    if (!counts(results[i]) || std::ranges::any_of(rest, same)) continue;
    std::ranges::move(totals(results, results[i].suite), std::back_inserter(out));
  }
  return out;
}

}  // namespace qbench
