// SPDX-License-Identifier: Apache-2.0
// The description of a mode carries formats that no mode has: each, as data alone, has the error on
// normal weights and the bits per parameter that are known of it.
#include "reference/formats/nvfp4.h"
#include "tests/catch.h"
#include "tests/formats/floats.h"
#include "tests/formats/integers.h"
#include "tests/formats/tables.h"
#include "tests/reference/gaussian.h"

namespace qbench {
namespace {

using namespace as_data;

// The known error is exact (quadrature, unrounded scale), or has a standard error of its own.
struct Known {
  const char* format;
  Mode mode;
  int size;  // of a block or group; of a tensor where all of it shares a scale
  double nmse;
  double standard_error;
  double bits_per_param;  // of the groups alone: what is one a tensor comes on top
};

constexpr double kExact = 0;
// Monte Carlo of 2^26 samples, this run has 2^22: its standard error is a quarter of the run's.
constexpr double kMonteCarlo = -0.25;

const Known kKnown[] = {
    {"MXFP4, exponent rounded up", kModeloptMxfp4, 32, 0.013313, kExact, 4.25},
    {"E2M1, f32 scale", absmax(4, kE2M1, 6), 64, 0.011174, kExact, 4.5},
    {"FP8 E4M3 in blocks", absmax(8, kE4M3, 448), 128, 0.0006614, kExact, 8.25},
    {"FP8 E4M3 per tensor", absmax(8, kE4M3, 448, Granularity::tensor), 4096, 0.00070072, kExact,
     8},
    {"FP8 E5M2 in blocks", absmax(8, kE5M2, 57344), 128, 0.0026305, kExact, 8.25},
    {"FP8 E5M2 per tensor", absmax(8, kE5M2, 57344, Granularity::tensor), 4096, 0.0027753, kExact,
     8},
    {"ternary absmax", absmax(2, symmetric(1), 1), 256, 0.65131, kExact, 2.125},
    {"int5 symmetric", absmax(5, symmetric(15), 15), 64, 0.0025208, kExact, 5.5},
    {"int6 symmetric", absmax(6, symmetric(31), 31), 64, 0.00059018, kExact, 6.5},
    {"int8 per tensor", absmax(8, symmetric(127), 127, Granularity::tensor), 4096, 7.5167e-05,
     kExact, 8},
    {"AF4", table(kAf4, kAf4Thresholds), 64, 0.0091513, kExact, 4.5},
    {"BOF4-S", table(kBof4s, kBof4sThresholds, Statistic::signed_absmax), 64, 0.00735171, kExact,
     4.5},
};

bool per_tensor(const Mode& mode) { return mode.format.granularity == Granularity::tensor; }

ErrorRatio measured(const Known& known) {
  return per_tensor(known.mode) ? error_on_normal_tensors(known.mode, known.size)
                                : error_on_normal(known.mode, known.size);
}

double both_errors(const Known& known, double measured_error) {
  const double own =
      known.standard_error < 0 ? -known.standard_error * measured_error : known.standard_error;
  return std::hypot(measured_error, own);
}

// Bits that the whole tensor shares, by the description: its scale, an outer scale, a mean.
double bits_of_tensor(const Mode& mode) {
  const auto& outer = mode.format.scale.outer;
  return 32.0 * (per_tensor(mode) + (outer && outer->size == 0) + (outer && outer->less_mean));
}

}  // namespace

TEST_CASE("every description has its known error on normal weights, as data alone") {
  for (const Known& known : kKnown) {
    const ErrorRatio ratio = measured(known);
    CAPTURE(known.format, known.size, known.nmse, ratio.nmse(), ratio.standard_error());
    CHECK(std::abs(ratio.nmse() - known.nmse) <= 4 * both_errors(known, ratio.standard_error()));
    CHECK(ratio.standard_error() <= 0.006 * ratio.nmse());
  }
}

TEST_CASE("every description has its bits per parameter, counted from the stored bytes") {
  const Matrix w = standard_normal(64, 1024, 2);
  for (const Known& known : kKnown) {
    CAPTURE(known.format, known.size);
    const QuantizedMatrix q =
        reference::quantize(known.mode, per_tensor(known.mode) ? 0 : known.size, w);
    const double shared = bits_of_tensor(known.mode) / static_cast<double>(w.size());
    CHECK(q.bits_per_param() == known.bits_per_param + shared);
  }
}

TEST_CASE("every description is left alone by a second round trip of its own numbers") {
  for (const Known& known : kKnown) {
    if (known.mode.quantizer.statistic == Statistic::mean_abs) continue;  // its mean shrinks
    CAPTURE(known.format, known.size);
    const int size = per_tensor(known.mode) ? 0 : known.size;
    Matrix once = standard_normal(16, 1024, 2), twice(16, 1024);
    reference::dequantize(reference::quantize(known.mode, size, once), once);
    reference::dequantize(reference::quantize(known.mode, size, once), twice);
    double error = 0, signal = 0;
    for (std::size_t i = 0; i < once.values.size(); ++i) {
      error += std::pow(static_cast<double>(twice.values[i] - once.values[i]), 2);
      signal += std::pow(static_cast<double>(once.values[i]), 2);
    }
    CHECK(error <= 0.05 * known.nmse * signal);
  }
}

}  // namespace qbench
