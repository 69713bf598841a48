// SPDX-License-Identifier: Apache-2.0
// Sums over a whole tensor, whose order is the reference's.
#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "reference/planes/stored_numbers.h"
#include "tests/kernels/emulated.h"

using namespace qbench;
using namespace qbench::test;

TEST_CASE("the mean of more than 256 and of more than 65,536 absmax is the reference's") {
  std::mt19937 random(11);
  for (const std::size_t groups : {257u, 600u, 65'700u}) {
    std::vector<float> absmax(groups);
    for (float& value : absmax) value = std::ldexp(static_cast<float>(random()), -40);
    const Mode* mode = find_mode("fp4-dq");
    check(Op::quantize, *mode, 32, groups_of(absmax), Dtype::fp32);
    if (groups > 600) continue;
    for (const int size :
         {64, 128})  // a block of threads has whole nodes of the tree, and half a node
      check(Op::quantize, *mode, size, groups_of(absmax), Dtype::fp32);
  }
}

// Two numbers too small to change 1 do so together: the order decides whether they meet before they
// meet the 1. In a tree of halves they do where their lanes have the same lowest bit; in one of
// neighbours, the same highest. The sum then lies at or above the midpoint of two f32.
TEST_CASE("absmax are added in the order of the reference's tree") {
  for (const auto& [a, b, meet] : {std::tuple{128, 192, false}, {64, 192, true}}) {
    std::vector<float> absmax(256);
    absmax[0] = 1;
    absmax[255] = std::ldexp(1.0f, -24);  // half of what follows 1 in f32
    absmax[a] = absmax[b] = std::ldexp(0.99f, -53);
    const auto sum = static_cast<float>(reference::tree_sum(absmax));
    CHECK(sum == (meet ? std::nextafter(1.0f, 2.0f) : 1.0f));
    for (const char* mode : {"nf4-dq", "fp4-dq"})
      check(Op::quantize, *find_mode(mode), 32, groups_of(absmax), Dtype::fp32);
  }
}

// As above: in the lane of the 1, or in pieces of its part, the two are lost one after the other.
TEST_CASE("magnitudes are added in the order of the reference's lanes, pieces and parts") {
  constexpr std::int64_t kCount = 131072;  // two parts
  for (const auto& [a, b, meet] : {std::tuple{8, 16, false},
                                   {1, 5, true},
                                   {1025, 2050, false},
                                   {1025, 1029, true},
                                   {65536, 66560, true},
                                   {65535, 65536, false}}) {
    Matrix weights(1, kCount);
    std::ranges::fill(weights.values, 0.0f);
    const auto at = [&](int i) -> float& { return weights.values[static_cast<std::size_t>(i)]; };
    at(0) = 1024;
    at(4) = std::ldexp(1024.0f, -24);  // half of what follows 1 in f32
    at(a) = at(b) = std::ldexp(0.99f, 10 - 53);
    for (const char* name : {"b1.58", "binary"}) {
      const Mode& mode = *find_mode(name);
      CAPTURE(name, a, b);
      const QuantizedMatrix q = reference::quantize(mode, 0, weights);
      float scale;
      std::memcpy(&scale, q.scales.numbers.data(), sizeof scale);
      const float sum = scale * static_cast<float>(kCount) / 1024;
      CHECK(sum == (meet ? std::nextafter(1.0f, 2.0f) : 1.0f));
      check(Op::quantize, mode, 0, weights, Dtype::fp32);
    }
  }
}
