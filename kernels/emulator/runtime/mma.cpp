// SPDX-License-Identifier: Apache-2.0
// ldmatrix and mma.sync. Layouts: PTX ISA, "Warp Level Matrix Instructions"; compared entry by
// entry with CuTe's. Lane l holds parts of row or column g = l / 4, and t = l % 4 tells which.
#include <cstring>

#include "kernels/emulator/runtime/elements.h"
#include "kernels/emulator/runtime/worker.h"

namespace qbench::simt {
namespace {

// D (16 x 8) += A (16 x K) B (K x 8). A register holds 4 bytes of consecutive k, and a lane's
// registers are those of row g, row g + 8, then the same for the upper half of k. The instruction
// set changes the speed (by half), not a bit: products and sums are not fused.
template <class Value, class Bits, Value (*Convert)(Bits)>
QBENCH_AVX2_TOO void mma(const LaneSlot* lanes) {
  constexpr int kPer = 4 / sizeof(Bits), kK = 8 * kPer, kHalf = kK / 2;
  Value a[16][kK], b[kK][8], d[16][8];
  for (int l = 0; l < kWarpSize; ++l) {
    const auto& in = *static_cast<const MmaInput*>(lanes[l].in);
    const int g = l / 4, t = l % 4;
    for (int e = 0; e < 4 * kPer; ++e)
      a[g + 8 * (e / kPer % 2)][kPer * t + e % kPer + kHalf * (e / (2 * kPer))] =
          Convert(element<Bits>(in.a, e));
    for (int e = 0; e < 2 * kPer; ++e)
      b[kPer * t + e % kPer + kHalf * (e / kPer)][g] = Convert(element<Bits>(in.b, e));
    for (int e = 0; e < 4; ++e)
      d[g + 8 * (e / 2)][2 * t + e % 2] = static_cast<const Value*>(in.d)[e];
  }
  for (int row = 0; row < 16; ++row)
    for (int k = 0; k < kK; ++k)
      for (int column = 0; column < 8; ++column) d[row][column] += a[row][k] * b[k][column];
  for (int l = 0; l < kWarpSize; ++l)
    for (int e = 0; e < 4; ++e)
      static_cast<Value*>(lanes[l].out)[e] = d[l / 4 + 8 * (e / 2)][2 * (l % 4) + e % 2];
  ++worker->counts.mma;
}

int s8_to_int(std::uint8_t bits) { return static_cast<std::int8_t>(bits); }

}  // namespace

void ldmatrix_x4(const LaneSlot* lanes, std::uint32_t, std::uint32_t transposed) {
  for (int j = 0; j < 4; ++j) {
    std::uint16_t matrix[8][8];
    for (int row = 0; row < 8; ++row) std::memcpy(matrix[row], lanes[8 * j + row].in, 16);
    for (int l = 0; l < kWarpSize; ++l) {
      const int g = l / 4, t = l % 4;
      const std::uint32_t low = transposed ? matrix[2 * t][g] : matrix[g][2 * t];
      const std::uint32_t high = transposed ? matrix[2 * t + 1][g] : matrix[g][2 * t + 1];
      static_cast<std::uint32_t*>(lanes[l].out)[j] = low | high << 16;
    }
  }
  ++worker->counts.ldmatrix;
}

void mma_m16n8k16_bf16(const LaneSlot* lanes, std::uint32_t, std::uint32_t) {
  mma<float, std::uint16_t, bf16_to_float>(lanes);
}
void mma_m16n8k16_f16(const LaneSlot* lanes, std::uint32_t, std::uint32_t) {
  mma<float, std::uint16_t, f16_to_float>(lanes);
}
void mma_m16n8k32_s8(const LaneSlot* lanes, std::uint32_t, std::uint32_t) {
  mma<int, std::uint8_t, s8_to_int>(lanes);
}

}  // namespace qbench::simt
