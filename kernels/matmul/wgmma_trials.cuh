// SPDX-License-Identifier: Apache-2.0
// Trials of products by wgmma.
#pragma once

#include "kernels/matmul/gemm_wgmma.cuh"
#include "kernels/matmul/mma_trials.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

template <class T>
using GemmWgmma = void (*)(const T*, QuantizedView, T*, std::int64_t, SplitK);

// Those of segments of 64, or of 32.
template <class Mode, class T>
GemmWgmma<T> gemm_wgmma_of(const Problem& problem) {
  if constexpr (Mode::kMostBlock >= 64)
    if (segment_of(*problem.quantized, false) == 64) return gemm_wgmma<Mode, T, 64>;
  return gemm_wgmma<Mode, T, 32>;
}

// Its blocks share out a product as those of gemm-mma for 64 rows of x, by the clocks of those: its
// own are fewer, by about the same part.
template <class T>
class GemmWgmmaTrial : public SplitTrial<T> {
 public:
  GemmWgmmaTrial(Device& device, const Problem& problem, GemmWgmma<T> kernel)
      : GemmWgmmaTrial(device, problem, kernel, grid_of(device, problem)) {}

 private:
  GemmWgmmaTrial(Device& device, const Problem& problem, GemmWgmma<T> kernel, GridSize grid)
      : SplitTrial<T>(device, problem,
                      {.grid = grid, .block = {kPlaceThreads}, .shared_bytes = kGemmWgmmaShared},
                      grid.y == 1 ? 1 : std::size_t{grid.x} * grid.y * (kPlaceRows * kSliceXRows),
                      grid.x),
        kernel_(kernel) {}

  static GridSize grid_of(Device& device, const Problem& problem) {
    const ProductTiles whole = product_tiles(device.traits().processors, problem);
    return {static_cast<unsigned>(whole.places(kSliceXRows)),
            static_cast<unsigned>(best_in_slices(whole, kSliceXRows).parts)};
  }

  void run(const QuantizedView& w) override {
    launch(this->device_, this->config_, kernel_, this->x_.data(), w, this->y_.data(), this->m_,
           this->split());
  }

  GemmWgmma<T> kernel_;
};

}  // namespace qbench::QBENCH_SIMT_DEVICE
