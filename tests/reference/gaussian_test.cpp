// SPDX-License-Identifier: Apache-2.0
// Quantization error on N(0, 1) against exact figures, for every mode that has some: quadrature
// over the distribution of a block's absmax, with an unrounded scale, closed forms, and Monte Carlo
// of 2^26 samples where there is neither.
#include "tests/reference/gaussian.h"

#include "reference/simd/loops.h"
#include "tests/catch.h"

namespace qbench {
namespace {

// A row of the tables of exact figures: relative squared error by the size of what shares a scale.
struct Exact {
  const char* mode;
  int size;  // of a block or group; of a row, or of a tensor, where the mode has no blocks
  double nmse;
  int seeds = 1;  // matrices of 2^24 weights that are measured as one
};

// The squared error of integers grows with the square of the absmax, whose relative standard
// deviation over blocks of 256 is 0.25: the mean over 2^16 of them has a standard error of 0.1 %,
// two thirds of what is allowed, and is taken over four times as many blocks.
constexpr int kPooled = 4;

const Exact kExact[] = {{"nf4", 32, 0.0076234},
                        {"nf4", 64, 0.0084601},
                        {"nf4", 128, 0.0091356},
                        {"nf4", 256, 0.0097288},
                        {"nf4", 1024, 0.010865},
                        {"nf4", 4096, 0.012079},
                        {"fp4", 32, 0.013026},
                        {"fp4", 64, 0.014871},
                        {"fp4", 128, 0.016533},
                        {"fp4", 256, 0.018121},
                        {"fp4", 1024, 0.021355},
                        {"fp4", 4096, 0.024863},
                        {"nf3", 32, 0.033491},
                        {"nf3", 64, 0.038954},
                        {"nf3", 128, 0.043935},
                        {"nf3", 256, 0.048626},
                        {"nf3", 1024, 0.0577},
                        {"nf3", 4096, 0.066857},
                        {"nf2", 32, 0.26691},
                        {"nf2", 64, 0.31807},
                        {"nf2", 128, 0.36427},
                        {"nf2", 256, 0.4056},
                        {"nf2", 1024, 0.47527},
                        {"nf2", 4096, 0.531},
                        {"int2-sym", 16, 0.34255},
                        {"int2-sym", 32, 0.43264},
                        {"int2-sym", 64, 0.51477},
                        {"int2-sym", 128, 0.5877},
                        {"int2-sym", 256, 0.65131},
                        {"int2-sym", 1024, 0.75292},
                        {"int2-sym", 4096, 0.82625},
                        {"int3-sym", 16, 0.039576},
                        {"int3-sym", 32, 0.051303},
                        {"int3-sym", 64, 0.0631},
                        {"int3-sym", 128, 0.074927},
                        {"int3-sym", 256, 0.086786, kPooled},
                        {"int3-sym", 1024, 0.11064},
                        {"int3-sym", 4096, 0.13471},
                        {"int4-sym", 16, 0.0072565},
                        {"int4-sym", 32, 0.0094097},
                        {"int4-sym", 64, 0.011578},
                        {"int4-sym", 128, 0.013752},
                        {"int4-sym", 256, 0.015932, kPooled},
                        {"int4-sym", 1024, 0.020318},
                        {"int4-sym", 4096, 0.024743},
                        {"int8-sym", 16, 2.2037e-05},
                        {"int8-sym", 32, 2.8577e-05},
                        {"int8-sym", 64, 3.5164e-05},
                        {"int8-sym", 128, 4.1771e-05},
                        {"int8-sym", 256, 4.8397e-05, kPooled},
                        {"int8-sym", 1024, 6.1724e-05},
                        {"int8-sym", 4096, 7.5167e-05},
                        {"int8-row", 128, 4.1771e-05},
                        {"int8-row", 4096, 7.5167e-05},
                        {"int8", 16, 2.2037e-05},
                        {"int8", 32, 2.8577e-05},
                        {"int8", 64, 3.5164e-05},
                        {"int8", 128, 4.1771e-05},
                        {"int8", 256, 4.8397e-05, kPooled},
                        {"int8", 1024, 6.1724e-05},
                        {"int8", 4096, 7.5167e-05},
                        {"fp8-row", 16, 0.00049757},
                        {"fp8-row", 32, 0.00057535},
                        {"fp8-row", 64, 0.00062801},
                        {"fp8-row", 128, 0.0006614},
                        {"fp8-row", 256, 0.00068129},
                        {"fp8-row", 1024, 0.00069783},
                        {"fp8-row", 4096, 0.00070072},
                        {"fp8-1x128", 128, 0.0006614},
                        {"fp8-e5m2-row", 16, 0.0019852},
                        {"fp8-e5m2-row", 32, 0.0022933},
                        {"fp8-e5m2-row", 64, 0.0025005},
                        {"fp8-e5m2-row", 128, 0.0026305},
                        {"fp8-e5m2-row", 256, 0.0027066},
                        {"fp8-e5m2-row", 1024, 0.0027672},
                        {"fp8-e5m2-row", 4096, 0.0027753},
                        {"fp8-e5m2-1x128", 128, 0.0026305},
                        {"mxfp8", 32, 0.00086202},
                        {"mxfp8-e5m2", 32, 0.0029108},
                        {"mxfp6", 32, 0.00080524},
                        {"mxfp6-e3m2", 32, 0.0029109},
                        {"mxfp4", 32, 0.013219},
                        {"mxfp4-rceil", 32, 0.013313},
                        {"mxint8", 32, 6.8148e-05},
                        {"nvfp4-1l", 16, 0.0090453},
                        {"q4_0", 32, 0.0073774},
                        // Closed forms.
                        {"b1.58", 1 << 16, 0.2633818},
                        {"twn", 1 << 16, 0.1916248},
                        {"ternary-ls", 1 << 16, 0.190174},
                        {"binary", 1 << 16, 0.36338023},
                        // Monte Carlo of 2^26 samples. (That of int8 per tensor is of one absmax.)
                        {"nf4", 64, 0.008461562},
                        {"nf4-dq", 64, 0.008465854},
                        {"nf4-dq-e4m3", 64, 0.008478592},
                        {"nf4-dq-int8", 64, 0.008463532},
                        {"fp4-dq", 64, 0.01487184},
                        {"nvfp4", 16, 0.009046825},
                        {"mxfp4", 32, 0.01321932},
                        {"int4", 32, 0.006519774},
                        {"int4", 64, 0.00828536},
                        {"int4", 128, 0.01010044},
                        {"q4_1", 32, 0.006114666},
                        {"int3", 128, 0.04639299},
                        {"int2", 64, 0.2085721},
                        {"int8-asym", 128, 3.494786e-05},
                        {"fp8", 1 << 24, 0.0007029149},
                        {"b1.58", 1 << 16, 0.2633789},
                        {"binary", 1 << 16, 0.3634027},
                        {"binary-group", 128, 0.3605631}};

// What errors may be off: few blocks of many weights say less.
double allowed(const Exact& exact) {
  const bool of_tensor = find_mode(exact.mode)->format.granularity == Granularity::tensor;
  return !of_tensor && exact.size > 256 ? 0.004 : 0.0015;
}

// int8's weights pass through fp16 first, which adds this much (uncorrelated) error.
double added_by_fp16(const Mode& mode) {
  return mode.quantizer.weights_through == Dtype::fp16 ? 4.4e-8 : 0;
}

// The sums of squared errors and of squares.
struct Sums {
  double error = 0, signal = 0;
  void add(const Matrix& w, const Matrix& decoded) {
    const reference::StretchErrors errors =
        reference::loops().errors(w.values.data(), decoded.values.data(), w.values.size());
    error += errors.error;
    signal += errors.signal;
  }
};

// Reads as a mode's own shape the same weights: rows of the size where the mode has no blocks.
struct Scratch {
  Matrix w, decoded;
};

void measure(const Exact& exact, Scratch& on, Sums& sums) {
  const Mode& mode = *find_mode(exact.mode);
  const std::int64_t all = on.w.size();
  on.w.cols = on.decoded.cols = mode.block_sizes.empty() ? exact.size : 4096;
  on.w.rows = on.decoded.rows = all / on.w.cols;
  if (mode.format.granularity != Granularity::tensor) {
    const int size = mode.block_sizes.empty() ? 0 : exact.size;
    reference::dequantize(reference::quantize(mode, size, on.w), on.decoded);
    return sums.add(on.w, on.decoded);
  }
  Matrix tensor(1, exact.size), decoded(1, exact.size);
  for (std::int64_t r = 0; r < on.w.rows; ++r) {
    std::copy_n(on.w.row(r), exact.size, tensor.values.data());
    reference::dequantize(reference::quantize(mode, 0, tensor), decoded);
    sums.add(tensor, decoded);
  }
}

}  // namespace

TEST_CASE("the errors of 2^24 normal weights are the exact ones within 0.15 %, 0.4 % beyond 256",
          "[samples]") {
  Sums sums[std::size(kExact)];
  for (int seed = 1; seed <= kPooled; ++seed) {
    Scratch on = {standard_normal(4096, 4096, static_cast<std::uint64_t>(seed)),
                  Matrix(4096, 4096)};
    for (std::size_t i = 0; i < std::size(kExact); ++i)
      if (seed <= kExact[i].seeds) measure(kExact[i], on, sums[i]);
  }
  for (std::size_t i = 0; i < std::size(kExact); ++i) {
    const Exact& exact = kExact[i];
    const double expected = exact.nmse + added_by_fp16(*find_mode(exact.mode));
    const double off = sums[i].error / sums[i].signal / expected - 1;
    CAPTURE(exact.mode, exact.size, off);
    CHECK(std::abs(off) <= allowed(exact));
  }
}

TEST_CASE("the standard errors are small enough to tell modes apart") {
  for (const int size : {32, 64, 128, 256}) {
    const ErrorRatio ratio = error_on_normal(*find_mode("nf4"), size);
    CAPTURE(size, ratio.nmse(), ratio.standard_error());
    CHECK(ratio.standard_error() < 1e-3 * ratio.nmse());
  }
}

TEST_CASE("double quantization costs 0.05 % of error at block 64") {
  const double plain = error_on_normal(*find_mode("nf4"), 64).nmse();
  const double twice = error_on_normal(*find_mode("nf4-dq"), 64).nmse();
  CHECK(twice / plain - 1 == Approx(0.008465854 / 0.008461562 - 1).epsilon(0.1));
}

}  // namespace qbench
