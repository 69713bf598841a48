// SPDX-License-Identifier: Apache-2.0
// Products of warpgroups. Layouts: PTX ISA, "Asynchronous Warpgroup Level Matrix Instructions". A
// product is made when it is waited for, out of what its operands were when it was issued: the
// thread's side (wgmma_emulated.h) sees that they are still the same.
#include <cstring>

#include "kernels/emulator/runtime/elements.h"
#include "kernels/emulator/runtime/worker.h"

namespace qbench::simt {
namespace {

constexpr int kRows = 64, kColumns = 64, kDepth = 16, kThreads = kWarpgroupWarps * kWarpSize;
constexpr std::uint32_t kRowBytes = 128, kChunkBytes = 16;

// Where a chunk of a row of B lies, as the tensor core finds it: the three bits of the address
// above the row's 128 bytes permute the chunks within them.
std::uint32_t chunk_offset(std::uint32_t b, std::uint32_t row, std::uint32_t chunk) {
  const std::uint32_t linear = b + row * kRowBytes + chunk * kChunkBytes;
  return linear ^ (linear / kRowBytes % 8 * kChunkBytes);
}

struct Operands {
  float a[kRows][kDepth], b[kDepth][kColumns], d[kRows][kColumns];
};
// Not on the stack of a fiber, which is small.
thread_local Operands operands;

QBENCH_AVX2_TOO void multiply(Operands& of) {
  for (int row = 0; row < kRows; ++row)
    for (int k = 0; k < kDepth; ++k)
      for (int column = 0; column < kColumns; ++column)
        of.d[row][column] += of.a[row][k] * of.b[k][column];
}

float to_float(WgmmaType type, std::uint16_t bits) {
  return type == WgmmaType::bf16 ? bf16_to_float(bits) : f16_to_float(bits);
}

// Value v of a lane's 32 of D is at row g + 8 (v/2 % 2) of its warp's 16 and at column
// 8 (v/4) + 2t + v%2.
template <class Act>
void for_each_of_d(int thread, const Act& act) {
  const int lane = thread % kWarpSize, g = lane / 4, t = lane % 4;
  for (int v = 0; v < 32; ++v)
    act(thread / kWarpSize * 16 + g + 8 * (v / 2 % 2), v / 4 * 8 + 2 * t + v % 2, v);
}

void read_a(const PendingProduct& product, int thread, Operands& of) {
  const int lane = thread % kWarpSize, g = lane / 4, t = lane % 4;
  for (int e = 0; e < 8; ++e)
    of.a[thread / kWarpSize * 16 + g + 8 * (e / 2 % 2)][2 * t + e % 2 + 8 * (e / 4)] =
        to_float(product.type, element<std::uint16_t>(product.a_then, e));
}

void read_b(const PendingProduct& product, int thread, Operands& of) {
  for (int e = 0; e < 8; ++e) {
    std::uint16_t bits;
    std::memcpy(&bits, product.b_then + 2 * e, 2);
    of.b[thread % 2 * 8 + e][thread / 2] = to_float(product.type, bits);
  }
}

// Product `i` of all threads of a warpgroup.
void compute(ThreadState* const (&threads)[kThreads], int i) {
  Operands& of = operands;
  const PendingProduct& first = threads[0]->products[i];
  for (int thread = 0; thread < kThreads; ++thread) {
    const PendingProduct& product = threads[thread]->products[i];
    if (product.b != first.b || product.type != first.type || product.adds != first.adds)
      fail(product.site, "divergence: threads of the warpgroup have other operands");
    read_a(product, thread, of);
    read_b(product, thread, of);
    const float* const begin = product.follows ? product.d : product.begin;
    for_each_of_d(thread, [&](int row, int column, int v) { of.d[row][column] = begin[v]; });
  }
  multiply(of);
  for (int thread = 0; thread < kThreads; ++thread)
    for_each_of_d(thread, [&](int row, int column, int v) {
      threads[thread]->products[i].d[v] = of.d[row][column];
    });
  worker->counts.mma += kWarpgroupWarps;
}

int first_warp() { return static_cast<int>(current->warp) / kWarpgroupWarps * kWarpgroupWarps; }

void complete(Block& block, int count) {
  ThreadState* threads[kThreads];
  for (int i = 0; i < kThreads; ++i)
    threads[i] = block.thread[first_warp() * kWarpSize + i].fiber->state;
  for (int i = 0; i < count; ++i) compute(threads, i);
  for (int warp = first_warp(); warp < first_warp() + kWarpgroupWarps; ++warp)
    worker->make_ready(warp, kFullMask);
}

}  // namespace

void copy_landed(const unsigned char* to, int bytes) {
  const auto offset = static_cast<std::uint32_t>(to - worker->shared.dynamic());
  for (std::uint32_t at = offset; at < offset + static_cast<std::uint32_t>(bytes); at += 4)
    worker->shared.land(at, static_cast<std::uint16_t>(current->linear), current->proxy_fences);
}

const unsigned char* share_of_b(const unsigned char* b, Site site) {
  const unsigned thread = current->linear % kThreads;
  const std::uint32_t at = shared_offset(b, kChunkBytes, site);
  if (at % kRowBytes % (2 * kChunkBytes) || at % (8 * kRowBytes) >= kRowBytes)
    fail(site, "B begins at byte %u, which is not one of the first row of 1024 bytes", at);
  const std::uint32_t offset = chunk_offset(at, thread / 2, thread % 2);
  const unsigned char* const share = worker->shared.dynamic() + offset;
  shared_offset(share, kChunkBytes, site);
  for (std::uint32_t word = offset; word < offset + kChunkBytes; word += 4)
    if (const SharedMemory::Landed* landed = worker->shared.landed(word);
        landed && worker->block.thread[landed->thread].fiber->state->proxy_fences == landed->fences)
      fail(site, "B was copied by thread %u, without a fence_proxy_async() behind it",
           landed->thread);
  return share;
}

void warpgroup_products(int count, Site site) {
  Block& block = worker->block;
  if (block.threads % kThreads) fail(site, "the block has no whole warpgroups");
  Warpgroup& group = block.warpgroup[current->warp / kWarpgroupWarps];
  if (!group.arrived) {
    group.count = count;
    group.site = site;
  } else if (group.count != count || !same_place(group.site, site)) {
    fail(site, "divergence: others of the warpgroup wait at %s:%d for %d products, not %d",
         base_name(group.site.file), group.site.line, group.count, count);
  }
  Thread& self = block.thread[current->linear];
  self.status = Status::in_warpgroup;
  self.site = site;
  if (++group.arrived == kThreads) {
    group.arrived = 0;
    complete(block, count);
  }
  worker->wait();
}

}  // namespace qbench::simt
