// SPDX-License-Identifier: Apache-2.0
// Counts how well the accesses of each source line coalesce (global memory) and how many bank
// conflicts they have (shared memory).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "kernels/emulator/emulator.h"

namespace qbench::simt {

class Profile {
 public:
  void add(std::uint64_t address, int bytes, bool shared, Site site, unsigned warp, unsigned lane);
  // The accesses of a warp are those that its lanes made at one line the same number of times
  // before; with the block they are complete.
  void end_block();
  std::vector<AccessProfile> take();

 private:
  struct WarpAccess {
    std::array<std::uint64_t, 32> address;
    std::uint32_t mask = 0;
  };
  struct Line {
    AccessProfile sum;
    int bytes = 0;                            // of one lane's access
    std::array<std::uint32_t, 1024> times{};  // each thread's accesses so far in this block
    std::map<std::pair<unsigned, std::uint32_t>, WarpAccess> accesses;  // by warp and time
  };
  static void count(Line& line, const WarpAccess& access);

  std::map<std::tuple<const char*, int, const char*, bool>, Line> lines_;
};

}  // namespace qbench::simt
