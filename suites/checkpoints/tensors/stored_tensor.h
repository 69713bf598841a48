// SPDX-License-Identifier: Apache-2.0
// StoredTensor: the parts of a weight that a container holds, behind the Tensor that stands for it.
#pragma once

#include <string>

#include "suites/checkpoints/containers/container.h"

namespace qbench {

struct StoredTensor {
  const Container* container = nullptr;  // nullptr: none holds it, and there is a problem
  Module module;
  Description description = {};  // empty if there is a problem
  std::string problem = {};      // one line, empty if the weight can be unpacked
};

// The tensor of a module's weight: its dtype is the description's text, and its bytes are those of
// the parts. A layout that is not read, or parts that contradict each other, make it unusable.
Tensor stored_tensor(const std::string& name, Module module);

// Bytes of a weight as its file stores it: of codes, and of scales and all else that the planes
// hold. A plain array has codes alone. Nothing is decoded.
struct StoredSize {
  std::int64_t weight_bytes, scale_bytes;
};
StoredSize stored_size(const Tensor& tensor);

}  // namespace qbench
