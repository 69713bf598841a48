// SPDX-License-Identifier: Apache-2.0
// Counter-based random numbers. Each depends only on the seed, the stream and its own index, and is
// computed with integers and IEEE + - * / sqrt, so that its bits are the same on every machine, in
// any order and at any thread count.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace qbench {

// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC11).
std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                    std::array<std::uint32_t, 2> key);

struct RandomStream {
  std::uint64_t seed;
  std::uint32_t stream;  // streams are independent sequences

  // Each function fills `out` with the numbers first, first + 1, ... of its own sequence.
  void uniform(std::int64_t first, std::span<double> out) const;  // in (-1, 1), symmetric
  void normal(std::int64_t first, std::span<double> out) const;   // N(0, 1); `first` is even
  // Student's t with 5 degrees of freedom, variance 5/3.
  void student_t5(std::int64_t first, std::span<double> out) const;
};

}  // namespace qbench
