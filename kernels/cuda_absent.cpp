// SPDX-License-Identifier: Apache-2.0
// The device query of a build without the CUDA toolkit.
#include "kernels/cuda_device.h"

namespace qbench {

CudaStatus cuda_status() {
  return {.absent = "built without CUDA: no toolkit was found when qbench was configured"};
}

}  // namespace qbench
