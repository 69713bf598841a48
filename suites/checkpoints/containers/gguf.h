// SPDX-License-Identifier: Apache-2.0
// The container of GGUF's quantized tensors: blocks in one tensor, which is the only part, "", of
// its module.
#pragma once

#include "suites/checkpoints/containers/container.h"

namespace qbench {

const Container& gguf_container();

}  // namespace qbench
