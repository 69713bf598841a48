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
  multiply_by_reciprocal,   // by a correctly rounded reciprocal; never with a minimum
  multiply_by_reciprocals,  // by (1 / outer scale) / stored scale (torchao's NVFP4)
  divide,                   // as IEEE divides
  multiply,                 // by the factor that a search found
};
enum class CodesFrom { exact_scale, stored_scale };  // which scale the codes are found with

// How a statistic becomes a power of two. The quotient by qmax is that of real numbers but for
// rceil, and powers are held to those of E8M0.
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
  half_up,    // floor(x + 1/2), the sum in f32; integers only
  half_away,  // C's roundf; integers only
  thresholds  // codebooks
};

// The rank of x is the number of thresholds strictly below it (NaN: 0); its code is codes[rank].
struct Thresholds {
  std::span<const float> at = {};            // ascending, one fewer than the ranks
  std::span<const std::uint8_t> codes = {};  // codes[rank]; empty: the rank itself
  bool sign_magnitude = false;  // rank |x|; a normal negative x sets the top bit of the code
};

// The result of a search for one group.
struct Fit {
  float step;
  float minimum;
};

// Clips the statistic of a group, absmax or min_max: of its products with 1 - i / grid, where i is
// 0 .. kCandidates - 1, the one of least squared error, the largest on ties. Errors are those of the
// scale and the zero point as they are stored; their squares are summed in f32, 1024 neighbours in
// order, then those sums in order. (GPTQ, arXiv 2210.17323, and AWQ, arXiv 2306.00978, search so.)
struct Clipping {
  static constexpr int kCandidates = 32;
  float grid;
};

// Ternary codes of a group: weights of a magnitude above a threshold are +-1 times its scale, which
// is the mean magnitude of those. The threshold is a multiple of the mean of all magnitudes (TWN,
// arXiv 1605.04711), and then as often as `refinements` half the scale before: Lloyd's iteration,
// which ends in the least squared error. Codes are found with it as the scale.
struct TernaryMeans {
  float threshold;
  int refinements = 0;
};

// Zero points that are any number, refined for the whole matrix so that an l_p norm of the error
// falls (HQQ, Badri and Shaji 2023): at most `iterations` times, while the mean magnitude of the
// error falls.
struct HalfQuadratic {
  float power = 0.7f;
  float beta = 10;
  int iterations = 20;
};

// A search among scales as they are stored: codes of 8 bits from `first` to `last`, counted from
// the one that the statistic gives, within lowest..highest; after each, if there is another qmax,
// the one that the statistic gives with that. Taken is the code of the least error, the first of
// several. The error of a group is the sum over its weights, in f32 and in their order, of
//
//   ((decoded - w) / scale of the first candidate)^2
//
// without weights that are NaN; an error of NaN is not less than another.
struct ScaleCandidates {
  int first = 0, last = 0;
  float other_qmax = 0;  // 0: none; else the outer scale is from_statistics
  int lowest = 0, highest = 254;
};

// How scales are searched for, where one statistic does not give them.
using Search = std::variant<std::monostate, Fit (*)(std::span<const float> group), Clipping,
                            TernaryMeans, HalfQuadratic, ScaleCandidates>;

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
  float least_stored = 0;         // scales below are stored as this
  Search search = {};
};

}  // namespace qbench
