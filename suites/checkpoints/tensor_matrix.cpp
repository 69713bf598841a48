// SPDX-License-Identifier: Apache-2.0
// The numbers of a tensor, to f32, in its layout.
#include <algorithm>
#include <bit>
#include <cstring>
#include <stdexcept>

#include "suites/checkpoints/safetensors_header.h"
#include "suites/checkpoints/tensor.h"

namespace qbench {
namespace {

// Shifts for the normal numbers, a product for the subnormal ones (an integer times 2^-24, exact),
// and the largest exponent for infinity and NaN, whose payload stays.
float f16_to_f32(std::uint16_t half) {
  const std::uint32_t sign = (half & 0x8000u) << 16;
  const std::uint32_t magnitude = half & 0x7fffu;
  const auto subnormal = std::bit_cast<std::uint32_t>(
      static_cast<float>(static_cast<std::int32_t>(magnitude)) * 0x1p-24f);
  const std::uint32_t normal = (magnitude << 13) + ((127u - 15u) << 23);
  const std::uint32_t special = (magnitude << 13) | 0x7f800000u;
  const std::uint32_t bits = magnitude < 0x0400u   ? subnormal
                             : magnitude < 0x7c00u ? normal
                                                   : special;
  return std::bit_cast<float>(sign | bits);
}

float bf16_to_f32(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

template <float (*to_f32)(std::uint16_t)>
void convert_16_bits(const std::byte* from, std::int64_t count, float* to) {
  for (std::int64_t i = 0; i < count; ++i) {
    std::uint16_t value;
    std::memcpy(&value, from + 2 * i, sizeof(value));
    to[i] = to_f32(value);
  }
}

// Numbers of a usable tensor, from the one at `first` on. The bytes need not be aligned.
void convert(const Tensor& tensor, std::int64_t first, std::int64_t count, float* to) {
  const std::int64_t size = tensor.dtype == "F32" ? 4 : 2;
  const std::byte* from = tensor.bytes.data() + first * size;
  if (tensor.dtype == "F32")
    std::memcpy(to, from, static_cast<std::size_t>(count * size));
  else if (tensor.dtype == "F16")
    convert_16_bits<f16_to_f32>(from, count, to);
  else
    convert_16_bits<bf16_to_f32>(from, count, to);
}

// Both sides of a tile are whole cache lines, and the tile stays in the first cache.
constexpr std::int64_t kTile = 64;

// The tile of a k x n slice, which begins at number `first` of the tensor, whose corner is (i0, j0)
// goes to its place in the n x k slice that begins at `to`.
void transpose_tile(const Tensor& tensor, std::int64_t first, std::int64_t k, std::int64_t n,
                    std::int64_t i0, std::int64_t j0, float* to) {
  float tile[kTile][kTile];
  const std::int64_t rows = std::min(kTile, k - i0), cols = std::min(kTile, n - j0);
  for (std::int64_t i = 0; i < rows; ++i) convert(tensor, first + (i0 + i) * n + j0, cols, tile[i]);
  for (std::int64_t j = 0; j < cols; ++j)
    for (std::int64_t i = 0; i < rows; ++i) to[(j0 + j) * k + i0 + i] = tile[i][j];
}

void transpose(const Tensor& tensor, Matrix& matrix) {
  const std::int64_t slices = tensor.slices(), k = matrix.cols, n = matrix.rows / slices;
  for (std::int64_t first = 0; first < matrix.size(); first += k * n)
    for (std::int64_t i = 0; i < k; i += kTile)
      for (std::int64_t j = 0; j < n; j += kTile)
        transpose_tile(tensor, first, k, n, i, j, matrix.values.data() + first);
}

}  // namespace

Matrix to_matrix(const Tensor& tensor) {
  if (const std::string reason = tensor.unusable(); !reason.empty())
    throw std::runtime_error("tensor " + in_quotes(tensor.name) + ": " + reason);
  Matrix matrix(tensor.rows(), tensor.cols());
  if (tensor.layout == Layout::transposed && tensor.shape.size() >= 2)
    transpose(tensor, matrix);
  else
    convert(tensor, 0, matrix.size(), matrix.values.data());
  return matrix;
}

}  // namespace qbench
