// SPDX-License-Identifier: Apache-2.0
// Trials of products of weights in tiles on tensor cores, whose k is split.
#pragma once

#include "kernels/matmul/gemm_mma.cuh"
#include "kernels/matmul/gemv_mma.cuh"
#include "kernels/matmul/matmul_trials.cuh"
#include "kernels/matmul/shares.h"

namespace qbench::QBENCH_SIMT_DEVICE {

// True where groups begin anew in each row.
template <class Mode>
constexpr bool kAlongRows = !std::is_same_v<typename Mode::Groups, Blocks>;

// The weights along k that share a scale, of those that the tensor-core kernels know. `cut`: the
// last of a row may be short.
inline int segment_of(const QuantizedMatrix& q, bool cut) {
  const bool longer_than_any = q.block_size < 0;  // rows, or the whole matrix
  if ((longer_than_any || q.block_size % 64 == 0) && (cut || q.cols % 64 == 0)) return 64;
  return longer_than_any || q.block_size % 32 == 0 ? 32 : 16;
}

// A product whose k is split.
template <class T>
class SplitTrial : public MatmulTrial<T> {
 public:
  // `sums` partial sums are kept; there are `places` counters, each of the blocks of all slices at
  // one place.
  SplitTrial(Device& device, const Problem& problem, const LaunchConfig& config, std::size_t sums,
             std::size_t places)
      : MatmulTrial<T>(device, problem),
        config_(config),
        sums_(device, static_cast<std::int64_t>(sums)),
        arrived_(device, places) {
    device.fill(arrived_.data(), 0, arrived_.size() * sizeof(unsigned));
  }
  void poison() override {
    MatmulTrial<T>::poison();
    sums_.poison();
  }

 protected:
  SplitK split() { return {sums_.data(), arrived_.data()}; }

  LaunchConfig config_;

 private:
  Values<float> sums_;
  DeviceBuffer<unsigned> arrived_;
};

// gemv-mma of a mode for a number of rows of x, and what a launch of it must know.
template <class T>
struct GemvMma {
  void (*kernel)(const T*, QuantizedView, T*, int, SplitK);
  int depth;   // columns of a tile
  int blocks;  // that registers leave room for on a multiprocessor
  std::size_t shared_bytes;
};

// Only segments that a block size of the mode can have are compiled. Modes without one have rows.
template <class Mode, class T, int kColumns>
auto gemv_mma_of(int segment) {
  constexpr bool kLong = Mode::kMostBlock >= 64 || Mode::kMostBlock == 0;
  constexpr bool kOnlyLong = kLong && kAlongRows<Mode> && Mode::kLeastBlock % 64 == 0;
  if constexpr (Mode::kLeastBlock == 16)
    if (segment == 16) return gemv_mma<Mode, T, 16, kColumns>;
  if constexpr (kLong)
    if (kOnlyLong || segment == 64) return gemv_mma<Mode, T, 64, kColumns>;
  if constexpr (!kOnlyLong)
    return gemv_mma < Mode, T, Mode::kMostBlock == 16 ? 16 : 32, kColumns > ;
}
template <class Mode, class T>
GemvMma<T> gemv_mma_of(const Problem& problem) {
  const int segment = segment_of(*problem.quantized, kAlongRows<Mode>);
  const int columns = gemv_mma_columns(problem.x->rows);
  return {columns == 1 ? gemv_mma_of<Mode, T, 1>(segment) : gemv_mma_of<Mode, T, 2>(segment),
          kTileDepth<Mode::kBits>, gemv_mma_blocks<Mode::kBits>(columns),
          static_cast<std::size_t>(gemv_mma_shared(Mode::kByTable, columns))};
}

// Its grid: (slices of k, strips of rows), as many strips as blocks run at a time beside each
// other. Slices depend on k and the depth of a tile alone: so do the bits of a result.
template <class T>
GridSize gemv_mma_grid(Device& device, std::int64_t rows, std::int64_t k, const GemvMma<T>& of) {
  const unsigned slices = blocks_for(blocks_for(k, of.depth), kSplitWarps);
  const int room = static_cast<int>(device.shared_limit() / of.shared_bytes);
  const auto at_once =
      static_cast<unsigned>(device.traits().processors * std::clamp(room, 1, of.blocks));
  constexpr unsigned kMostStrips = 65535;  // blocks along y
  return {slices,
          std::clamp(at_once / slices, 1u, std::min(blocks_for(rows, kTileRows), kMostStrips))};
}

template <class T>
class GemvMmaTrial : public SplitTrial<T> {
 public:
  GemvMmaTrial(Device& device, const Problem& problem, const GemvMma<T>& of)
      : GemvMmaTrial(device, problem, of,
                     gemv_mma_grid(device, problem.weights->rows, problem.x->cols, of)) {}

