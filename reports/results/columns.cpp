// SPDX-License-Identifier: Apache-2.0
// The table of columns, in the order of display.
#include "reports/results/columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "reports/summaries/noise.h"

namespace qbench {
namespace {

using Figure = std::optional<double>;

constexpr std::size_t kWidest = 10;

Figure number(double value) { return std::isfinite(value) ? Figure{value} : Figure{}; }
Figure number(Figure figure) { return figure ? number(*figure) : Figure{}; }

template <auto Member>
Figure get(const Result& r) {
  return number(r.*Member);
}

template <auto Nmse, auto Decibels>
Figure sqnr(const Result& r) {
  const bool exact = r.*Nmse == 0.0;
  return exact ? Figure{std::numeric_limits<double>::infinity()} : number(r.*Decibels);
}

bool is_product(const Result& r) { return r.m.value_or(0) > 0; }

Figure gweights_per_second(const Result& r) {
  if (is_product(r) || !r.n || !r.k || !r.seconds) return {};
  return number(static_cast<double>(*r.n) * static_cast<double>(*r.k) / *r.seconds / 1e9);
}

Figure gflops_per_second(const Result& r) { return number(r.flops_per_second.value_or(NAN) / 1e9); }
Figure gbytes_per_second(const Result& r) {
  return is_product(r) ? number(r.bytes_per_second.value_or(NAN) / 1e9) : Figure{};
}

Figure stored_bytes(const Result& r) {
  return number(r.weight_bytes.value_or(NAN) + r.scale_bytes.value_or(0));
}

using enum Better;
constexpr auto kWeightSqnr = sqnr<&Result::weight_nmse, &Result::weight_sqnr_db>;
constexpr auto kOutputSqnr = sqnr<&Result::output_nmse, &Result::output_sqnr_db>;
constexpr auto kBits = get<&Result::bits_per_param>;
constexpr auto kMaxError = get<&Result::weight_max_error>;
constexpr auto kTokens = get<&Result::tokens_per_second>;
constexpr auto kGradients = get<&Result::gradient_bytes>;
constexpr auto kPlain = Unit::plain;
constexpr Column kColumns[] = {
    {{"bits/", "param"}, 15, lower, Digits::fixed, 4, kPlain, false, kBits},
    {{"SQNR", "dB"}, 14, higher, Digits::fixed, 2, kPlain, false, kWeightSqnr},
    {{"bound", "gap dB"}, 10, lower, Digits::fixed, 2, kPlain, false, get<&Result::bound_gap_db>},
    {{"max", "error"}, 3, lower, Digits::scientific, 6, kPlain, false, kMaxError},
    {{"output", "SQNR dB"}, 12, higher, Digits::fixed, 2, kPlain, false, kOutputSqnr},
    {{"kernel", "error"}, 4, neither, Digits::three, 4, kPlain, false, get<&Result::kernel_error>},
    {{"time", ""}, 13, lower, Digits::three, 4, Unit::seconds, true, get<&Result::seconds>},
    {{"tokens", "/s"}, 16, higher, Digits::three, 4, kPlain, true, kTokens},
    {{"+-", "%"}, 11, neither, Digits::fixed, 1, kPlain, true, spread_percent},
    {{"Gweight", "/s"}, 9, higher, Digits::three, 4, kPlain, true, gweights_per_second},
    {{"GFLOP", "/s"}, 6, higher, Digits::three, 4, kPlain, true, gflops_per_second},
    {{"GB", "/s"}, 5, higher, Digits::three, 4, kPlain, true, gbytes_per_second},
    {{"weights", ""}, 2, lower, Digits::three, 4, Unit::bytes, false, stored_bytes},
    {{"adapter", ""}, 7, lower, Digits::three, 4, Unit::bytes, false, get<&Result::adapter_bytes>},
    {{"gradients", ""}, 8, lower, Digits::three, 4, Unit::bytes, false, kGradients},
    {{"scratch", ""}, 1, lower, Digits::three, 4, Unit::bytes, false, get<&Result::peak_bytes>},
};

constexpr Prefix kSeconds[] = {{"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1}};
constexpr Prefix kBytes[] = {{"B", 1}, {"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}};

std::vector<double> finite(Figures figures) {
  std::vector<double> out;
  for (const Figure& f : figures)
    if (f && std::isfinite(*f)) out.push_back(*f);
  std::ranges::sort(out);
  return out;
}

// The decimals that show three digits of a figure; 0 for 0 and for infinity.
int decimals_of(double value) {
  if (value == 0 || !std::isfinite(value)) return 0;
  return std::max(0, 2 - static_cast<int>(std::floor(std::log10(std::abs(value)))));
}

bool is_small(double value, int most_decimals) {
  return value != 0 && decimals_of(value) > most_decimals;
}

struct Style {
  int decimals;
  bool all_scientific, small_scientific;
};

// Formats values in their displayed unit.
Style choose_style(const Column& column, bool whole, const std::vector<double>& values) {
  if (whole) return {0, false, false};
  if (column.digits == Digits::fixed) return {column.decimals, false, false};
  Style style{0, false, column.digits == Digits::three};
  for (const double value : values) {
    const bool small = is_small(value, column.decimals);
    style.all_scientific |= small && !style.small_scientific;
    if (value != 0 && !small) style.decimals = std::max(style.decimals, decimals_of(value));
  }
  return style;
}

std::string write_number(double value, const Column& column, const Style& style) {
  if (value == 0) return "0";
  if (std::isinf(value)) return "exact";
  const double least = std::pow(10.0, -style.decimals);
  if (style.all_scientific || (style.small_scientific && is_small(value, column.decimals)))
    return fmt::format("{:.2e}", value);
  if (column.digits == Digits::fixed && value > 0 && value < least / 2)
    return fmt::format("<{:.{}f}", least, style.decimals);
  const std::string text = fmt::format("{:.{}f}", value, style.decimals);
  return text.size() > kWidest ? fmt::format("{:.2e}", value) : text;
}

}  // namespace

std::span<const Column> figure_columns() { return kColumns; }

Prefix choose_prefix(Unit unit, Figures figures) {
  const std::vector<double> sorted = finite(figures);
  if (unit == Unit::plain || sorted.empty()) return {"", 1};
  const double typical = unit == Unit::bytes ? sorted.back() : sorted[sorted.size() / 2];
  const std::span<const Prefix> all =
      unit == Unit::bytes ? std::span<const Prefix>(kBytes) : std::span<const Prefix>(kSeconds);
  Prefix chosen = all.front();
  for (const Prefix& prefix : all)
    if (typical >= prefix.size) chosen = prefix;
  return chosen;
}

std::vector<std::string> write_figures(const Column& column, const Prefix& prefix,
                                       Figures figures) {
  std::vector<double> values = finite(figures);
  for (double& value : values) value /= prefix.size;
  const bool whole = column.unit == Unit::bytes && prefix.size == 1;
  const Style style = choose_style(column, whole, values);
  std::vector<std::string> cells;
  for (const Figure& f : figures)
    cells.push_back(f ? write_number(*f / prefix.size, column, style) : "-");
  return cells;
}

std::string joined(std::string_view above, std::string_view below) {
  const bool apart =
      !above.empty() && !below.empty() && !above.ends_with('/') && !below.starts_with('/');
  return fmt::format("{}{}{}", above, apart ? " " : "", below);
}

}  // namespace qbench
