// SPDX-License-Identifier: Apache-2.0
// Quantizer: how the codes and scales of a Format are found, as data. With `qmax` the value of the
// codec to which the statistic of a group is scaled (127 of int8, 6 of E2M1, 1 of a codebook):
//
//   scale = statistic / (qmax / Format::qmax)
//   code  = nearest code of (w - minimum) * (Format::qmax / scale) + point
#pragma once

#include <cstdint>
#include <span>
#include <variant>

#include "reference/matrix.h"
#include "reference/quantizers/search.h"

namespace qbench {

enum class Statistic {
  absmax,         // max |w|; NaN is passed over
  signed_absmax,  // the w of largest |w|, the first on ties
  min_max,        // max(w, 0) - min(w, 0)
  range,          // max w - min w
  mean_abs,       // mean |w|, where NaN counts as 0
};

// How a weight is divided by its scale.
enum class Rule {
  multiply_by_reciprocal,   // by a correctly rounded reciprocal
  multiply_by_reciprocals,  // by (1 / outer scale) / stored scale (torchao's NVFP4)
  divide,                   // as IEEE divides
  multiply,                 // by the factor that a search found
};
enum class CodesFrom { exact_scale, stored_scale };  // which scale the codes are found with

// How a statistic becomes a power of two. All rules but rceil compare with the exact quotient
// statistic / qmax, rceil with its f32. Results are clamped to the range of E8M0.
enum class Exponent {
  floor,  // the greatest power of two that is at most statistic / qmax
  ceil,   // the least that is at least statistic / qmax
  even,   // as floor, of the statistic as rounded to the mantissa of the codec, halves up
  rceil,  // the least that is at least statistic / qmax as rounded to f32
};

// How a scaled number becomes a code. Integers and small floats take the nearest and decide ties
// by the rule; what is beyond the ends becomes the end, NaN the integer 0 (plus the zero point).
enum class Rounding {
  nearest_even,
  half_up,    // floor(x + (1/2 - lowest)) + lowest, the first sum in f32; integers only
  half_away,  // C's roundf; integers only
  thresholds  // codebooks
};

// The rank of x is the number of thresholds strictly below it (NaN: 0); its code is codes[rank].
struct Thresholds {
  std::span<const float> at = {};            // ascending, one fewer than the ranks
  std::span<const std::uint8_t> codes = {};  // codes[rank]; empty: the rank itself
  bool sign_magnitude = false;  // rank |x|; a normal negative x sets the top bit of the code
};

// How scales are searched for, where one statistic does not give them. Those from LeastSquares on
// find the codes too.
using Search = std::variant<std::monostate, Clipping, TernaryMeans, HalfQuadratic, ScaleCandidates,
                            LeastSquares, CodeDescent, StepCandidates, CodebookCandidates,
                            NearestLevel, SignAndMean>;

// True for those that find the codes of a unit with its numbers.
constexpr bool finds_codes(const Search& search) {
  return std::holds_alternative<LeastSquares>(search) ||
         std::holds_alternative<CodeDescent>(search) ||
         std::holds_alternative<StepCandidates>(search) ||
         std::holds_alternative<CodebookCandidates>(search) ||
         std::holds_alternative<NearestLevel>(search) ||
         std::holds_alternative<SignAndMean>(search);
}

// The outer scale is the statistic (absmax or signed absmax) of the numbers that share it, divided
// by `qmax`.
struct OuterRule {
  float qmax = 1;
  Statistic statistic = Statistic::absmax;
  Rule rule = Rule::divide;
  // In one step from the statistics s of the groups, not from their scales:
  //   outer scale = max s / (inner qmax * outer qmax)
  //   number      = s / (inner qmax * outer scale)
  bool from_statistics = false;
  bool in_turn = false;  // with from_statistics: number = (s / inner qmax) / outer scale
};

struct Quantizer {
  Statistic statistic = Statistic::absmax;
  float least = 0;  // a mean magnitude below it counts as this
  float qmax = 1;
  Rule rule = Rule::divide;
  Rounding rounding = Rounding::nearest_even;
  Thresholds thresholds = {};
  CodesFrom codes_from = CodesFrom::stored_scale;
  Exponent exponent = Exponent::floor;
  OuterRule outer = {};
  Dtype weights_through = Dtype::fp32;  // weights are rounded to this type before anything else
  // Subnormal weights, statistics and reciprocals count as zero; the absmax of a group without any
  // number is -FLT_MAX (bitsandbytes' kernels), else 0.
  bool flush_subnormals = false;
  bool zero_step_is_one = false;  // a group of zeros has the step 1
  bool zeros_under_zero = false;  // weights whose scale is 0 count as 0 and are not divided by it
  float least_stored = 0;         // scales below are stored as this
  Search search = {};
};

}  // namespace qbench
