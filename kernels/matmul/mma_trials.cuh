// SPDX-License-Identifier: Apache-2.0
// Trials of products of 4-bit weights on tensor cores, whose k is split.
#pragma once

#include "kernels/matmul/gemm_mma.cuh"
#include "kernels/matmul/gemv_mma.cuh"
#include "kernels/matmul/matmul_trials.cuh"
#include "kernels/matmul/slices.h"

namespace qbench::QBENCH_SIMT_DEVICE {

// The weights along k that share a scale, of those that the tensor-core kernels know.
inline int segment_of(const QuantizedView& q) {
  if (q.block_size % 64 == 0 && q.cols % 64 == 0) return 64;
  return q.block_size % 32 == 0 ? 32 : 16;
}

// The grid of gemv-mma: (slices of k, strips of rows), as many strips as blocks run at a time
// beside each other: at most `blocks` a multiprocessor, of `shared_bytes` each. Slices depend on k
// alone: so do the bits of a result.
inline GridSize gemv_mma_grid(Device& device, std::int64_t rows, std::int64_t k, int blocks,
                              std::size_t shared_bytes) {
  const unsigned slices = blocks_for(blocks_for(k, kTileDepth), kSplitWarps);
  const bool room = blocks * shared_bytes <= device.shared_limit();
  const auto at_once = static_cast<unsigned>(device.traits().processors * (room ? blocks : 1));
  constexpr unsigned kMostStrips = 65535;  // blocks along y
  return {slices,
          std::clamp(at_once / slices, 1u, std::min(blocks_for(rows, kTileRows), kMostStrips))};
}

// The grid of gemm-mma: (blocks of rows of W and of x, slices of k). A multiprocessor runs one
// block. Slices depend on the shape and on how many run at once.
inline GridSize gemm_mma_grid(int processors, std::int64_t m, std::int64_t rows, std::int64_t k) {
  const unsigned blocks = blocks_for(rows, kGemmMmaRows) * blocks_for(m, kGemmMmaXRows);
  return {blocks,
          static_cast<unsigned>(slices_of(blocks, blocks_for(k, kGemmMmaDepth), processors))};
}

// Only segments that a block size of the mode can have are compiled.
template <class Mode, class T, int kColumns>
auto gemv_mma_of(int segment) {
  if constexpr (Mode::kLeastBlock == 16)
    if (segment == 16) return gemv_mma<Mode, T, 16, kColumns>;
  if constexpr (Mode::kMostBlock >= 64)
    if (segment == 64) return gemv_mma<Mode, T, 64, kColumns>;
  return gemv_mma < Mode, T, Mode::kMostBlock == 16 ? 16 : 32, kColumns > ;
}

template <class Mode, class T>
auto gemm_mma_of(int segment) {
  if constexpr (Mode::kLeastBlock == 16)
    if (segment == 16) return gemm_mma<Mode, T, 16>;
  if constexpr (Mode::kMostBlock >= 64)
    if (segment == 64) return gemm_mma<Mode, T, 64>;
  return gemm_mma < Mode, T, Mode::kMostBlock == 16 ? 16 : 32 > ;
}

// A product whose k is split.
template <class T>
class SplitTrial : public MatmulTrial<T> {
 public:
  // `sums` partial sums are kept; blocks of one slice count their arrivals at `places`.
  SplitTrial(Device& device, const Problem& problem, GridSize grid, std::size_t sums,
             std::size_t places)
      : MatmulTrial<T>(device, problem),
        grid_(grid),
        sums_(device, sums),
        arrived_(device, places) {
    device.fill(arrived_.data(), 0, arrived_.size() * sizeof(unsigned));
  }
  void poison() override {
    MatmulTrial<T>::poison();
    sums_.poison();
  }

 protected:
  SplitK split() { return {sums_.data(), arrived_.data()}; }

  GridSize grid_;

 private:
  Values<float> sums_;
  DeviceBuffer<unsigned> arrived_;
};

template <class Mode, class T>
class GemvMmaTrial : public SplitTrial<T> {
 public:
  GemvMmaTrial(Device& device, const Problem& problem)
      : GemvMmaTrial(device, problem, grid_of(device, problem)) {}

 private:
  GemvMmaTrial(Device& device, const Problem& problem, GridSize grid)
      : SplitTrial<T>(device, problem, grid, grid.x * problem.x->rows * problem.weights->rows,
                      grid.y) {}
  static GridSize grid_of(Device& device, const Problem& problem) {
    const int columns = gemv_mma_columns(problem.x->rows);
    return gemv_mma_grid(device, problem.weights->rows, problem.x->cols, gemv_mma_blocks(columns),
                         gemv_mma_shared(columns));
  }

  void run(const QuantizedView& w) override {
    const int segment = segment_of(w), columns = gemv_mma_columns(this->m_);
    auto* const kernel =
        columns == 1 ? gemv_mma_of<Mode, T, 1>(segment) : gemv_mma_of<Mode, T, 2>(segment);
    launch(this->device_,
           {.grid = this->grid_,
            .block = {32 * kSplitWarps},
            .shared_bytes = static_cast<std::size_t>(gemv_mma_shared(columns))},
           kernel, this->x_.data(), w, this->y_.data(), static_cast<int>(this->m_), this->split());
  }
};

template <class Mode, class T>
class GemmMmaTrial : public SplitTrial<T> {
 public:
  GemmMmaTrial(Device& device, const Problem& problem)
      : GemmMmaTrial(device, problem,
                     gemm_mma_grid(device.traits().processors, problem.x->rows,
                                   problem.weights->rows, problem.x->cols)) {}

 private:
  GemmMmaTrial(Device& device, const Problem& problem, GridSize grid)
      : SplitTrial<T>(device, problem, grid, sums_of(grid), grid.x) {}
  static std::size_t sums_of(const GridSize& grid) {
    return grid.y == 1 ? 1 : std::size_t{grid.x} * grid.y * (kGemmMmaRows * kGemmMmaXRows);
  }

  void run(const QuantizedView& w) override {
    launch(this->device_,
           {.grid = this->grid_, .block = {kGemmMmaThreads}, .shared_bytes = kGemmMmaShared},
           gemm_mma_of<Mode, T>(segment_of(w)), this->x_.data(), w, this->y_.data(), this->m_,
           this->split());
  }
};

}  // namespace qbench::QBENCH_SIMT_DEVICE
