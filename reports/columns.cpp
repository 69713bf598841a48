// SPDX-License-Identifier: Apache-2.0
// The table of columns, in order of importance: a table that is too wide loses them from the right.
#include "reports/columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace qbench {
namespace {

using Figure = std::optional<double>;
using Figures = std::span<const Figure>;

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

// Half the distance between the quartiles, in percent of the median.
Figure spread(const Result& r) {
  if (!r.seconds_q1 || !r.seconds_q3 || !r.seconds) return {};
  return number(50 * (*r.seconds_q3 - *r.seconds_q1) / *r.seconds);
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
constexpr auto kPlain = Unit::plain;
constexpr Column kColumns[] = {
    {{"bits/", "param"}, lower, Digits::fixed, 4, kPlain, get<&Result::bits_per_param>},
    {{"SQNR", "dB"}, higher, Digits::fixed, 2, kPlain, kWeightSqnr},
    {{"bound", "gap dB"}, lower, Digits::fixed, 2, kPlain, get<&Result::bound_gap_db>},
    {{"max", "error"}, lower, Digits::scientific, 6, kPlain, get<&Result::weight_max_error>},
    {{"output", "SQNR dB"}, higher, Digits::fixed, 2, kPlain, kOutputSqnr},
    {{"kernel", "error"}, neither, Digits::three, 3, kPlain, get<&Result::kernel_error>},
    {{"time", ""}, lower, Digits::three, 4, Unit::seconds, get<&Result::seconds>},
    {{"+-", "%"}, neither, Digits::fixed, 1, kPlain, spread},
    {{"Gweight", "/s"}, higher, Digits::three, 4, kPlain, gweights_per_second},
    {{"GFLOP", "/s"}, higher, Digits::three, 4, kPlain, gflops_per_second},
    {{"GB", "/s"}, higher, Digits::three, 4, kPlain, gbytes_per_second},
    {{"weights", ""}, lower, Digits::three, 2, Unit::bytes, stored_bytes},
    {{"scratch", ""}, lower, Digits::three, 2, Unit::bytes, get<&Result::peak_bytes>},
};

struct Prefix {
  const char* name;
  double size;
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

// Times by their median, sizes by the largest.
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

// Decimals that leave three digits of the smallest figure that is not 0.
int wanted_decimals(Unit unit, Figures figures, double size) {
  if (unit == Unit::bytes && size == 1) return 0;
  double smallest = std::numeric_limits<double>::infinity();
  for (const double f : finite(figures))
    if (f != 0) smallest = std::min(smallest, std::abs(f / size));
  if (!(smallest > 0) || std::isinf(smallest)) return 0;
  return std::max(0, 2 - static_cast<int>(std::floor(std::log10(smallest))));
}

std::string write_number(double value, int decimals, bool scientific) {
  if (value == 0) return "0";
  if (scientific) return fmt::format("{:.2e}", value);
  const double least = std::pow(10.0, -decimals);
  if (value > 0 && value < least / 2) return fmt::format("<{:.{}f}", least, decimals);
  return fmt::format("{:.{}f}", value, decimals);
}

std::vector<std::string> write_cells(Figures figures, double size, int decimals, bool scientific) {
  std::vector<std::string> cells;
  for (const Figure& f : figures)
    cells.push_back(!f               ? "-"
                    : std::isinf(*f) ? "exact"
                                     : write_number(*f / size, decimals, scientific));
  return cells;
}

}  // namespace

std::span<const Column> figure_columns() { return kColumns; }

ColumnText write_column(const Column& column, Figures figures) {
  const Prefix prefix = choose_prefix(column.unit, figures);
  const int wanted = column.digits == Digits::fixed
                         ? column.decimals
                         : wanted_decimals(column.unit, figures, prefix.size);
  const bool tiny = column.digits == Digits::scientific && wanted > column.decimals;
  const int decimals = std::min(wanted, column.decimals);
  ColumnText out{prefix.name, write_cells(figures, prefix.size, decimals, tiny)};
  const auto too_wide = [](const std::string& text) { return text.size() > kWidest; };
  if (std::ranges::any_of(out.cells, too_wide))
    out.cells = write_cells(figures, prefix.size, 0, true);
  return out;
}

}  // namespace qbench
