// SPDX-License-Identifier: Apache-2.0
// The CUDA kernels, once for each device that runs them: CUDA's, and the emulator.
#pragma once

#include <string_view>
#include <vector>

#include "kernels/kernel.h"
#include "kernels/simt/device.h"

namespace qbench {

namespace cuda {
inline constexpr std::string_view kDeviceName = "cuda";
inline constexpr bool kTimed = true;
Device& open_device(int index);  // opened on first use, kept
std::vector<Kernel> kernels();   // none where there is no device
}  // namespace cuda

namespace emulated {
inline constexpr std::string_view kDeviceName = "emulated";
inline constexpr bool kTimed = false;
Device& open_device(int index);
std::vector<Kernel> kernels();  // none in a build without CUDA's headers
}  // namespace emulated

}  // namespace qbench
