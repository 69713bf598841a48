// SPDX-License-Identifier: Apache-2.0
// Operation: a computation that kernels carry out. Operations are rows of one table, which has all
// in which they differ.
#pragma once

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>

namespace qbench {

// roundtrip: quantize, then dequantize; matmul: y = x W^T; lora_forward: y = x W^T + s (x A^T) B^T;
// lora_backward: the gradients of x, A and B that follow from g, that of y.
enum class Op { roundtrip, quantize, dequantize, matmul, lora_forward, lora_backward };

// The problem of one run, in numbers.
struct Sizes {
  double m, n, k;
  double element;   // bytes of a number of the dtype
  double stored;    // bytes of the codes and of all that belongs to them
  double rank = 0;  // of the adapter

  constexpr double adapter() const { return rank * (n + k); }  // numbers of A and B
};

// The least that one run has to do.
struct Work {
  double bytes = 0;             // moved
  std::optional<double> flops;  // multiplications and additions, where the operation multiplies
};

struct Operation {
  Op op;
  std::string_view name;
  bool has_x;            // it multiplies the weights by activations, of m rows
  bool has_dtype;        // it reads or writes numbers of Problem::dtype; without, all are fp32
  bool rounds_weights;   // the weights that it reads are numbers of that dtype
  bool makes_codes;      // Trial::quantized is its result, or part of it
  bool makes_output;     // Trial::output is its result, or part of it
  bool has_adapter;      // the weights have a low-rank adapter
  bool makes_gradients;  // of a gradient g: Trial::gradients is its result
  Work (*work)(const Sizes&);
};

inline constexpr Operation kOperations[] = {
    {.op = Op::roundtrip,
     .name = "roundtrip",
     .has_x = false,
     .has_dtype = false,
     .rounds_weights = false,
     .makes_codes = true,
     .makes_output = true,
     .has_adapter = false,
     .makes_gradients = false,
     .work = [](const Sizes& s) -> Work {
       return {2 * (s.element * s.n * s.k + s.stored), {}};
     }},
    {.op = Op::quantize,
     .name = "quantize",
     .has_x = false,
     .has_dtype = true,
     .rounds_weights = true,
     .makes_codes = true,
     .makes_output = false,
     .has_adapter = false,
     .makes_gradients = false,
     .work = [](const Sizes& s) -> Work {
       return {s.element * s.n * s.k + s.stored, {}};
     }},
    {.op = Op::dequantize,
     .name = "dequantize",
     .has_x = false,
     .has_dtype = true,
     .rounds_weights = false,
     .makes_codes = false,
     .makes_output = true,
     .has_adapter = false,
     .makes_gradients = false,
     .work = [](const Sizes& s) -> Work {
       return {s.element * s.n * s.k + s.stored, {}};
     }},
    {.op = Op::matmul,
     .name = "matmul",
     .has_x = true,
     .has_dtype = true,
     .rounds_weights = false,
     .makes_codes = false,
     .makes_output = true,
     .has_adapter = false,
     .makes_gradients = false,
     .work = [](const Sizes& s) -> Work {
       return {s.stored + s.element * (s.m * s.k + s.m * s.n), 2 * s.m * s.n * s.k};
     }},
    {.op = Op::lora_forward,
     .name = "lora-forward",
     .has_x = true,
     .has_dtype = true,
     .rounds_weights = false,
     .makes_codes = false,
     .makes_output = true,
     .has_adapter = true,
     .makes_gradients = false,
     .work = [](const Sizes& s) -> Work {
       return {s.stored + s.element * (s.m * s.k + s.m * s.n + s.adapter()),
               2 * s.m * (s.n * s.k + s.adapter())};
     }},
    {.op = Op::lora_backward,
     .name = "lora-backward",
     .has_x = true,
     .has_dtype = true,
     .rounds_weights = false,
     .makes_codes = false,
     .makes_output = true,
     .has_adapter = true,
     .makes_gradients = true,
     // x A^T is made again, as all else that forward makes is gone; the adapter's gradients are
     // f32.
     .work = [](const Sizes& s) -> Work {
       return {s.stored + s.element * (2 * s.m * s.k + s.m * s.n + s.adapter()) + 4 * s.adapter(),
               2 * s.m * (s.n * s.k + 2 * s.adapter() + s.rank * s.k)};
     }},
};

constexpr const Operation& operation(Op op) { return kOperations[static_cast<int>(op)]; }
constexpr std::string_view name(Op op) { return operation(op).name; }

static_assert(std::all_of(std::begin(kOperations), std::end(kOperations),
                          [](const Operation& row) { return &operation(row.op) == &row; }),
              "the rows stand in the order of Op");

}  // namespace qbench
