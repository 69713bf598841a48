// SPDX-License-Identifier: Apache-2.0
// The parts in which the kernels of modes are compiled, a source file each.
#pragma once

#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include "kernels/device_kernels.h"
#include "kernels/formats/compiled.h"

namespace qbench {

// The modes that have kernels or baselines here, in the order of the table. (Not inline: the CUDA
// kernels of a build may be those of fewer modes than the emulator's.)
constexpr auto has_part = [](const Mode* mode) {
  return !mode->quantized() || is_compiled(*mode, kFewKernels);
};
constexpr std::size_t kModesWithParts = std::ranges::count_if(kModes, has_part);
constexpr auto kModesOfParts = [] {
  std::array<const Mode*, kModesWithParts> modes{};
  std::ranges::copy_if(kModes, modes.begin(), has_part);
  return modes;
}();

// Modes in a part. kernels/CMakeLists.txt has one source file a part; the linker reports a missing
// one.
constexpr std::size_t kModesAPart = kFewKernels ? 16 : 8;
constexpr std::size_t kParts = (kModesWithParts + kModesAPart - 1) / kModesAPart;

// Calls add(part, kernels) for every part, a std::integral_constant, and returns all kernels in
// order.
template <class Add>
std::vector<Kernel> kernels_of_parts(const Add& add) {
  DeviceKernels kernels;
  [&]<std::size_t... kPart>(std::index_sequence<kPart...>) {
    (add(std::integral_constant<std::size_t, kPart>(), kernels), ...);
  }
  (std::make_index_sequence<kParts>());
  std::vector<Kernel> all = for_every_mode(kernels.own);
  const std::vector<Kernel> baselines = for_every_mode(kernels.baselines);
  all.insert(all.end(), baselines.begin(), baselines.end());
  return all;
}

}  // namespace qbench
