// SPDX-License-Identifier: Apache-2.0
// DeviceId: where a case runs. Text becomes one at the command line and in ids, and nowhere else.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace qbench {

enum class DeviceKind { cpu, cuda, emulated };

inline constexpr std::string_view kDeviceKindNames[] = {"cpu", "cuda", "emulated"};
constexpr std::string_view name(DeviceKind kind) {
  return kDeviceKindNames[static_cast<int>(kind)];
}

struct DeviceId {
  DeviceKind kind = DeviceKind::cpu;
  int index = 0;  // of several CUDA devices; the others are one each
  auto operator<=>(const DeviceId&) const = default;
};

// "cpu", "cuda:1", "emulated".
std::string to_text(DeviceId device);

// The inverse; nothing for text of another form. An index has one to four digits.
std::optional<DeviceId> parse_device(std::string_view text);

}  // namespace qbench
