// SPDX-License-Identifier: Apache-2.0
// What every quantized mode of the table makes of an infinity, and of -0.
#include <bit>
#include <cmath>
#include <limits>

#include "reference/reference.h"
#include "tests/catch.h"

namespace qbench {
namespace {

constexpr std::int64_t kRows = 2, kCols = 256;
constexpr std::size_t kAt = 4;  // of row 0
constexpr float kInfinity = std::numeric_limits<float>::infinity();

Matrix weights_with(float special) {
  Matrix w(kRows, kCols);
  for (std::int64_t r = 0; r < kRows; ++r)
    for (std::int64_t c = 0; c < kCols; ++c)
      w.row(r)[c] = static_cast<float>((5 * c + 3 * r) % 17 - 8) / 8;
  w.values[kAt] = special;
  return w;
}

Matrix decoded(const Mode& mode, float special) {
  Matrix out(kRows, kCols);
  reference::dequantize(reference::quantize(mode, mode.block_size, weights_with(special)), out);
  return out;
}

std::vector<const Mode*> quantized_modes() {
  std::vector<const Mode*> out;
  std::ranges::copy_if(all_modes(), std::back_inserter(out), &Mode::quantized);
  return out;
}

// What becomes of the weights that share a scale with an infinity.
enum class Fate {
  lost,      // none is a finite number
  alone,     // the infinity keeps its sign, the others are 0
  greatest,  // the infinity becomes the greatest number, the others are 0
  zero,      // all are 0
  finite,    // all are finite numbers
};

template <class Kind>
bool searches(const Mode& mode) {
  return std::holds_alternative<Kind>(mode.quantizer.search);
}

bool has_floats(const Mode& mode) { return std::holds_alternative<SmallFloat>(mode.format.codec); }

Fate fate_in(const Mode& mode) {
  if (searches<HalfQuadratic>(mode) || searches<CodeDescent>(mode) ||
      searches<StepCandidates>(mode))
    return Fate::finite;
  if (searches<TernaryMeans>(mode) || searches<CodebookCandidates>(mode) ||
      searches<NearestLevel>(mode))
    return Fate::zero;
  const Storage& scale = mode.format.scale.storage;
  if (std::holds_alternative<PowerOfTwo>(scale.codec)) return Fate::alone;
  if (scale == stored::e4m3 && !mode.format.scale.outer) return Fate::greatest;
  return Fate::lost;
}

bool is_fate(Fate fate, float weight, bool was_infinite, float infinity) {
  switch (fate) {
    case Fate::lost:
      return !std::isfinite(weight);
    case Fate::alone:
      return weight == (was_infinite ? infinity : 0);
    case Fate::greatest:
      return weight == (was_infinite ? std::copysign(6.0f * 448, infinity) : 0);
    case Fate::zero:
      return weight == 0;
    case Fate::finite:
      break;
  }
  return std::isfinite(weight);
}

// True where what another row decodes to depends on this one.
bool shares_rows(const Mode& mode) {
  const auto& outer = mode.format.scale.outer;
  return mode.format.granularity == Granularity::tensor || mode.format.tile_rows > 1 ||
         searches<HalfQuadratic>(mode) || (outer && (outer->size == 0 || outer->less_mean));
}

}  // namespace

TEST_CASE("an infinity has the fate that its mode's description gives it, with all in its group") {
  for (const Mode* mode : quantized_modes())
    for (const float infinity : {kInfinity, -kInfinity}) {
      CAPTURE(mode->name, infinity);
      const Matrix w = decoded(*mode, infinity);
      const Partition groups =
          QuantizedMatrix(mode->format, mode->block_size, kRows, kCols).groups();
      std::int64_t wrong = 0;
      for (std::int64_t i = groups.begin(0); i < groups.end(0); ++i)
        if (i < kCols)
          wrong += !is_fate(fate_in(*mode), w.values[static_cast<std::size_t>(i)],
                            i == static_cast<std::int64_t>(kAt), infinity);
      CHECK(wrong == 0);
    }
}

TEST_CASE("an infinity leaves rows alone that share no scale with it") {
  for (const Mode* mode : quantized_modes()) {
    if (shares_rows(*mode)) continue;
    CAPTURE(mode->name);
    const Matrix without = decoded(*mode, 1), with = decoded(*mode, kInfinity);
    CHECK(std::equal(with.row(1), with.row(1) + kCols, without.row(1)));
  }
}

TEST_CASE("-0 keeps its sign as a small float, but for ggml's, and is 0 to every other mode") {
  for (const Mode* mode : quantized_modes()) {
    CAPTURE(mode->name);
    const float minus = decoded(*mode, -0.0f).values[kAt], plus = decoded(*mode, 0).values[kAt];
    const bool keeps = has_floats(*mode) && !searches<NearestLevel>(*mode);
    CHECK(std::bit_cast<std::uint32_t>(minus) ==
          std::bit_cast<std::uint32_t>(keeps ? -0.0f : plus));
    if (has_floats(*mode)) CHECK(std::bit_cast<std::uint32_t>(plus) == 0);
  }
}

}  // namespace qbench
