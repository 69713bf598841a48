// SPDX-License-Identifier: Apache-2.0
// The text of a device, and the way back.
#include "kernels/device/device_id.h"

#include <charconv>

namespace qbench {
namespace {

constexpr std::string_view kCudaPrefix = "cuda:";
constexpr std::size_t kMostDigits = 4;

}  // namespace

std::string to_text(DeviceId device) {
  if (device.kind != DeviceKind::cuda) return std::string(name(device.kind));
  return std::string(kCudaPrefix) + std::to_string(device.index);
}

std::optional<DeviceId> parse_device(std::string_view text) {
  for (const DeviceKind kind : {DeviceKind::cpu, DeviceKind::emulated})
    if (text == name(kind)) return DeviceId{kind};
  if (!text.starts_with(kCudaPrefix)) return std::nullopt;
  const std::string_view digits = text.substr(kCudaPrefix.size());
  if (digits.empty() || digits.size() > kMostDigits ||
      digits.find_first_not_of("0123456789") != digits.npos)
    return std::nullopt;
  DeviceId device{DeviceKind::cuda};
  std::from_chars(digits.data(), digits.data() + digits.size(), device.index);
  return device;
}

}  // namespace qbench
