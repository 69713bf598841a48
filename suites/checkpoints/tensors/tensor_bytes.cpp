// SPDX-License-Identifier: Apache-2.0
// Narrows and widens f32 to the dtypes of files, in the layout of a tensor.
#include "suites/checkpoints/tensors/tensor_bytes.h"

#include <cstring>
#include <stdexcept>
#include <string>

#include "reference/simd/loops.h"

namespace qbench {
namespace {

// Each n x k slice of the matrix of a transposed tensor is a k x n slice of the file. Reading the
// matrix as a transposed tensor itself gives these.
Matrix transposed(const Matrix& matrix, std::int64_t slices) {
  const Tensor file = {
      .name = {},
      .dtype = "F32",
      .shape = {slices, matrix.rows / slices, matrix.cols},
      .bytes = std::as_bytes(std::span(matrix.values.data(), matrix.values.size())),
      .layout = Layout::transposed};
  return to_matrix(file);
}

Buffer<std::byte> converted(const Matrix& matrix, std::string_view dtype) {
  const auto count = static_cast<std::size_t>(matrix.size());
  const float* from = matrix.values.data();
  const Dtype type = number_type(dtype);
  Buffer<std::byte> bytes(count * (dtype == "F64" ? 8 : static_cast<std::size_t>(bytes_of(type))));
  if (dtype == "F64")
    for (std::size_t i = 0; i < count; ++i) {
      const auto number = static_cast<double>(from[i]);
      std::memcpy(bytes.data() + i * 8, &number, sizeof number);
    }
  else if (type == Dtype::fp32)
    std::memcpy(bytes.data(), from, bytes.size());
  else
    reference::loops().narrow(type, from, count, reinterpret_cast<std::uint16_t*>(bytes.data()));
  return bytes;
}

}  // namespace

Dtype number_type(std::string_view dtype) {
  if (dtype == "F16") return Dtype::fp16;
  if (dtype == "BF16") return Dtype::bf16;
  if (dtype == "F32" || dtype == "F64") return Dtype::fp32;
  throw std::runtime_error("dtype " + std::string(dtype) + " holds no numbers that are rounded to");
}

Buffer<std::byte> to_bytes(const Matrix& matrix, const Tensor& like, std::string_view dtype) {
  const bool turned = like.layout == Layout::transposed && like.shape.size() >= 2;
  return turned ? converted(transposed(matrix, like.slices()), dtype) : converted(matrix, dtype);
}

}  // namespace qbench
