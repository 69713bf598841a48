// SPDX-License-Identifier: Apache-2.0
// The interface of the emulator's runtime, which the sanitizers do not see, to its part that is
// compiled with the kernels, which they do.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/device/device.h"

namespace qbench::simt {

struct BlockInfo {
  GridSize block_index, block_size, grid_size;
  std::uint32_t poison;
  bool profile;
};

struct PendingCopy {
  unsigned char* to;
  const unsigned char* from;
  int size, bytes;  // of what is written; read from `from`: the rest of it is zero
  unsigned group;
};
constexpr int kMaxPendingCopies = 64;

// wgmma: a thread's part of a product that was issued and not yet waited for.
enum class WgmmaType : std::uint8_t { bf16, f16 };
struct PendingProduct {
  float* d;
  const std::uint32_t* a[4];
  const unsigned char* b;
  WgmmaType type;
  bool adds, follows;  // follows: adds to the sums of one that was under way when it was issued
  unsigned group;
  Site site;
  float begin[32];          // else what it adds to
  std::uint32_t a_then[4];  // the operands when it was issued: all of A, a share of B
  unsigned char b_then[16];
};
constexpr int kMaxPendingProducts = 16;
constexpr int kMaxObserved = 8;

// One CUDA thread. It lies at the top of the fiber's stack, so that sanitizers forget both
// together.
struct ThreadState {
  GridSize thread_index;
  unsigned linear, lane, warp;
  const BlockInfo* block;
  // cp.async: copies issued and not yet waited for, and the group that is open.
  int pending_copies;
  unsigned copy_group;
  Site last_copy;
  PendingCopy pending[kMaxPendingCopies];
  // How often it has shown its copies to what reads shared memory asynchronously.
  unsigned proxy_fences;
  // wgmma: products issued and not yet waited for, the group that is open, and whether a fence has
  // come since it was opened.
  int pending_products;
  unsigned product_group;
  bool products_fenced;
  PendingProduct products[kMaxPendingProducts];
  // For TSan: the atomics since the last fence, and whether there was one.
  int observed_atomics;
  bool fenced;
  void* observed[kMaxObserved];
};
extern constinit thread_local ThreadState* current;

// Abandons the launch, which throws DeviceError with this message.
[[noreturn]] void fail(Site site, const char* format, ...) __attribute__((format(printf, 2, 3)));

// __syncthreads and its relatives. The result is the number of threads whose predicate holds.
int block_barrier(bool predicate, Site site);
void warp_barrier(std::uint32_t mask, Site site);

// The lanes in `mask` meet; the last one to come computes for all. Lanes that meet must agree on
// mask, function, variant and site.
struct LaneSlot {
  const void* in;
  void* out;
};
using WarpFunction = void (*)(const LaneSlot* lanes, std::uint32_t mask, std::uint32_t variant);
void rendezvous(std::uint32_t mask, LaneSlot slot, WarpFunction function, std::uint32_t variant,
                Site site);

enum class Shuffle : std::uint32_t { index, up, down, bfly };
enum class Reduce : std::uint32_t {
  add,
  min,
  max,
  min_signed,
  max_signed,
  bit_and,
  bit_or,
  bit_xor
};
struct ShuffleInput {
  std::uint64_t value;
  int argument;
};
constexpr std::uint32_t shuffle_variant(Shuffle kind, int width) {
  return static_cast<std::uint32_t>(kind) << 8 | static_cast<std::uint32_t>(width);
}
void shuffle(const LaneSlot* lanes, std::uint32_t mask, std::uint32_t variant);
void ballot(const LaneSlot* lanes, std::uint32_t mask, std::uint32_t);       // int -> uint32_t
void match_any(const LaneSlot* lanes, std::uint32_t mask, std::uint32_t);    // uint64_t -> uint32_t
void reduce(const LaneSlot* lanes, std::uint32_t mask, std::uint32_t kind);  // uint32_t

struct MmaInput {
  std::uint32_t a[4], b[2];
  const void* d;
};
void ldmatrix_x4(const LaneSlot* lanes, std::uint32_t, std::uint32_t transposed);  // 16-byte rows
void mma_m16n8k16_bf16(const LaneSlot* lanes, std::uint32_t, std::uint32_t);
void mma_m16n8k16_f16(const LaneSlot* lanes, std::uint32_t, std::uint32_t);
void mma_m16n8k32_s8(const LaneSlot* lanes, std::uint32_t, std::uint32_t);

// The 16 bytes of operand B, which begins at `b`, that this thread reads for its warpgroup. Fails
// where the copy that wrote them was not shown by its thread.
const unsigned char* share_of_b(const unsigned char* b, Site site);
// The threads of a warpgroup meet; the last to come computes the first `count` products of all.
void warpgroup_products(int count, Site site);
// Notes that a copy of this thread has landed in shared memory.
void copy_landed(const unsigned char* to, int bytes);

// A QBENCH_SHARED variable of this block, found by `key`; poisoned when the first thread asks.
void* shared_variable(const void* key, const char* name, std::size_t bytes, std::size_t alignment,
                      Site site);
unsigned char* dynamic_shared();
// Fails unless [p, p + bytes) lies within one object of this block's shared memory.
std::uint32_t shared_offset(const void* p, std::size_t bytes, Site site);

// Reports fences to TSan; does nothing without it.
void thread_fence();
void before_atomic(void* p);
void after_atomic(void* p);

void profile_access(const void* p, int bytes, bool shared, Site site);

}  // namespace qbench::simt
