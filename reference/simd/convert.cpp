// SPDX-License-Identifier: Apache-2.0
// Numbers of 32 bits to types of 16 and back.
#include "reference/simd/convert.h"

#include "reference/simd/bits.h"

namespace qbench::reference::QBENCH_ISA {
namespace {

// fp16: 65520 and above round to infinity.
float to_fp16(float x) {
  const float magnitude = abs_of(x);
  const bool in_range = magnitude < 65520.0f;
  const float rounded = round_magnitude(in_range ? magnitude : 1.0f, 10, -14);
  const float beyond = magnitude == magnitude ? float_of(kInfinity) : magnitude;
  return float_of(bits_of(in_range ? rounded : beyond) | (bits_of(x) & ~kMagnitude));
}
float to_bf16(float x) {
  const auto bits = static_cast<std::uint32_t>(bits_of(x));
  const std::uint32_t rounded = (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000;
  return __builtin_bit_cast(float, x == x ? rounded : bits | 0x00400000);
}

}  // namespace

void round_to(Dtype dtype, float* x, std::size_t count) {
  if (dtype == Dtype::fp16)
    for (std::size_t i = 0; i < count; ++i) x[i] = to_fp16(x[i]);
  if (dtype == Dtype::bf16)
    for (std::size_t i = 0; i < count; ++i)
      x[i] = __builtin_bit_cast(float, bits_of(to_bf16(x[i])) & ~0xffff);
}

static std::uint16_t fp16_bits(float x) {
  const float rounded = to_fp16(x);
  const float magnitude = abs_of(rounded);
  const bool finite = magnitude < 65520.0f;
  const std::int32_t code = magnitude_code(finite ? magnitude : 0.0f, 10, 15, 0x1p24f);
  const std::int32_t special = magnitude == magnitude ? 0x7c00 : 0x7e00;
  return static_cast<std::uint16_t>((bits_of(x) >> 16 & 0x8000) | (finite ? code : special));
}
void narrow(Dtype dtype, const float* x, std::size_t count, std::uint16_t* out) {
  if (dtype == Dtype::fp16)
    for (std::size_t i = 0; i < count; ++i) out[i] = fp16_bits(x[i]);
  else
    for (std::size_t i = 0; i < count; ++i)
      out[i] = static_cast<std::uint16_t>(static_cast<std::uint32_t>(bits_of(to_bf16(x[i]))) >> 16);
}

// Multiplying by 2^112 moves the exponent from fp16's bias to fp32's and makes subnormals normal.
static float from_fp16(std::uint16_t bits) {
  const std::int32_t shifted = (bits & 0x7fff) << 13;
  const float finite = float_of(shifted) * 0x1p112f;
  const float special = float_of(shifted | kInfinity);
  const float magnitude = (bits & 0x7c00) == 0x7c00 ? special : finite;
  return float_of(bits_of(magnitude) | (bits & 0x8000) << 16);
}
void widen(Dtype dtype, const std::uint16_t* x, std::size_t count, float* out) {
  if (dtype == Dtype::fp16)
    for (std::size_t i = 0; i < count; ++i) out[i] = from_fp16(x[i]);
  else
    for (std::size_t i = 0; i < count; ++i) out[i] = float_of(x[i] << 16);
}

}  // namespace qbench::reference::QBENCH_ISA
