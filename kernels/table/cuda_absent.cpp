// SPDX-License-Identifier: Apache-2.0
// CUDA in a build without the CUDA toolkit.
#include "kernels/ceilings/ceilings.h"
#include "kernels/device/cuda_device.h"
#include "kernels/device_kernels.h"

namespace qbench {

CudaStatus cuda_status() {
  return {.absent =
              "built without CUDA, as no toolkit or no GPU was found: QBENCH_CUDA=ON "
              "scripts/qbench builds with it"};
}

std::vector<Kernel> cuda::kernels() { return {}; }

CeilingTrials cuda::ceilings(int, const CeilingSizes&) { return {}; }

}  // namespace qbench
