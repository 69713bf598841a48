// SPDX-License-Identifier: Apache-2.0
// The shape of a model from the names and sizes of its tensors, as headers of files list them.
#pragma once

#include <string>
#include <vector>

#include "suites/checkpoints/tensors/tensor.h"
#include "suites/models/model_shape.h"

namespace qbench {

// What the tensor is for, by its name and rank, in the names of transformers and of GGUF.
TensorRole role_of(const Tensor& tensor);

// Exact counts of the tensors, and what follows from them: heads and active experts do not (0).
// Masks and indexes are no parameters. Throws std::runtime_error with one line if codes of a
// linear layer are kept in a way that is not read, so that their shape is not the layer's, or if
// there is no linear layer.
ModelShape shape_of_tensors(const std::vector<Tensor>& tensors, const std::string& name);

}  // namespace qbench
