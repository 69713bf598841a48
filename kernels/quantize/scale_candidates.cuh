// SPDX-License-Identifier: Apache-2.0
// The search among scales as they are stored (ScaleCandidates): a thread a group, which tries one
// candidate after the other on its weights, so that errors are summed in the reference's order.
// Napkin: 2 to 10 times a division, a code and a division a weight: bound by arithmetic.
#pragma once

#include "kernels/formats/of.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

constexpr int kCandidateThreads = 128;

// The best candidate so far for a group.
struct BestScale {
  int code = -1;  // none
  float error = 0;
  float unit = 0;  // the scale of the first candidate
};

template <class Mode, class T>
__device__ void attempt(const T* weights, const QuantizedView& q, std::int64_t g, int code,
                        BestScale& best) {
  constexpr ScaleCandidates kSearch = Mode::kCandidates;
  if (code < kSearch.lowest || code > kSearch.highest) return;
  const float scale = Mode::scale_of_code(q, static_cast<unsigned>(code));
  const bool first = best.code < 0;
  if (first) best.unit = scale;
  float error = 0;
  for_group<typename Mode::Groups>(q, g, 0, 1, [&](std::int64_t i) {
    const float w = Mode::as_taken(to_f32(weights[i]));
    if (w != w) return;
    const float off = __fdiv_rn(__fsub_rn(Mode::round_trip(w, {scale, 0}), w), best.unit);
    error = __fadd_rn(error, __fmul_rn(off, off));
  });
  if (!first && !(error < best.error)) return;
  best.code = code;
  best.error = error;
}

// Replaces every scale by the best of its candidates. `statistics`: one a group, for modes with an
// outer scale. Grid: a thread a group.
template <class Mode, class T>
__global__ void __launch_bounds__(kCandidateThreads)
    choose_scales(const T* __restrict__ weights, QuantizedView q,
                  const float* __restrict__ statistics, std::int64_t groups) {
  const std::int64_t g = static_cast<std::int64_t>(blockIdx.x) * kCandidateThreads + threadIdx.x;
  if (g >= groups) return;
  constexpr ScaleCandidates kSearch = Mode::kCandidates;
  const int code = q.scales[g];
  BestScale best;
  for (int c = code + kSearch.first; c <= code + kSearch.last; ++c)
    attempt<Mode>(weights, q, g, c, best);
  if constexpr (kSearch.other_qmax != 0) {
    std::uint8_t other;
    Mode::Storage::store(&other, 0, Mode::under_outer(statistics[g], kSearch.other_qmax, *q.outer));
    attempt<Mode>(weights, q, g, other, best);
  }
  q.scales[g] = static_cast<std::uint8_t>(best.code);
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
