// SPDX-License-Identifier: Apache-2.0
// The one loop that readers of tensors need, for a program without the rest of the reference.
#define QBENCH_ISA portable
#include "reference/simd/loops.h"

#include "reference/simd/convert.cpp"

namespace qbench::reference {

const SimdLoops& loops() {
  static const SimdLoops widening = [] {
    SimdLoops all = {};
    all.name = "portable";
    all.widen = portable::widen;
    return all;
  }();
  return widening;
}

}  // namespace qbench::reference
