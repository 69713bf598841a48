// SPDX-License-Identifier: Apache-2.0
// Quantization error on N(0, 1) against exact figures: quadrature over the distribution of a
// block's absmax, with an unrounded scale, and Monte Carlo of 2^26 samples where there is no closed
// form.
#include "tests/reference/gaussian.h"

#include "tests/catch.h"

namespace qbench {
namespace {

struct Exact {
  const char* mode;
  int size;  // of a block or group; of a row or the tensor where the mode has no blocks
  double nmse;
};

const Exact kQuadrature[] = {{"nf4", 32, 0.0076234},
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
                             {"mxfp4", 32, 0.013219},
                             {"int8", 16, 2.2037e-05},
                             {"int8", 32, 2.8577e-05},
                             {"int8", 64, 3.5164e-05},
                             {"int8", 128, 4.1771e-05},
                             {"int8", 256, 4.8397e-05},
                             {"int8", 1024, 6.1724e-05},
                             {"int8", 4096, 7.5167e-05},
                             {"int4-sym", 16, 0.0072565},
                             {"int4-sym", 32, 0.0094097},
                             {"int4-sym", 64, 0.011578},
                             {"int4-sym", 128, 0.013752},
                             {"int4-sym", 1024, 0.020318},
                             {"int3-sym", 32, 0.051303},
                             {"int3-sym", 128, 0.074927},
                             {"int8-sym", 32, 2.8577e-05},
                             {"int8-sym", 128, 4.1771e-05},
                             {"int8-row", 128, 4.1771e-05},
                             {"int8-row", 4096, 7.5167e-05},
                             {"nf3", 32, 0.033491},
                             {"nf3", 64, 0.038954},
                             {"nf3", 256, 0.048626},
                             {"nf2", 32, 0.26691},
                             {"nf2", 64, 0.31807},
                             {"nf2", 256, 0.4056},
                             {"b1.58", 65536, 0.2633818},
                             {"twn", 65536, 0.1916248},
                             {"ternary-ls", 65536, 0.190174},
                             {"binary", 65536, 0.36338023},
                             {"fp8-row", 16, 0.00049757},
                             {"fp8-row", 32, 0.00057535},
                             {"fp8-row", 64, 0.00062801},
                             {"fp8-row", 128, 0.0006614},
                             {"fp8-row", 256, 0.00068129},
                             {"fp8-row", 1024, 0.00069783},
                             {"fp8-row", 4096, 0.00070072},
                             {"fp8-e5m2-row", 16, 0.0019852},
                             {"fp8-e5m2-row", 32, 0.0022933},
                             {"fp8-e5m2-row", 64, 0.0025005},
                             {"fp8-e5m2-row", 128, 0.0026305},
                             {"fp8-e5m2-row", 256, 0.0027066},
                             {"fp8-e5m2-row", 1024, 0.0027672},
                             {"fp8-e5m2-row", 4096, 0.0027753},
                             {"fp8-1x128", 128, 0.0006614},
                             {"fp8-e5m2-1x128", 128, 0.0026305},
                             {"mxfp8", 32, 0.00086202},
                             {"mxfp8-e5m2", 32, 0.0029108},
                             {"mxfp6", 32, 0.00080524},
                             {"mxfp6-e3m2", 32, 0.0029109},
                             {"mxint8", 32, 6.8148e-05},
                             {"mxfp4-rceil", 32, 0.013313}};

const Exact kMonteCarlo[] = {{"nf4", 64, 0.008461562},         {"nf4-dq", 64, 0.008465854},
                             {"fp4-dq", 64, 0.01487184},       {"mxfp4", 32, 0.01321932},
                             {"int4", 32, 0.006519774},        {"int4", 64, 0.00828536},
                             {"int4", 128, 0.01010044},        {"int3", 128, 0.04639299},
                             {"int2", 64, 0.2085721},          {"int8-asym", 128, 3.494786e-05},
                             {"nf4-dq-e4m3", 64, 0.008478592}, {"nf4-dq-int8", 64, 0.008463532},
                             {"binary-group", 128, 0.3605631}, {"nvfp4", 16, 0.009046825}};

// int8's weights pass through fp16 first, which adds this much (uncorrelated) error.
double added_by_fp16(const Mode& mode) {
  return mode.quantizer.weights_through == Dtype::fp16 ? 4.4e-8 : 0;
}

ErrorRatio measured(const Mode& mode, int size) {
  if (mode.format.granularity == Granularity::tensor) return error_on_normal_tensors(mode, size);
  return mode.block_sizes.empty() ? error_on_normal(mode, 0, size) : error_on_normal(mode, size);
}

}  // namespace

TEST_CASE("the errors on normal weights are the exact ones within 4 standard errors", "[samples]") {
  for (const Exact& exact : kQuadrature) {
    const Mode& mode = *find_mode(exact.mode);
    const ErrorRatio ratio = measured(mode, exact.size);
    CAPTURE(exact.mode, exact.size, exact.nmse, ratio.nmse(), ratio.standard_error());
    const double off = std::abs(ratio.nmse() - exact.nmse - added_by_fp16(mode));
    CHECK(off <= 4 * ratio.standard_error());
  }
}

TEST_CASE("the errors on normal weights agree with a Monte Carlo of 2^26 samples", "[samples]") {
  constexpr double kBothErrors = 1 + 0x1p22 / 0x1p26;  // variances: this run's and the target's
  for (const Exact& exact : kMonteCarlo) {
    const ErrorRatio ratio = measured(*find_mode(exact.mode), exact.size);
    CAPTURE(exact.mode, exact.size, exact.nmse, ratio.nmse(), ratio.standard_error());
    const double off = std::abs(ratio.nmse() - exact.nmse);
    CHECK(off <= 4 * ratio.standard_error() * std::sqrt(kBothErrors));
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
