// SPDX-License-Identifier: Apache-2.0
// Rounds amounts to the digits that people read.
#include "reports/text/units.h"

#include <fmt/format.h>

namespace qbench {

const ByteUnit& unit_of(double bytes) {
  return bytes >= kGigabytes.bytes ? kGigabytes : kMegabytes;
}

std::string bytes_text(double bytes) {
  const ByteUnit& unit = unit_of(bytes);
  return fmt::format("{:.3f} {}", bytes / unit.bytes, unit.name);
}

std::string count_text(double count) {
  return count >= 1e9   ? fmt::format("{:.2f} G", count / 1e9)
         : count >= 1e6 ? fmt::format("{:.2f} M", count / 1e6)
                        : fmt::format("{:.0f}", count);
}

std::string counted(std::int64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace qbench
