// SPDX-License-Identifier: Apache-2.0
// The emulator's side of ptx.h. A lane reads and writes its own part here, where the sanitizers
// see it; what the warp computes together is the runtime's.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include "kernels/emulator/emulated.h"

namespace qbench::emulated::ptx {

constexpr std::uint32_t kWholeWarp = 0xffffffff;

inline float without_subnormals(float x) {
  return std::fabs(x) < std::numeric_limits<float>::min() ? std::copysign(0.0f, x) : x;
}

inline void require_alignment(const void* p, std::size_t bytes, Site site) {
  if (reinterpret_cast<std::uintptr_t>(p) % bytes)
    simt::fail(site, "address %p is not a multiple of %zu", p, bytes);
}

inline uint4 load_128(const void* p, Site site) {
  require_alignment(p, 16, site);
  if (simt::current->block->profile) simt::profile_access(p, 16, false, site);
  return *static_cast<const uint4*>(p);
}

inline void store_128(void* p, const uint4& v, Site site) {
  require_alignment(p, 16, site);
  if (simt::current->block->profile) simt::profile_access(p, 16, false, site);
  *static_cast<uint4*>(p) = v;
}

// Copies as late as the program allows: the target is poisoned now, so that a read that comes too
// early, or too late for its former contents, shows; the wait for its group makes the copy.
inline void issue_copy(void* to, const void* from, int size, int bytes, Site site) {
  simt::ThreadState& thread = *simt::current;
  const auto whole = static_cast<std::size_t>(size);
  require_alignment(to, whole, site);
  require_alignment(from, whole, site);
  simt::shared_offset(to, whole, site);
  if (bytes < 0 || bytes > size) simt::fail(site, "%d bytes of %d", bytes, size);
  if (thread.pending_copies == simt::kMaxPendingCopies)
    simt::fail(site, "more than %d copies of one thread under way", simt::kMaxPendingCopies);
  thread.pending[thread.pending_copies++] = {static_cast<unsigned char*>(to),
                                             static_cast<const unsigned char*>(from), size, bytes,
                                             thread.copy_group};
  thread.last_copy = site;
  for (int i = 0; i < size / 4; ++i) static_cast<std::uint32_t*>(to)[i] = thread.block->poison;
  if (!thread.block->profile) return;
  if (bytes) simt::profile_access(from, bytes, false, site);
  simt::profile_access(to, size, true, site);
}

inline void finish_copies(int pending_groups) {
  simt::ThreadState& thread = *simt::current;
  const unsigned groups = static_cast<unsigned>(pending_groups);
  int kept = 0;
  for (int i = 0; i < thread.pending_copies; ++i) {
    const simt::PendingCopy copy = thread.pending[i];
    if (copy.group + groups >= thread.copy_group) {
      thread.pending[kept++] = copy;
      continue;
    }
    for (int b = 0; b < copy.size; ++b) copy.to[b] = b < copy.bytes ? copy.from[b] : 0;
    simt::copy_landed(copy.to, copy.size);
  }
  thread.pending_copies = kept;
}

inline void load_matrices(std::uint32_t (&r)[4], const void* row, bool transposed, Site site) {
  require_alignment(row, 16, site);
  simt::shared_offset(row, 16, site);
  if (simt::current->block->profile) simt::profile_access(row, 16, true, site);
  std::uint32_t own[4];
  std::memcpy(own, row, sizeof own);
  simt::rendezvous(kWholeWarp, {own, r}, simt::ldmatrix_x4, transposed, site);
}

template <class T>
void multiply(T (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2],
              simt::WarpFunction function, Site site) {
  const simt::MmaInput in{{a[0], a[1], a[2], a[3]}, {b[0], b[1]}, d};
  simt::rendezvous(kWholeWarp, {&in, d}, function, 0, site);
}

}  // namespace qbench::emulated::ptx
