// SPDX-License-Identifier: Apache-2.0
// The two errors, never mixed. Quantization error: the reference against unquantized double, a
// property of the mode. Kernel error: a kernel against what its operands should give, to find bugs.
#pragma once

#include <vector>

#include "reference/planes/quantized_matrix.h"

namespace qbench {

// Sums over elements of a value and its approximation, in double, always in the same order.
struct ErrorSums {
  double error = 0;    // sum (approximation - value)^2
  double signal = 0;   // sum value^2
  double largest = 0;  // max |approximation - value|; NaN once any was NaN

  void add(const ErrorSums& more);  // of further elements
  // error / signal; 0 where both are 0. NaN or infinite where undefined.
  double nmse() const;
};

// The error of the dequantized weights against the weights, and that of weights that are decoded
// already: the same bits.
ErrorSums weight_error(const Matrix& weights, const QuantizedMatrix& quantized);
ErrorSums weight_error(const Matrix& weights, const Matrix& decoded);
// The error of a product against the exact one of unquantized weights.
ErrorSums output_error(const DoubleMatrix& exact, const Matrix& output);

// x W^T in double: the exact product of unquantized weights.
DoubleMatrix exact_matmul(const Matrix& x, const Matrix& weights);

// For each row of x, over the outputs of a layer: the sums of squares of x (W' - W)^T, where W' are
// the decoded weights, and of x W^T. This is the part of the output error that the weights make, as
// the activations are not rounded. Products are summed in f32 as matmul does it, squares in double.
std::vector<double> output_error_squares(const Matrix& x, const Matrix& weights,
                                         const QuantizedMatrix& quantized);
std::vector<double> output_error_squares(const Matrix& x, const Matrix& weights,
                                         const Matrix& decoded);
std::vector<double> output_squares(const Matrix& x, const Matrix& weights);

// The right result of a matmul kernel, in double, from the operands that it really uses
// (dequantized weights; codes and scales of LLM.int8()), and the bound on its error from arithmetic
// alone: gamma(k) sum |x||w| for f32 sums in any order, the loss by underflow, and one rounding to
// dtype.
struct Expected {
  DoubleMatrix value;              // m x n
  DoubleMatrix bound;              // m x n
  DoubleMatrix magnitude;          // m x n: sum |x||w|
  DoubleMatrix of_zeros = {};      // m x n: sum |x||w of a code of 0|; empty where that is 0
  Buffer<double> x_sums;           // m: sum |x|
  Buffer<double> largest_weights;  // n: the most that scales allow in a row
  std::int64_t k;                  // products a sum
  Dtype dtype;                     // of the result
};
Expected expected_matmul(const Matrix& x, const QuantizedMatrix& weights, Dtype dtype);
// Fills in the bound from all else.
void set_bounds(Expected& expected);

// The most that a product, a sum or a weight loses below the normal numbers of f32: half the least
// subnormal where it is rounded; all of it where subnormals count as zero.
inline constexpr double kRounded = 0x1p-150, kFlushed = 0x1p-126;

// The arithmetic of a kernel; the bound on its error grows where it is not IEEE f32 throughout.
struct Arithmetic {
  double sum_roundoff = 0x1p-24;  // of a product or sum, relative
  double underflow = kRounded;    // of a product, a sum or a weight, absolute
  double weight_roundoffs = 0;    // of a weight, in units of the roundoff of the problem's dtype
  bool weights_of_dtype = false;  // weights are rounded to the problem's dtype: its range is theirs
  bool zeros_apart = false;       // what a code of 0 stands for is multiplied by the sum of x, once
  // The factor by which intermediate results may exceed the weights and the sums of |x| and |x||w|.
  double headroom = 1;
};

// Tensor cores align the 16 products of an instruction and the sum to the largest of the 17 and cut
// off what lies below an f32 of that size (Fasi, Higham, Mikaitis, Pranesh, Numerical behavior of
// NVIDIA tensor cores, 2021). A term thus loses up to a whole unit in the last place, not half of
// one, and so does the result: twice the roundoff.
inline constexpr Arithmetic kTensorCores = {.sum_roundoff = 0x1p-23, .underflow = 2 * kRounded};

// The elements of an output, judged by the rules in README.md of this folder.
struct KernelError {
  // The largest |output - value| / bound, to be held to 1; infinite where one of the two is a
  // number and the other is not.
  double largest = 0;
  std::int64_t worst = 0;       // the element that has it
  std::int64_t off = 0;         // elements beyond 1
  std::int64_t numbers = 0;     // elements whose value is a number and was compared
  std::int64_t not_judged = 0;  // elements a partial sum of which may overflow
};
KernelError kernel_error(const Expected& expected, const Matrix& output,
                         const Arithmetic& arithmetic = {});

}  // namespace qbench
