// SPDX-License-Identifier: Apache-2.0
// Searches: how scales are found where one statistic of a group does not give them.
#pragma once

namespace qbench {

// --- Searches for the numbers of groups alone; codes are then found by the rules of the Quantizer

// Clips the statistic of a group, absmax or min_max: of its products with 1 - i / grid, where i is
// 0 .. kCandidates - 1, it takes the one of least squared error, the largest on ties. Errors are
// those of the scale and the zero point as they are stored; their squares are summed in f32, 1024
// neighbours in order, then those sums in order. (AWQ, arXiv 2306.00978, and the code of GPTQ
// search so.)
struct Clipping {
  static constexpr int kCandidates = 32;
  float grid;
};

// Ternary codes of a group: weights of a magnitude above a threshold are +-1 times its scale, which
// is the mean magnitude of those. The threshold is a multiple of the mean of all magnitudes (TWN,
// arXiv 1605.04711), and then, at most `refinements` times, half the scale before: Lloyd's
// iteration, in which the squared error never grows. Codes are found with the threshold in place of
// the scale.
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
// the one that the statistic gives with that. The code of the least error is taken, the first one
// on ties. The error of a group is the sum over its weights, in f32 and in their order, of
//
//   ((decoded - w) / scale of the first candidate)^2
//
// Weights that are NaN are left out. An error that is NaN never replaces a candidate and is never
// replaced.
struct ScaleCandidates {
  int first = 0, last = 0;
  float other_qmax = 0;  // 0: none; else the outer scale is from_statistics
  int lowest = 0, highest = 254;
};

// --- Searches for codes and numbers together

// A unit is a group or, where groups share an outer scale, all groups under it; the last unit of a
// row may be short. These are ggml's quantizers without an importance matrix (ggml-quants.c). They
// are f32 arithmetic without fused operations, sums run in the order of the weights, and of equal
// candidates the first is taken. NaN among the weights counts as 0.

// Groups without a weight of at least this magnitude have the step or scale 0.
inline constexpr float kLeastMagnitude = 1e-15f;

// Finds integers from 0 with a minimum: for each group the line step * code + minimum of least
// weighted error (make_qkx2_quants). Candidate i = 0 .. steps takes codes by the step
//
//   (max - min) / (highest code + first + i * increment)
//
// and fits the line to them by least squares; `min` is at most 0, and that of the best candidate so
// far. Steps and minima are then stored as integers under outer scales, and codes taken anew.
struct LeastSquares {
  enum class Weight { magnitude, magnitude_and_rms };  // an error weighs |x|, or |x| + the rms
  float first;
  float increment;
  int steps;
  Weight weight;
  bool absolute;  // errors count as they are, not squared
};

// A unit whose steps are all smaller than `least` counts as zeros: its outer scale is 0, its codes
// are the lowest, and its stored steps are `stored`.
struct ZeroSteps {
  float least;
  int stored;
};

// Finds signed integers: from codes by the group's largest magnitude, one code after the other is
// moved to where the weighted error (by x^2) of the best step is less, in at most `sweeps` sweeps
// (make_q3_quants). Steps are stored as integers under an outer scale, and codes taken anew.
struct CodeDescent {
  int sweeps;
  ZeroSteps zeros;
};

// Finds signed integers: the step of least weighted error (by x^2) among those that take the
// largest magnitude to -(n + i * increment), where -n is the lowest code and i = 0, -each_side ..
// each_side (make_qx_quants). Steps are stored as integers under an outer scale, and codes taken
// anew.
struct StepCandidates {
  int each_side;
  float increment;
  ZeroSteps zeros;
};

// Finds codes of a codebook: the scale of least weighted error (by x^2) among those that take the
// largest magnitude to the lowest level, negated, and to that level plus i = -each_side ..
// each_side. Ties between levels go to the higher.
struct CodebookCandidates {
  int each_side;
};

// Takes the code of least |level * scale - x|, the first on ties, so never -0. The scale is
// absmax / qmax: as E8M0 the power of two below, by a logarithm in f32; as E4M3 rounded half up,
// and 448 from 256 on.
struct NearestLevel {
  float qmax;
};

// Takes the mean magnitude, summed in f32, as the scale, and sets the bit of a weight where x >= 0.
struct SignAndMean {};

}  // namespace qbench
