// SPDX-License-Identifier: Apache-2.0
// Sectors and wavefronts by the rules of NVIDIA's profiling guide: a sector is 32 bytes; shared
// memory has 32 banks of 4 bytes and serves 128 bytes a wavefront at most.
#include "kernels/emulator/runtime/profile.h"

#include <algorithm>
#include <set>

#include "kernels/emulator/runtime/sanitizers.h"
#include "kernels/emulator/runtime/worker.h"

namespace qbench::simt {
namespace {

constexpr int kSector = 32, kBankBytes = 4, kBanks = 32;

// Words that lie in one bank take a wavefront each.
std::uint64_t wavefronts(const std::set<std::uint64_t>& words) {
  std::array<std::uint64_t, kBanks> in_bank{};
  for (const std::uint64_t word : words) ++in_bank[word % kBanks];
  return *std::max_element(in_bank.begin(), in_bank.end());
}

// The units of memory that the lanes of the mask touch.
std::set<std::uint64_t> touched(const std::array<std::uint64_t, 32>& address, std::uint32_t mask,
                                int bytes, int unit) {
  std::set<std::uint64_t> units;
  for (std::uint32_t m = mask; m; m &= m - 1) {
    const std::uint64_t first = address[lowest(m)],
                        last = first + static_cast<std::uint64_t>(bytes) - 1;
    for (std::uint64_t u = first / unit; u <= last / unit; ++u) units.insert(u);
  }
  return units;
}

}  // namespace

void Profile::add(std::uint64_t address, int bytes, bool shared, Site site, unsigned warp,
                  unsigned lane) {
  Line& line = lines_[{site.file, site.line, site.operation, shared}];
  line.sum.site = site;
  line.sum.shared = shared;
  line.bytes = bytes;
  WarpAccess& access = line.accesses[{warp, line.times[warp * kWarpSize + lane]++}];
  access.address[lane] = address;
  access.mask |= bit(lane);
}

void Profile::count(Line& line, const WarpAccess& access) {
  const int lanes = __builtin_popcount(access.mask);
  ++line.sum.requests;
  line.sum.bytes += static_cast<std::uint64_t>(lanes) * line.bytes;
  if (!line.sum.shared) {
    line.sum.units += touched(access.address, access.mask, line.bytes, kSector).size();
    line.sum.ideal += static_cast<std::uint64_t>(lanes * line.bytes + kSector - 1) / kSector;
    return;
  }
  // Accesses of 8 and 16 bytes are served by half and quarter warps.
  const int together = std::min(kWarpSize, kBanks * kBankBytes / line.bytes);
  for (int first = 0; first < kWarpSize; first += together) {
    const std::uint32_t part = access.mask & (kFullMask >> (kWarpSize - together) << first);
    if (!part) continue;
    line.sum.units += wavefronts(touched(access.address, part, line.bytes, kBankBytes));
    ++line.sum.ideal;
  }
}

void Profile::end_block() {
  for (auto& [key, line] : lines_) {
    for (const auto& [when, access] : line.accesses) count(line, access);
    line.accesses.clear();
    line.times.fill(0);
  }
}

std::vector<AccessProfile> Profile::take() {
  std::vector<AccessProfile> all;
  for (const auto& [key, line] : lines_) all.push_back(line.sum);
  lines_.clear();
  return all;
}

void profile_access(const void* p, int bytes, bool shared, Site site) {
  const TsanQuiet quiet;
  const std::uint64_t address = shared ? shared_offset(p, static_cast<std::size_t>(bytes), site)
                                       : reinterpret_cast<std::uintptr_t>(p);
  worker->profile.add(address, bytes, shared, site, current->warp, current->lane);
}

}  // namespace qbench::simt
