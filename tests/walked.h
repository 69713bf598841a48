// SPDX-License-Identifier: Apache-2.0
// The modes that the dearest tests of every mode walk.
#pragma once

#include <algorithm>
#include <iterator>
#include <vector>

#include "kernels/device_kernels.h"

namespace qbench::test {

// Every mode. With sanitizers, which make such a test ten times as slow, those in which a piece is
// new (compiled.h), and so every piece once.
inline std::vector<const Mode*> walked_modes() {
  std::vector<const Mode*> modes;
  std::ranges::copy_if(all_modes(), std::back_inserter(modes), [](const Mode* mode) {
    return !mode->quantized() || emulated::is_compiled(*mode);
  });
  return modes;
}

}  // namespace qbench::test
