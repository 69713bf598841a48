// SPDX-License-Identifier: Apache-2.0
// Safetensors files of weights that containers pack, and of the plain weights that they were made
// of.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "reference/reference.h"
#include "suites/checkpoints/containers/container.h"
#include "suites/checkpoints/containers/parts.h"
#include "tests/suites/checkpoints/safetensors/safetensors_bytes.h"

namespace qbench::test {

inline std::string safetensors_of(const std::vector<NewTensor>& tensors) {
  std::string header, data;
  for (const NewTensor& tensor : tensors) {
    std::string shape;
    for (const std::int64_t size : tensor.shape)
      shape += (shape.empty() ? "" : ",") + std::to_string(size);
    const std::size_t begin = data.size();
    data.append(reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size());
    header += (header.empty() ? "\"" : ",\"") + tensor.name + R"(":{"dtype":")" + tensor.dtype +
              R"(","shape":[)" + shape + R"(],"data_offsets":[)" + std::to_string(begin) + "," +
              std::to_string(data.size()) + "]}";
  }
  return safetensors_bytes("{" + header + "}", data);
}

inline NewTensor plain_tensor(const std::string& name, const Matrix& values) {
  return {.name = name,
          .dtype = "F32",
          .shape = {values.rows, values.cols},
          .bytes = copied(std::as_bytes(std::span(values.values.data(), values.values.size())))};
}

// The tensors of a module whose weight is quantized in the mode, as the container packs it.
inline std::vector<NewTensor> packed(const char* container, const char* mode,
                                     const std::string& module, const Matrix& weights) {
  const Mode& of = *find_mode(mode);
  return find_container(container)->pack({.format = std::make_shared<const Format>(of.format),
                                          .planes = reference::quantize(of, of.block_size, weights),
                                          .shape = {weights.rows, weights.cols},
                                          .details = {}},
                                         module);
}

// Module a is nf4 as bitsandbytes stores it, b is mxfp4 as compressed-tensors does, c is plain.
inline std::vector<NewTensor> quantized_tensors(const Matrix& a, const Matrix& b, const Matrix& c) {
  std::vector<NewTensor> tensors = packed("bitsandbytes-4bit", "nf4", "a", a);
  for (NewTensor& tensor : packed("mxfp4-pack-quantized", "mxfp4", "b", b))
    tensors.push_back(std::move(tensor));
  tensors.push_back(plain_tensor("c.weight", c));
  return tensors;
}

}  // namespace qbench::test
