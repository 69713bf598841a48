// SPDX-License-Identifier: Apache-2.0
// A matrix of more than 2^32 weights that is 0 between its first and its last rows, what the
// reference makes of it, and the emulator as a device that touches its ends only.
#pragma once

#include <algorithm>
#include <functional>
#include <new>
#include <random>
#include <span>
#include <vector>

#include "kernels/emulator/emulator.h"
#include "reference/planes/stored_numbers.h"
#include "reference/quantizers/statistics.h"
#include "reference/reference.h"
#include "tests/catch.h"

namespace qbench::test {

// 0 but for the first 4 and the last 3 rows. The last rows begin at a multiple of 256
// blocks of any size, so that they are quantized as a matrix of their own would be.
inline constexpr std::int64_t kRows = (std::int64_t{1} << 21) + 3;
inline constexpr std::int64_t kOddCols = 2051, kTileCols = 2112;  // k; the latter for tensor cores
inline constexpr int kEnds[] = {0, 1};                            // the first rows, the last rows
constexpr std::int64_t rows_of(int end) { return end == 0 ? 4 : 3; }

// The part of a matrix's values or bytes that belongs to `end`.
template <class T>
std::span<T> part(T* all, std::int64_t size, std::int64_t count, int end) {
  return {end == 0 ? all : all + size - count, static_cast<std::size_t>(count)};
}

// The emulator, where of large copies only the ends are made: what lies between stays unmapped, and
// holds 0.
class EndsOnly final : public Device {
 public:
  void* allocate(std::size_t bytes) override { return emulator_.allocate(bytes); }
  void free(void* memory) noexcept override { emulator_.free(memory); }
  void copy_to_device(void* to, const void* from, std::size_t bytes) override {
    at_ends(bytes, [&](std::size_t first, std::size_t count) {
      emulator_.copy_to_device(at(to, first), at(from, first), count);
    });
  }
  void copy_to_host(void* to, const void* from, std::size_t bytes) override {
    at_ends(bytes, [&](std::size_t first, std::size_t count) {
      emulator_.copy_to_host(at(to, first), at(from, first), count);
    });
  }
  void copy(void* to, const void* from, std::size_t bytes) override {
    copy_to_device(to, from, bytes);
  }
  void fill(void* memory, unsigned char value, std::size_t bytes) override {
    at_ends(bytes, [&](std::size_t first, std::size_t count) {
      emulator_.fill(at(memory, first), value, count);
    });
  }
  void synchronize() override {}
  void launch(const LaunchConfig& config, const KernelCall& call) override {
    emulator_.launch(config, call);
  }
  std::size_t shared_limit() override { return emulator_.shared_limit(); }
  double seconds_of(const std::function<void()>& work) override {
    return emulator_.seconds_of(work);
  }
  std::unique_ptr<Recording> record(const std::function<void()>& work) override {
    return emulator_.record(work);
  }
  DeviceTraits traits() override { return {.processors = processors}; }

  int processors = 1;

  // Runs `work` with the first blocks of every grid, then with the last.
  void run_ends(std::int64_t blocks, const std::function<void()>& work) {
    EmulatorOptions& options = emulator_.options();
    options.first_block = 0;
    options.last_block = blocks - 1;
    work();
    options.first_block = -blocks;
    options.last_block = -1;
    work();
    options.first_block = 0;
  }

 private:
  static void at_ends(std::size_t bytes, const auto& act) {
    constexpr std::size_t kEnd = std::size_t{1} << 20, kLarge = 64 * kEnd;
    if (bytes < kLarge) return act(0, bytes);
    act(0, kEnd);
    act(bytes - kEnd, kEnd);
  }
  static char* at(void* memory, std::size_t i) { return static_cast<char*>(memory) + i; }
  static const char* at(const void* memory, std::size_t i) {
    return static_cast<const char*>(memory) + i;
  }

  Emulator emulator_{{.lazy_bytes = std::size_t{1} << 20}};
};

inline EndsOnly& device() {
  static EndsOnly only;
  return only;
}

// Numbers of bf16 in -1 .. 1; some columns are 20 times larger.
inline Matrix random_matrix(std::int64_t rows, std::int64_t cols, unsigned seed) {
  Matrix matrix(rows, cols);
  std::mt19937 random(seed);
  for (std::int64_t i = 0; i < matrix.size(); ++i) {
    const float size = i % cols % 1000 == 7 ? 20.0f : 1.0f;
    matrix.values[static_cast<std::size_t>(i)] =
        size * (static_cast<float>(random()) * 0x1p-31f - 1.0f);
  }
  reference::round_to(Dtype::bf16, matrix.values);
  return matrix;
}

inline std::span<std::byte> part(Buffer<std::byte>& all, const Buffer<std::byte>& piece, int end) {
  return part(all.data(), std::ssize(all), std::ssize(piece), end);
}

// The ends of a large matrix, and the reference's codes of them.
struct Large {
  Matrix weights[2];
  QuantizedMatrix ends[2];
  QuantizedMatrix all;  // written at its ends only

  Large(const Mode& mode, int block_size, std::int64_t cols)
      : weights{random_matrix(rows_of(0), cols, 1), random_matrix(rows_of(1), cols, 2)},
        ends{reference::quantize(mode, block_size, weights[0]),
             reference::quantize(mode, block_size, weights[1])},
        all(mode.format, block_size, kRows, cols) {
    if (mode.format.scale.outer) store_scales_of_all(mode);
    for (const int end : kEnds)
      for_each_plane(all, ends[end], [&](Plane, auto& to, auto& from) {
        std::ranges::copy(from, part(to, from, end).begin());
      });
  }

  bool as_expected(int end) {
    bool same = true;
    for_each_plane(all, ends[end], [&](Plane, auto& got, auto& expected) {
      same = same && std::ranges::equal(part(got, expected, end), expected);
    });
    return same;
  }

 private:
  // -dq: the mean, and the scales about it, are of the absmax of all groups.
  void store_scales_of_all(const Mode& mode) {
    std::vector<float> absmax(static_cast<std::size_t>(all.groups().groups()));
    for (const int end : kEnds) {
      const auto own = reference::statistics(weights[end], mode, ends[end].groups()).value;
      std::ranges::copy(own, part(absmax.data(), std::ssize(absmax), std::ssize(own), end).begin());
    }
    reference::store(absmax, mode.format.scale, mode.quantizer, all.groups(), all.scales);
    for (const int end : kEnds)
      for_each_plane(all, ends[end], [&](Plane plane, auto& from, auto& to) {
        if (plane != Plane::codes) std::ranges::copy(part(from, to, end), to.begin());
      });
  }
};

// Memory that cannot be mapped is no failure of a kernel.
inline void where_memory_can_be_mapped(const std::function<void()>& test) {
  try {
    test();
  } catch (const DeviceOutOfMemory& error) {
    QBENCH_SKIP(error.what());
  } catch (const std::bad_alloc&) {
    QBENCH_SKIP("no address space for a matrix of 2^32 weights");
  }
}

}  // namespace qbench::test
