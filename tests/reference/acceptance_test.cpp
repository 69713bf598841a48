// SPDX-License-Identifier: Apache-2.0
// bitsandbytes' own acceptance thresholds (its tests/test_functional.py): mean error of a 4-bit
// round trip of randn(1024, 1024), which passes up to 7 standard deviations above the mean.
#include "tests/catch.h"
#include "tests/reference/gaussian.h"

namespace qbench {
namespace {

struct Figure {
  double mean, std;
};
struct Accepted {
  const char* mode;
  int block_size;
  Figure error;     // mean |x - decoded|
  Figure relative;  // mean |x - decoded| / (|x| + 1e-8)
};

const Accepted kAccepted[] = {
    {"fp4", 32, {0.088925, 9.1e-5}, {0.242443, 3.30e-4}},
    {"fp4", 64, {0.096543, 1.11e-4}, {0.260125, 3.79e-4}},
    {"fp4", 128, {0.102969, 1.34e-4}, {0.275817, 4.33e-4}},
    {"fp4", 256, {0.108684, 1.82e-4}, {0.289831, 4.97e-4}},
    {"fp4", 512, {0.114115, 2.34e-4}, {0.302881, 5.83e-4}},
    {"fp4", 1024, {0.119333, 3.20e-4}, {0.315000, 7.57e-4}},
    {"fp4", 2048, {0.124556, 4.55e-4}, {0.326607, 9.55e-4}},
    {"fp4", 4096, {0.129536, 6.12e-4}, {0.337169, 1.239e-3}},
    {"nf4", 32, {0.067746, 6.9e-5}, {0.189726, 3.04e-4}},
    {"nf4", 64, {0.072798, 7.4e-5}, {0.203339, 3.40e-4}},
    {"nf4", 128, {0.076831, 9.1e-5}, {0.215237, 3.91e-4}},
    {"nf4", 256, {0.080337, 1.02e-4}, {0.226105, 3.98e-4}},
    {"nf4", 512, {0.083547, 1.43e-4}, {0.236079, 5.44e-4}},
    {"nf4", 1024, {0.086610, 1.87e-4}, {0.245370, 6.00e-4}},
    {"nf4", 2048, {0.089592, 2.51e-4}, {0.254163, 7.47e-4}},
    {"nf4", 4096, {0.092547, 3.60e-4}, {0.262473, 9.99e-4}},
};

struct Means {
  double error = 0, relative = 0;
};

Means round_trip(const char* mode, int block_size) {
  const Matrix w = standard_normal(1024, 1024, 1);
  Matrix decoded(w.rows, w.cols);
  reference::dequantize(reference::quantize(*find_mode(mode), block_size, w), decoded);
  Means sums;
  for (std::size_t i = 0; i < w.values.size(); ++i) {
    const double value = static_cast<double>(w.values[i]);
    const double error = std::abs(value - static_cast<double>(decoded.values[i]));
    sums.error += error;
    sums.relative += error / (std::abs(value) + 1e-8);
  }
  const auto count = static_cast<double>(w.size());
  return {sums.error / count, sums.relative / count};
}

bool within_7_std(double value, const Figure& figure) {
  return std::abs(value - figure.mean) <= 7 * figure.std;
}

}  // namespace

TEST_CASE("4-bit round trips meet bitsandbytes' acceptance thresholds at every block size",
          "[samples]") {
  for (const Accepted& accepted : kAccepted) {
    const Means means = round_trip(accepted.mode, accepted.block_size);
    CAPTURE(accepted.mode, accepted.block_size, means.error, means.relative);
    CHECK(within_7_std(means.error, accepted.error));
    CHECK(within_7_std(means.relative, accepted.relative));
  }
}

TEST_CASE("double quantization meets bitsandbytes' acceptance thresholds", "[samples]") {
  for (const char* mode : {"nf4-dq", "fp4-dq"})
    for (const int block_size : {32, 64, 128}) {
      const Means means = round_trip(mode, block_size);
      CAPTURE(mode, block_size, means.error, means.relative);
      CHECK(means.error < 0.11);
      CHECK(means.relative < 0.28);
    }
}

TEST_CASE("double quantization adds 7.3e-5 to the mean error of nf4 at block 64") {
  const double added = round_trip("nf4-dq", 64).error - round_trip("nf4", 64).error;
  CHECK(added == Approx(7.3e-5).margin(1.5e-5));
}

}  // namespace qbench
