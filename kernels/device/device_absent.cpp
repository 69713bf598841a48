// SPDX-License-Identifier: Apache-2.0
// The CUDA device of a build without the toolkit.
#include "kernels/device/device.h"

namespace qbench {

std::unique_ptr<Device> open_cuda_device(int) { throw DeviceError("built without CUDA"); }

}  // namespace qbench
