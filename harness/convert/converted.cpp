// SPDX-License-Identifier: Apache-2.0
// Quantizes a tensor and makes what is written of it.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "harness/convert/conversion.h"
#include "reference/reference.h"
#include "reports/text/text.h"
#include "suites/checkpoints/tensors/stored_tensor.h"
#include "suites/checkpoints/tensors/tensor_bytes.h"

namespace qbench {
namespace {

// Weights that are not finite, or that the mode makes so, are nobody's wish.
void check_finite(const Conversion& conversion, const ErrorSums& error) {
  if (std::isfinite(error.error)) return;
  throw std::runtime_error(fmt::format(
      "tensor {}: its weights are not finite, or are not in {}: leave it alone with --exclude",
      in_quotes(conversion.tensor->name), conversion.mode->name));
}

NewTensor numbers(const Tensor& tensor, const Matrix& matrix) {
  const std::string dtype = written_dtype(tensor);
  return {tensor.name, dtype, tensor.shape, to_bytes(matrix, tensor, dtype)};
}

// Empty planes have the sizes of full ones.
QuantizedMatrix empty_planes(const Conversion& conversion) {
  const Tensor& tensor = *conversion.tensor;
  QuantizedMatrix planes(conversion.mode->format, conversion.block_size, tensor.rows(),
                         tensor.cols());
  for_each_plane(planes,
                 [](Plane, Buffer<std::byte>& plane) { std::ranges::fill(plane, std::byte{0}); });
  return planes;
}

// A mean that is taken off is written as text, whose length differs.
bool headers_need_values(const Mode& mode) {
  return mode.format.scale.outer && mode.format.scale.outer->less_mean;
}

QuantizedMatrix quantized(const Conversion& conversion) {
  return reference::quantize(*conversion.mode, conversion.block_size,
                             to_matrix(*conversion.tensor));
}

Converted decoded(const Conversion& conversion, const Matrix& weights,
                  const QuantizedMatrix& planes) {
  Matrix written(weights.rows, weights.cols);
  reference::dequantize(planes, written);
  reference::round_to(number_type(written_dtype(*conversion.tensor)), written.values);
  Converted converted;
  converted.error = weight_error(weights, written);
  check_finite(conversion, converted.error);
  converted.tensors.push_back(numbers(*conversion.tensor, written));
  return converted;
}

}  // namespace

bool is_copied(const Conversion& conversion, FileKind kind) {
  return conversion.mode == nullptr && (kind == FileKind::gguf || !conversion.tensor->stored);
}

std::span<const std::byte> bytes_in_file(const Tensor& tensor) {
  return tensor.stored ? tensor.stored->module.parts.begin()->second.bytes : tensor.bytes;
}

std::vector<TensorHeader> headers_of(const Conversion& conversion, const Target& target,
                                     FileKind kind) {
  const Tensor& tensor = *conversion.tensor;
  if (is_copied(conversion, kind))
    return {{tensor.name,
             tensor.stored ? tensor.stored->module.parts.begin()->second.dtype : tensor.dtype,
             tensor.shape}};
  if (conversion.mode == nullptr || target.pack == nullptr)
    return {{tensor.name, written_dtype(tensor), tensor.shape}};
  std::vector<TensorHeader> headers;
  for (const NewTensor& made :
       target.pack(tensor, *conversion.mode,
                   headers_need_values(*conversion.mode) ? quantized(conversion)
                                                         : empty_planes(conversion)))
    headers.push_back({made.name, made.dtype, made.shape});
  return headers;
}

Converted convert(const Conversion& conversion, const Target& target) {
  const Matrix weights = to_matrix(*conversion.tensor);
  if (conversion.mode == nullptr) {
    Converted converted;
    converted.tensors.push_back(numbers(*conversion.tensor, weights));
    return converted;
  }
  QuantizedMatrix planes = reference::quantize(*conversion.mode, conversion.block_size, weights);
  if (target.pack == nullptr) return decoded(conversion, weights, planes);
  const ErrorSums error = weight_error(weights, planes);
  check_finite(conversion, error);
  return {target.pack(*conversion.tensor, *conversion.mode, std::move(planes)), error};
}

}  // namespace qbench
