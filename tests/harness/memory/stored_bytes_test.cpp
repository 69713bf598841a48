// SPDX-License-Identifier: Apache-2.0
// Sizes that are computed are those that are allocated.
#include "harness/memory/stored_bytes.h"

#include "reference/planes/quantized_matrix.h"
#include "tests/catch.h"

namespace qbench {

TEST_CASE("the bytes of a matrix are those of its planes, for every mode and at ragged ends") {
  for (const Mode* mode : all_modes())
    for (const auto& [n, k] : {std::pair{64, 1024}, {7, 320}, {3, 97}, {130, 260}, {1, 1}}) {
      CAPTURE(mode->name, n, k);
      const QuantizedMatrix q(mode->format, mode->block_size, n, k);
      const StoredBytes bytes = stored_bytes(*mode, n, k);
      CHECK(bytes.codes == q.weight_bytes());
      CHECK(bytes.scales == q.scale_bytes());
    }
}

}  // namespace qbench
