// SPDX-License-Identifier: Apache-2.0
// Converts the numbers of a tensor to f32, in its layout.
#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "reference/reference.h"
#include "reference/simd/loops.h"
#include "reports/text/text.h"
#include "suites/checkpoints/containers/container.h"
#include "suites/checkpoints/tensors/tensor.h"

namespace qbench {
namespace {

// Widens `count` numbers of 16 bits. They are copied first, because a tensor may begin at an odd
// byte.
void convert_16_bits(Dtype dtype, const std::byte* from, std::int64_t count, float* to) {
  constexpr std::int64_t kPiece = 4096;
  std::uint16_t piece[kPiece];
  for (std::int64_t at = 0; at < count; at += kPiece) {
    const auto size = static_cast<std::size_t>(std::min(kPiece, count - at));
    std::memcpy(piece, from + at * 2, size * sizeof(*piece));
    reference::loops().widen(dtype, piece, size, to + at);
  }
}

// Rounds `count` numbers of 64 bits to the nearest f32.
void convert_64_bits(const std::byte* from, std::int64_t count, float* to) {
  for (std::int64_t i = 0; i < count; ++i) {
    double number;
    std::memcpy(&number, from + i * 8, sizeof number);
    to[i] = static_cast<float>(number);
  }
}

std::int64_t bytes_a_number(const Tensor& tensor) {
  return tensor.dtype == "F64" ? 8 : tensor.dtype == "F32" ? 4 : 2;
}

// Converts `count` numbers of a usable tensor, beginning with number `first`.
void convert(const Tensor& tensor, std::int64_t first, std::int64_t count, float* to) {
  const std::int64_t size = bytes_a_number(tensor);
  const std::byte* from = tensor.bytes.data() + first * size;
  if (size == 8)
    convert_64_bits(from, count, to);
  else if (size == 4)
    std::memcpy(to, from, static_cast<std::size_t>(count * size));
  else
    convert_16_bits(tensor.dtype == "F16" ? Dtype::fp16 : Dtype::bf16, from, count, to);
}

// The sides of a tile are whole cache lines, and the tile fits into the L1 cache.
constexpr std::int64_t kTile = 64;

// Transposes one tile, with corner (i0, j0), of the k x n slice that begins at number `first` of
// the tensor, into the n x k slice that begins at `to`.
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

// The decoded weights are as an F32 tensor of the same shape would have them.
Matrix decoded(const Tensor& tensor) {
  const StoredWeight weight = stored_weight(tensor);
  Matrix matrix(weight.planes.rows, weight.planes.cols);
  reference::dequantize(weight.planes, matrix);
  Tensor plain = tensor;
  plain.stored = nullptr;
  plain.dtype = "F32";
  plain.bytes = std::as_bytes(std::span(matrix.values.data(), matrix.values.size()));
  if (plain.layout == Layout::transposed) return to_matrix(plain);
  matrix.rows = plain.rows();
  matrix.cols = plain.cols();
  return matrix;
}

}  // namespace

Matrix to_matrix(const Tensor& tensor) {
  if (const std::string reason = tensor.unusable(); !reason.empty())
    throw std::runtime_error("tensor " + in_quotes(tensor.name) + ": " + reason);
  if (tensor.stored) return decoded(tensor);
  Matrix matrix(tensor.rows(), tensor.cols());
  if (tensor.layout == Layout::transposed && tensor.shape.size() >= 2)
    transpose(tensor, matrix);
  else
    convert(tensor, 0, matrix.size(), matrix.values.data());
  return matrix;
}

}  // namespace qbench
