// SPDX-License-Identifier: Apache-2.0
// The ceilings of a device: their inputs, launches and checks. Compiled once for CUDA
// (ceilings_cuda.cu) and once for the emulator (ceilings_emulated.cpp).
#pragma once

#include <cmath>
#include <cstring>
#include <numeric>
#include <type_traits>
#include <utility>

#include "kernels/ceilings/ceiling_kernels.cuh"
#include "kernels/ceilings/ceilings.h"
#include "kernels/device_kernels.h"

namespace qbench::QBENCH_SIMT_DEVICE {

using Words = std::vector<std::uint32_t>;

// splitmix32: words that look random and are the same everywhere.
inline Words random_words(std::size_t count) {
  Words out(count);
  std::uint32_t state = 1;
  for (std::uint32_t& word : out) {
    std::uint32_t z = state += 0x9e3779b9;
    z = (z ^ z >> 16) * 0x21f0aaad;
    z = (z ^ z >> 15) * 0x735a2d97;
    word = z ^ z >> 15;
  }
  return out;
}

// Memory read, and written elsewhere if it is copied.
class MemoryCeiling final : public CeilingTrial {
 public:
  MemoryCeiling(Device& device, std::size_t bytes, bool copied)
      : device_(device),
        copied_(copied),
        grid_(8 * static_cast<unsigned>(device.traits().processors)),
        words_(random_words(bytes / 4)) {}

  std::string_view name() const override { return copied_ ? "copy" : "read"; }
  double work() const override { return 4.0 * static_cast<double>(words_.size()) * (1 + copied_); }
  std::unique_ptr<Replay> replay() override {
    return rotate(device_, 4 * words_.size(), [this]() -> Run {
      last_ = std::make_shared<Buffers>(device_, words_, copied_ ? words_.size() : threads());
      return [this, own = last_] { run(*own); };
    });
  }
  std::string wrong() override {
    const Words got = last_->to.to_host();
    if (copied_) return got == words_ ? "" : "the copy differs from what was copied";
    const auto sum = [](const Words& all) {
      return std::accumulate(all.begin(), all.end(), std::uint32_t{0});
    };
    return sum(got) == sum(words_) ? "" : "the sum of what was read is wrong";
  }

 private:
  struct Buffers {
    Buffers(Device& device, const Words& words, std::size_t written)
        : from(device, words), to(device, written) {
      device.fill(to.data(), 0xff, 4 * written);
    }
    DeviceBuffer<std::uint32_t> from, to;
  };

  std::size_t threads() const { return std::size_t{grid_} * kCeilingThreads; }
  void run(const Buffers& own) {
    const auto* const from = reinterpret_cast<const uint4*>(own.from.data());
    const auto count = static_cast<std::int64_t>(words_.size() / 4);
    if (copied_)
      launch(device_, {.grid = {grid_}, .block = {kCeilingThreads}}, copy_memory, from,
             reinterpret_cast<uint4*>(own.to.data()), count);
    else
      launch(device_, {.grid = {grid_}, .block = {kCeilingThreads}}, read_memory, from,
             own.to.data(), count);
  }

  Device& device_;
  bool copied_;
  unsigned grid_;
  Words words_;
  std::shared_ptr<Buffers> last_;
};

// Products of bf16 (sums in float) or s8 (in int) by mma.sync, which kernels here issue. wgmma of
// sm_90 is faster still; no kernel here uses it.
template <class Number>
class ProductCeiling final : public CeilingTrial {
 public:
  ProductCeiling(Device& device, int iterations)
      : device_(device),
        iterations_(iterations),
        grid_(2 * static_cast<unsigned>(device.traits().processors)),
        words_(random_words(std::size_t{kCeilingThreads} * kChainWords)),
        out_(device, std::size_t{4} * grid_ * kCeilingThreads) {
    // bf16: any sign and fraction, in [1, 2).
    if (kFloats)
      for (std::uint32_t& word : words_) word = (word & 0x807f807f) | 0x3f803f80;
    operands_ = std::make_unique<DeviceBuffer<std::uint32_t>>(device, words_);
    device.fill(out_.data(), 0xff, out_.size() * sizeof(Number));
  }

