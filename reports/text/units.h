// SPDX-License-Identifier: Apache-2.0
// Amounts of bytes and of other things as text, in decimal units.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace qbench {

struct ByteUnit {
  std::string_view name;
  double bytes;
};
inline constexpr ByteUnit kGigabytes = {"GB", 1e9}, kMegabytes = {"MB", 1e6};

// GB for a GB and more, else MB.
const ByteUnit& unit_of(double bytes);

// "45.426 MB".
std::string bytes_text(double bytes);

// "10.62 M".
std::string count_text(double count);

// "1 layer", "2 layers".
std::string counted(std::int64_t count, std::string_view noun);

}  // namespace qbench
