// SPDX-License-Identifier: Apache-2.0
// Unit: the few weights whose codes and numbers a search finds together (search.h).
#pragma once

#include <algorithm>
#include <span>

#include "reference/planes/quantized_matrix.h"

namespace qbench::reference {

inline constexpr std::int64_t kMostUnit = 256;  // weights
inline constexpr std::int64_t kMostGroups = 16;

// A Unit holds the weights and takes what a search finds for them. Numbers are values of their
// storage.
struct Unit {
  std::span<const float> weights;
  std::int64_t group_size;
  std::span<const float> levels;  // the value of each code
  std::span<std::uint8_t> codes;  // one a weight
  std::span<float> scales;        // one a group
  std::span<float> minima;        // one a group, or empty
  float outer_scale = 0;          // for formats with outer scales; likewise for minima
  float outer_minimum = 0;

  std::size_t groups() const { return scales.size(); }
  std::span<const float> group(std::size_t g) const { return part(weights, g); }
  std::span<std::uint8_t> group_codes(std::size_t g) const { return part(codes, g); }

 private:
  template <class T>
  std::span<T> part(std::span<T> all, std::size_t g) const {
    const std::size_t size = static_cast<std::size_t>(group_size), first = g * size;
    return all.subspan(first, std::min(size, all.size() - first));
  }
};

// Each search fills everything of the unit but its weights.
void find(const LeastSquares& search, const Format& format, Unit& unit);
void find(const CodeDescent& search, const Format& format, Unit& unit);
void find(const StepCandidates& search, const Format& format, Unit& unit);
void find(const CodebookCandidates& search, const Format& format, Unit& unit);
void find(const NearestLevel& search, const Format& format, Unit& unit);
void find(const SignAndMean& search, const Format& format, Unit& unit);

// Quantizes the whole matrix by the search of the mode, for which finds_codes holds.
void quantize_units(const Matrix& weights, const Mode& mode, QuantizedMatrix& out);

}  // namespace qbench::reference
