// SPDX-License-Identifier: Apache-2.0
// The loops of the reference as they are compiled for any machine, and one thread, for a program
// without the rest of the reference.
#include "reference/simd/loops.h"

#include "reference/simd/parallel.h"

namespace qbench::reference {

namespace portable {
extern const SimdLoops kLoops;
}

const SimdLoops& loops() { return portable::kLoops; }

int thread_count() { return 1; }

void detail::run_parts(std::int64_t parts, Part part, const void* context) {
  for (std::int64_t i = 0; i < parts; ++i) part(context, i);
}

}  // namespace qbench::reference
