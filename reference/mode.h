// SPDX-License-Identifier: Apache-2.0
// Mode: what a quantization mode means, as data. A mode is packing o codec o scaling.
//
// A weight w is stored as a code and, with the other weights of its group, a scale. With `full` the
// grid value to which the group's statistic maps (127 of int8, 6 of E2M1, 1 of a table of levels):
//
//   stored == statistic:  scaled = w * (full / statistic)   decoded = value[code] * statistic * (1
//   / full) stored == step:       step = statistic / full           decoded = (value[code] - zero)
//   * step + minimum
//                         scaled = (w - minimum) / step + zero
//
// What makes modes differ is a field here, never a branch on a name elsewhere.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "reference/matrix.h"

namespace qbench {

// --- Codecs: scaled numbers to codes and back

// A table. The rank of x is the number of thresholds strictly below it (NaN: 0); its code is
// codes[rank].
struct Levels {
  std::span<const float> values;             // values[code]
  std::span<const float> thresholds;         // ascending, one fewer than the ranks
  std::span<const std::uint8_t> codes = {};  // codes[rank]; empty: the rank itself
  bool sign_magnitude = false;  // rank |x|; a normal negative x sets the top bit of the code
};

// Whole numbers lowest..highest, stored in two's complement. NaN is stored as 0 (plus the zero
// point).
struct Grid {
  enum class Rounding { nearest_even, half_up };  // half_up: floor(x + 1/2), the sum in f32
  int lowest;
  int highest;
  Rounding rounding = Rounding::nearest_even;
};

// A small float of at most 8 bits with subnormals. Rounds to nearest even and saturates at
// `largest`, infinities included; NaN is stored as `nan_code`, or as 0 where the format has none.
struct SmallFloat {
  int exponent_bits;
  int mantissa_bits;
  int bias;
  float largest;
  std::optional<std::uint8_t> nan_code;
};

// No codes: the weight itself, rounded to the type. Such a mode has no scaling.
struct Unscaled {
  Dtype dtype;
};

using Codec = std::variant<Levels, Grid, SmallFloat, Unscaled>;

// --- Scaling: what divides the weights before the codec

// Who shares a scale. A block runs over the flattened row-major matrix, across rows; a group runs
// along k and never crosses a row. The last one may be short.
enum class Extent { block, group, row, tensor };

enum class Statistic {
  absmax,         // max |w|; NaN is passed over
  signed_absmax,  // the w of largest |w|, the first on ties
  min_max,        // max(w, 0) - min(w, 0)
  range,          // max w - min w
  mean_abs,       // mean |w|
  searched,       // whatever `Scaling::fit` finds
};

// How a scale is kept. Rounding is to nearest even unless the name says otherwise; dynamic8 is
// bitsandbytes' signed 256-entry map; u6 is a whole number 0..63.
enum class Storage { f32, f16, e8m0_floor, e8m0_ceil, e4m3, u6, dynamic8 };

// multiply_by_reciprocal: by a correctly rounded reciprocal (never with Zero::minimum); divide: as
// IEEE does.
enum class Rule { multiply_by_reciprocal, divide };
enum class Stored { statistic, step };
enum class CodesFrom { exact_scale, stored_scale };  // which scale the codes are found with
enum class Zero {
  none,
  integer,  // a code z = clamp(rne(-min(w, 0) / step)) per group, kept in the width of a code
  minimum,  // the group's least weight (with Statistic::searched: what it finds), kept as the
            // scales are
};

// What a search finds for one group.
struct Fit {
  float step;
  float minimum;
};

// Scales of the scales: an inner scale s is stored, in the inner Storage, as (s - mean) / outer.
// The outer scale is absmax (or the signed absmax) of the s - mean that share it, divided by
// `full`, in f32 or f16.
struct OuterLevel {
  int size = 0;  // consecutive scales that share one; 0: all of the tensor
  float full = 1;
  Statistic statistic = Statistic::absmax;
  Rule rule = Rule::divide;
  Storage storage = Storage::f32;
  bool subtract_mean = false;  // the mean of all scales is kept, in f32, and taken off first
};

struct Scaling {
  Extent extent = Extent::tensor;
  Statistic statistic = Statistic::absmax;
  float full = 1;
  Rule rule = Rule::divide;
  Stored stored = Stored::step;
  Storage storage = Storage::f32;
  CodesFrom codes_from = CodesFrom::stored_scale;
  Zero zero = Zero::none;
  bool flush_subnormals =
      false;  // subnormal weights, statistics and reciprocals count as zero; the absmax of a
              // group without any number is -FLT_MAX (bitsandbytes' kernels), else 0
  bool zero_step_is_one = false;                       // a group of zeros is stored with the step 1
  Fit (*fit)(std::span<const float> group) = nullptr;  // with Statistic::searched
  std::optional<OuterLevel> outer = {};                // scales of the scales
};

// --- The rest

enum class NibbleOrder { high_first, low_first };

// Activations are quantized too: to int8 per row, columns with a magnitude >= outlier_threshold
// kept.
struct QuantizedActivations {
  float outlier_threshold;
};

struct Mode {
  std::string_view name;     // what --modes takes and reports print
  std::string_view summary;  // one line for --list
  int bits;                  // width of a stored code: 1 to 8; 16 or 32 without a codec
  Codec codec;
  Scaling scaling = {};
  int block_size = 0;                     // default; 0: the mode has no blocks
  std::span<const int> block_sizes = {};  // those allowed; empty: the mode has no blocks
  NibbleOrder nibbles = NibbleOrder::low_first;
  Dtype weights_through = Dtype::fp32;  // weights are rounded to this type before anything else
  std::optional<QuantizedActivations> activations = {};
  Dtype dtype = Dtype::bf16;  // of activations and results, by default

  bool quantized() const { return !std::holds_alternative<Unscaled>(codec); }
  bool allows(int size) const;
};

// Every built-in mode, in the order of --list.
std::span<const Mode* const> all_modes();

// nullptr where there is none of that name.
const Mode* find_mode(std::string_view name);

}  // namespace qbench