 private:
  GemvMmaTrial(Device& device, const Problem& problem, const GemvMma<T>& of, GridSize grid)
      : SplitTrial<T>(device, problem,
                      {.grid = grid, .block = {32 * kSplitWarps}, .shared_bytes = of.shared_bytes},
                      static_cast<std::size_t>(grid.x * problem.x->rows *
                                               in_whole_tiles(problem.weights->rows)),
                      grid.y),
        kernel_(of.kernel) {}

  void run(const QuantizedView& w) override {
    launch(this->device_, this->config_, kernel_, this->x_.data(), w, this->y_.data(),
           static_cast<int>(this->m_), this->split());
  }

  decltype(GemvMma<T>::kernel) kernel_;
};

// gemm-mma of a mode, for places of 16, 32 and 64 rows of x; there may be none of 64.
template <class T>
struct GemmMma {
  using Kernel = void (*)(const T*, QuantizedView, T*, std::int64_t, SplitK, Division);
  Kernel of_16, of_32, of_64;

  Kernel at(int x_rows) const { return x_rows == 16 ? of_16 : x_rows == 32 ? of_32 : of_64; }
  int most_x_rows(std::size_t shared_limit) const {
    return of_64 && kGemmMmaShared<64> <= shared_limit ? 64 : 32;
  }
};

template <class Mode, class T, int kSegment>
GemmMma<T> gemm_mma_in() {
  GemmMma<T> all = {gemm_mma<Mode, T, kSegment, 16>, gemm_mma<Mode, T, kSegment, 32>, nullptr};
  if constexpr (kGemmMmaXRows<kSegment> == 64) all.of_64 = gemm_mma<Mode, T, kSegment, 64>;
  return all;
}
template <class Mode, class T>
GemmMma<T> gemm_mma_of(const Problem& problem) {
  const int segment = segment_of(*problem.quantized, false);
  if constexpr (Mode::kLeastBlock == 16)
    if (segment == 16) return gemm_mma_in<Mode, T, 16>();
  if constexpr (Mode::kMostBlock >= 64)
    if (segment == 64) return gemm_mma_in<Mode, T, 64>();
  return gemm_mma_in < Mode, T, Mode::kMostBlock == 16 ? 16 : 32 > ();
}

// What gemm-mma shares out: a multiprocessor runs one block of it.
inline ProductTiles product_tiles(int processors, const Problem& problem) {
  return {problem.x->rows, blocks_for(problem.weights->rows, kPlaceRows),
          blocks_for(problem.x->cols, kStreamDepth), processors};
}

template <class T>
class GemmMmaTrial : public SplitTrial<T> {
 public:
  GemmMmaTrial(Device& device, const Problem& problem, const GemmMma<T>& of)
      : GemmMmaTrial(device, problem, of, product_tiles(device.traits().processors, problem)) {}

 private:
  GemmMmaTrial(Device& device, const Problem& problem, const GemmMma<T>& of,
               const ProductTiles& whole)
      : GemmMmaTrial(device, problem, of, whole,
                     share_of(whole, of.most_x_rows(device.shared_limit()))) {}
  GemmMmaTrial(Device& device, const Problem& problem, const GemmMma<T>& of,
               const ProductTiles& whole, const Share& share)
      : SplitTrial<T>(device, problem,
                      {.grid = grid_of(whole, share),
                       .block = {kPlaceThreads},
                       .shared_bytes = static_cast<std::size_t>(
                           share.x_rows == 64 ? kGemmMmaShared<64> : kGemmMmaShared<32>)},
                      sums_of(whole, share), static_cast<std::size_t>(whole.places(share.x_rows))),
        kernel_(of.at(share.x_rows)),
        division_{static_cast<unsigned>(whole.places(share.x_rows)),
                  static_cast<unsigned>(whole.tiles), static_cast<unsigned>(share.tiles)} {}

  static GridSize grid_of(const ProductTiles& whole, const Share& share) {
    const std::int64_t places = whole.places(share.x_rows);
    if (share.x_rows == 64)
      return {static_cast<unsigned>(places), static_cast<unsigned>(share.parts)};
    return {blocks_for(places * whole.tiles, share.tiles)};
  }
  // Room for a part, or two, of every block, where a place has parts.
  static std::size_t sums_of(const ProductTiles& whole, const Share& share) {
    if (share.parts == 1) return 1;
    const GridSize grid = grid_of(whole, share);
    const std::size_t parts = std::size_t{grid.x} * (share.x_rows == 64 ? grid.y : 2);
    return parts * static_cast<unsigned>(kPlaceRows * share.x_rows);
  }

  void run(const QuantizedView& w) override {
    launch(this->device_, this->config_, kernel_, this->x_.data(), w, this->y_.data(), this->m_,
           this->split(), division_);
  }

  typename GemmMma<T>::Kernel kernel_;
  Division division_;
};

}  // namespace qbench::QBENCH_SIMT_DEVICE
