// SPDX-License-Identifier: Apache-2.0
// Target: what the quantized weights of a converted checkpoint are written as.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reference/planes/quantized_matrix.h"
#include "suites/checkpoints/containers/container.h"

namespace qbench {

enum class FileKind { safetensors, gguf };

struct Target {
  std::string_view name;  // what --container takes
  std::string_view summary;
  std::span<const FileKind> files;  // of those that are read and, alike, written
  bool one_mode = false;            // holds one quantized mode a model
  // The modes that it holds, for errors; throws std::invalid_argument unless `mode` at this block
  // size is one of them.
  void (*check)(const Mode& mode, int block_size);
  // A short noun for what it cannot hold in the mode, such as "rank 3"; empty for what it can.
  std::string (*cannot_hold)(const Tensor& tensor, const Mode& mode, int block_size);
  // The tensors of a weight that it can hold. nullptr: weights are written as decoded numbers.
  std::vector<NewTensor> (*pack)(const Tensor& tensor, const Mode& mode, QuantizedMatrix planes);
};

std::span<const Target* const> all_targets();
const Target* find_target(std::string_view name);  // nullptr if there is none

// The dtype in which numbers are written for a tensor: its own, BF16 for one that a container held.
std::string written_dtype(const Tensor& tensor);

// The quantization_config of a model whose quantized weights are in this mode. `skipped` are all of
// the linear modules that are left alone; products are computed in `dtype`.
std::string bitsandbytes_config(const Mode& mode, const std::vector<std::string>& skipped,
                                std::string_view dtype);

}  // namespace qbench
