// SPDX-License-Identifier: Apache-2.0
// Seeded distributions of weights and activations, with the same bits on every machine and at any
// thread count.
#pragma once

#include <cstdint>

#include "suites/suite.h"

namespace qbench {

// n x k weights, scaled in double and rounded once:
//   normal     N(0, 1 / k)
//   student_t  Student's t with 5 degrees of freedom, scaled to variance 1 / k
//   uniform    uniform, of variance 1 / k
//   outliers   normal, with 4 seeded columns (all if k < 4) 20 times larger
// Inputs that depend on the mode are made in boundaries.h and extremes.h.
Matrix make_weights(Input input, std::int64_t n, std::int64_t k, std::uint64_t seed);

// m x k activations, N(0, 1). With outliers, the same columns as in the weights of that k and seed
// are 20 times larger.
Matrix make_activations(Input input, std::int64_t m, std::int64_t k, std::uint64_t seed);

// An adapter as one is in training, when its B has left 0: A of N(0, 1 / k), B of N(0, 1 / rank),
// the scale alpha / rank. And the gradient of a layer's results, m x n, N(0, 1). They are the same
// at every distribution of weights and activations.
reference::Adapter make_adapter(const Layer& layer, std::int64_t rank, std::uint64_t seed);
Matrix make_gradient(std::int64_t m, std::int64_t n, std::uint64_t seed);

}  // namespace qbench
