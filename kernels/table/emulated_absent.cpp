// SPDX-License-Identifier: Apache-2.0
// The emulator in a build without CUDA's headers.
#include "kernels/ceilings/ceilings.h"
#include "kernels/device_kernels.h"
#include "kernels/formats/compiled.h"

namespace qbench::emulated {

std::vector<Kernel> kernels() { return {}; }

CeilingTrials ceilings(int, const CeilingSizes&) { return {}; }

bool is_compiled(const Mode& mode) { return qbench::is_compiled(mode, kFewKernels); }

}  // namespace qbench::emulated
