// SPDX-License-Identifier: Apache-2.0
// Conversion: what becomes of one tensor of a checkpoint.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/cli/options.h"
#include "harness/convert/targets/target.h"
#include "reference/errors/error.h"
#include "suites/checkpoints/checkpoint.h"
#include "suites/checkpoints/containers/container.h"
#include "suites/checkpoints/safetensors/safetensors_writer.h"

namespace qbench {

struct Conversion {
  const Tensor* tensor;
  const Mode* mode = nullptr;  // nullptr: it is left alone
  int block_size = 0;
  std::string why_left = {};  // a short noun, if it is left alone
};

// One a tensor, in the order of the checkpoint. Throws std::runtime_error or std::invalid_argument
// with one line: a tensor that cannot be read, an exclusion or a name of the plan without effect, a
// mode that the target does not hold, no tensor to quantize.
std::vector<Conversion> conversions_of(const Checkpoint& checkpoint, const Options& options,
                                       FileKind kind);

// The headers of the tensors that are written for it. Weights of which these depend on values are
// quantized for it.
std::vector<TensorHeader> headers_of(const Conversion& conversion, const Target& target,
                                     FileKind kind);

// The tensors that are written for one that is not left alone as it is, and the error of the
// weights that they mean.
struct Converted {
  std::vector<NewTensor> tensors;
  ErrorSums error;
};
Converted convert(const Conversion& conversion, const Target& target);

// True for a tensor whose bytes are written as they are in the file. In a GGUF file these are also
// those of blocks; other containers' weights are decoded, since the quantization_config changes.
bool is_copied(const Conversion& conversion, FileKind kind);
// The bytes of a tensor that is copied.
std::span<const std::byte> bytes_in_file(const Tensor& tensor);

}  // namespace qbench
