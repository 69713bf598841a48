// SPDX-License-Identifier: Apache-2.0
// Cases drawn at random over everything that a sweep has: the same of a seed on every machine whose
// build has the same kernels.
#pragma once

#include <iterator>
#include <span>
#include <vector>

#include "suites/inputs/random.h"
#include "suites/suite.h"

namespace qbench::test {

// The numbers of which one case is made.
class Draws {
 public:
  Draws(std::uint64_t seed, std::uint32_t index) : seed_(seed), index_(index) {}

  // 0 .. count - 1.
  std::uint32_t below(std::size_t count) {
    const std::array<std::uint32_t, 2> key = {static_cast<std::uint32_t>(seed_),
                                              static_cast<std::uint32_t>(seed_ >> 32)};
    const std::uint64_t word = philox({index_, drawn_++, 0, 0}, key)[0];
    return static_cast<std::uint32_t>(word * count >> 32);
  }
  std::int64_t between(std::int64_t first, std::int64_t last) {
    return first + below(static_cast<std::size_t>(last - first + 1));
  }
  template <class List>
  const auto& one_of(const List& list) {
    return std::data(list)[below(std::size(list))];
  }

 private:
  std::uint64_t seed_;
  std::uint32_t index_, drawn_ = 0;
};

struct Choice {
  const Kernel* kernel;
  const Mode* mode;
};

// Every kernel that needs no GPU with every mode that it serves.
inline std::vector<Choice> choices() {
  std::vector<Choice> all;
  for (const Kernel& kernel : all_kernels())
    for (const Mode* mode : all_modes())
      if (kernel.device != DeviceKind::cuda && (!kernel.mode || kernel.mode == mode))
        all.push_back({&kernel, mode});
  return all;
}

inline std::vector<const Suite*> suites_of(Op op) {
  std::vector<const Suite*> found;
  for (const Suite& suite : all_suites())
    if (suite.op == op && !suite.whole_model) found.push_back(&suite);
  return found;
}

// Up to 40 x 200 x 600, as often as not at the ends of tiles and in multiples of what kernels ask
// for; now and then few rows of long ones, for the turns of pipelines.
inline Shape random_shape(Draws& draws, bool product) {
  constexpr std::int64_t kOftenM[] = {1, 2, 7, 8, 9, 15, 16, 17, 32, 33};
  constexpr std::int64_t kUnits[] = {2, 16, 32, 64, 128};
  Shape shape = {draws.between(1, 40), draws.between(1, 200), draws.between(1, 600)};
  if (draws.below(2) == 0) shape.m = draws.one_of(kOftenM);
  if (draws.below(4) != 0) {
    const std::int64_t unit = draws.one_of(kUnits);
    shape.k = unit * draws.between(1, 600 / unit);
  }
  if (draws.below(16) == 0) shape = {shape.m, draws.between(1, 24), 32 * draws.between(19, 160)};
  if (!product) shape.m = 0;
  return shape;
}

// Often the least, at which most groups begin.
inline int random_block_size(Draws& draws, const Mode& mode) {
  if (mode.block_sizes.empty()) return mode.block_size;
  return draws.below(3) == 0 ? mode.block_sizes.front() : draws.one_of(mode.block_sizes);
}

inline Case random_case(std::uint64_t seed, std::uint32_t index, std::span<const Choice> choices) {
  constexpr Dtype kTypes[] = {Dtype::fp32, Dtype::fp16, Dtype::bf16};
  Draws draws(seed, index);
  const Choice& choice = draws.one_of(choices);
  const Op op = choice.kernel->op;
  Case c;
  c.suite = draws.one_of(suites_of(op));
  c.mode = choice.mode;
  c.kernel = choice.kernel;
  c.device = {choice.kernel->device};
  c.dtype = op == Op::roundtrip ? Dtype::fp32 : draws.one_of(kTypes);
  c.block_size = random_block_size(draws, *c.mode);
  c.shape = random_shape(draws, operation(op).has_x);
  if (operation(op).has_adapter) c.rank = draws.between(1, 40);
  c.input = static_cast<Input>(draws.below(std::size(kInputNames)));
  c.seed = static_cast<std::uint64_t>(draws.between(1, 1000));
  return c;
}

}  // namespace qbench::test