  std::string_view name() const override { return kFloats ? "bf16" : "s8"; }
  double work() const override {
    const double tiles = double{kChainTiles} * kChainTiles * iterations_;
    return 2.0 * 16 * 8 * kDepth * tiles * grid_ * (kCeilingThreads / 32);
  }
  std::unique_ptr<Replay> replay() override {
    return rotate(device_, 1, [this]() -> Run {
      return [this] {
        launch(device_, {.grid = {grid_}, .block = {kCeilingThreads}}, multiply_chains<Number>,
               operands_->data(), out_.data(), iterations_);
      };
    });
  }
  std::string wrong() override {
    const std::vector<Number> got = out_.to_host();
    for (std::size_t warp = 0; 4 * 32 * warp < got.size(); ++warp)
      if (!right(got.data() + 4 * 32 * warp, static_cast<int>(warp % (kCeilingThreads / 32))))
        return "the products of " + std::string(name()) + " are wrong";
    return {};
  }

 private:
  static constexpr bool kFloats = std::is_same_v<Number, float>;
  static constexpr int kPacked = kFloats ? 2 : 4;  // numbers in a register
  static constexpr int kDepth = 8 * kPacked;       // of an instruction along k

  static double number(std::uint32_t word, int place) {
    if (!kFloats) return static_cast<std::int8_t>(word >> 8 * place);
    const std::uint32_t bits = (word >> 16 * place) << 16;
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }

  // Fragments are laid out as in kernels/emulator/ptx.h. Operands are summed over the tiles, as the
  // kernel's results are.
  bool right(const Number* got, int warp) const {
    double a[16][kDepth] = {}, b[kDepth][8] = {};
    for (int lane = 0; lane < 32; ++lane) {
      const std::uint32_t* const own =
          words_.data() + static_cast<std::ptrdiff_t>(32 * warp + lane) * kChainWords;
      const int g = lane / 4, t = lane % 4;
      for (int e = 0; e < kPacked * kChainWords; ++e) {
        const int word = e / kPacked, place = e % kPacked, k = kPacked * t + place;
        const double value = number(own[word], place);
        if (const int r = word % 4; word < 4 * kChainTiles)
          a[g + 8 * (r % 2)][k + kDepth / 2 * (r / 2)] += value;
        else
          b[k + kDepth / 2 * (word % 2)][g] += value;
      }
    }
    bool all = true;
    for (int lane = 0; lane < 32; ++lane)
      for (int v = 0; v < 4; ++v)
        all = all && near(got[4 * lane + v], a[lane / 4 + 8 * (v / 2)], b, 2 * (lane % 4) + v % 2);
    return all;
  }

  // Exact in integers. In floats every addition may be wrong by 2^-23 of the sum of magnitudes,
  // which lie below 4.
  bool near(Number got, const double (&row)[kDepth], const double (&b)[kDepth][8], int col) const {
    double sum = 0;
    for (int k = 0; k < kDepth; ++k) sum += row[k] * b[k][col];
    const double steps = iterations_ + double{kChainTiles} * kChainTiles;
    const double largest = 4.0 * kDepth * kChainTiles * kChainTiles * iterations_;
    const double bound = kFloats ? 0x1p-23 * steps * largest : 0;
    return std::abs(static_cast<double>(got) - sum * iterations_) <= bound;
  }

  Device& device_;
  int iterations_;
  unsigned grid_;
  Words words_;
  std::unique_ptr<DeviceBuffer<std::uint32_t>> operands_;
  DeviceBuffer<Number> out_;
};

CeilingTrials ceilings(int device_index, const CeilingSizes& sizes) {
  Device& device = open_device(device_index);
  CeilingTrials out;
  out.push_back(std::make_unique<MemoryCeiling>(device, sizes.bytes, true));
  out.push_back(std::make_unique<MemoryCeiling>(device, sizes.bytes, false));
  out.push_back(std::make_unique<ProductCeiling<float>>(device, sizes.iterations));
  out.push_back(std::make_unique<ProductCeiling<int>>(device, sizes.iterations));
  return out;
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
