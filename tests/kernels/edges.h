// SPDX-License-Identifier: Apache-2.0
// The edges of shapes at which every kernel of a device is held to the reference.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/catch.h"
#include "tests/kernels/check.h"

namespace qbench::test {

// With sanitizers, under which kernels are slow, one type: types differ in how numbers are read and
// written alone.
#ifdef __SANITIZE_ADDRESS__
inline constexpr Dtype kDtypes[] = {Dtype::bf16};
#else
inline constexpr Dtype kDtypes[] = {Dtype::fp32, Dtype::fp16, Dtype::bf16};
#endif
// One element, odd k, k that tensor cores take, in one turn of a pipeline and in several, and both
// sides of what a tile, a warp or gemv's rows hold. 16 x 20 is whole blocks of 64, but no whole
// tiles: what is read past its end are scales past theirs. 64 x 512 has more than 256 of them.
inline constexpr std::int64_t kRows[] = {1, 2, 8, 9, 16, 17, 33, 64, 65};  // m
inline constexpr std::pair<int, int> kWeights[] = {{1, 1},    {1, 2},   {3, 7},    {16, 20},
                                                   {5, 77},   {5, 32},  {33, 130}, {70, 96},
                                                   {130, 64}, {7, 320}, {64, 512}};

inline constexpr int kManyWeights = 16384;  // which are multiplied by few rows of x

// Without the baselines, whose library adds as it likes and need not take every shape.
inline std::vector<Kernel> own(std::vector<Kernel> kernels) {
  std::erase_if(kernels, [](const Kernel& kernel) {
    return kernel.name.find("cublaslt") != std::string_view::npos;
  });
  return kernels;
}

// Types lie on the pairs of weights and rows of x as in a Latin square: each type meets every
// weights and every rows, and each pair is met by one type (with sanitizers a third of the pairs
// are). So for modes in which a piece is new; the others, which are made of the same pieces, share
// the pairs out among nine: each has a pair of every weights, of every rows and of every type, of
// which kernels for few rows run those.
inline bool meets(const Mode& mode, bool has_x, std::size_t t, std::size_t w, std::size_t r) {
  const bool shares = mode.quantized() && !has_new_piece(mode);
  const auto place =
      static_cast<std::size_t>(std::ranges::find(all_modes(), &mode) - all_modes().begin());
  if (!has_x) return r == 0 && (!shares || (t + w + place) % 3 == 0);
  return (t + w + r) % 3 == 0 && (!shares || (2 * w + r + place) % 9 == 0);
}

// check(kernel, problem) for every kernel and the types and edges that it meets and can run.
template <class Check>
void for_each_edge(const std::vector<Kernel>& kernels, const Check& check) {
  for (const Kernel& kernel : kernels)
    for (std::size_t t = 0; t < std::size(kDtypes); ++t)
      for (std::size_t w = 0; w < std::size(kWeights); ++w)
        for (std::size_t r = 0; r < std::size(kRows); ++r) {
          const auto [n, k] = kWeights[w];
          const std::int64_t m = kRows[r];
          if (!meets(*kernel.mode, operation(kernel.op).has_x, t, w, r)) continue;
          if (n * k > kManyWeights && m > 2) continue;
          const Inputs inputs(*kernel.mode, {m, n, k}, kDtypes[t]);
          const Problem problem = inputs.problem(kernel.op);
          if (!kernel.unsupported(problem).empty()) continue;
          CAPTURE(kernel.name, kernel.mode->name, m, n, k, name(kDtypes[t]));
          check(kernel, problem);
        }
}

}  // namespace qbench::test
