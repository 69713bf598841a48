// SPDX-License-Identifier: Apache-2.0
// The bytes that a matrix takes in a mode, without making it.
#pragma once

#include <cstdint>

#include "reference/mode.h"

namespace qbench {

struct StoredBytes {
  std::int64_t codes = 0;
  std::int64_t scales = 0;  // every plane but the codes

  std::int64_t total() const { return codes + scales; }
};

// The bytes of an n x k matrix: what QuantizedMatrix allocates, groups cut short by a row's end
// included.
StoredBytes stored_bytes(const Mode& mode, std::int64_t n, std::int64_t k);

}  // namespace qbench
