// SPDX-License-Identifier: Apache-2.0
// Distributions of weights and activations, seeded; their bits are the same on every machine and at
// any thread count.
#pragma once

#include <cstdint>

#include "suites/suite.h"

namespace qbench {

// n x k weights of variance 1 / k: normal; student_t (5 degrees) and uniform change their shape at
// the same variance; outliers: normal, with 4 seeded columns (all, where k < 4) 20
// times larger. Scaled in double and rounded once. Not boundaries, which depend on the mode
// (boundaries.h).
Matrix make_weights(Input input, std::int64_t n, std::int64_t k, std::uint64_t seed);

// m x k activations, N(0, 1); outliers: the outlier columns of the weights of that k and seed are
// 20 times larger here too.
Matrix make_activations(Input input, std::int64_t m, std::int64_t k, std::uint64_t seed);

}  // namespace qbench
