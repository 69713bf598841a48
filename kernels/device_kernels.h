// SPDX-License-Identifier: Apache-2.0
// The CUDA kernels, once for each device that runs them: CUDA's, and the emulator.
#pragma once

#include <cstddef>
#include <vector>

#include "kernels/device/device.h"
#include "kernels/kernel.h"
#include "reference/modes.h"

namespace qbench {

// The kernels of one device, in the order of the table of modes: their own, then the baselines.
struct DeviceKernels {
  std::vector<Kernel> own, baselines;
};

// Expands `compiled` to every mode, in the order of the table. A mode that decodes as an earlier
// one gets copies of that one's kernels that read codes.
std::vector<Kernel> for_every_mode(const std::vector<Kernel>& compiled);

namespace cuda {
template <std::size_t kPart>
void add_part(DeviceKernels& kernels);
inline constexpr DeviceKind kDevice = DeviceKind::cuda;
inline constexpr bool kTimed = true;
Device& open_device(int index);  // opened on first use, kept
std::vector<Kernel> kernels();   // none where there is no device
}  // namespace cuda

namespace emulated {
template <std::size_t kPart>
void add_part(DeviceKernels& kernels);
inline constexpr DeviceKind kDevice = DeviceKind::emulated;
inline constexpr bool kTimed = false;
Device& open_device(int index);
std::vector<Kernel> kernels();       // none in a build without CUDA's headers
bool is_compiled(const Mode& mode);  // true if this build has kernels of the mode (compiled.h)
}  // namespace emulated

}  // namespace qbench
