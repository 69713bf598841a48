// SPDX-License-Identifier: Apache-2.0
// Where threads meet: the block at its barrier, the lanes of a warp in a rendezvous. Reports both,
// and fences, to TSan.
#include <algorithm>
#include <cstring>

#include "kernels/emulator/runtime/sanitizers.h"
#include "kernels/emulator/runtime/worker.h"

namespace qbench::simt {
namespace {

void release_block(Block& block) {
  Barrier& barrier = block.barrier;
  barrier.result[barrier.phase & 1] = barrier.predicates;
  for (int w = 0; w < block.warps; ++w) {
    worker->make_ready(w, block.warp[w].at_barrier);
    block.warp[w].at_barrier = 0;
  }
  barrier.arrived = barrier.predicates = 0;
  ++barrier.phase;
}

void check_agreement(const Thread& self, int lane) {
  const Thread& other = worker->block.thread[current->warp * kWarpSize + lane];
  if (other.function != self.function || other.variant != self.variant ||
      !same_place(other.site, self.site))
    fail(self.site, "divergence: lane %d of the mask is in %s (%s:%d) or has other operands", lane,
         other.site.operation, base_name(other.site.file), other.site.line);
  if (other.mask != self.mask)
    fail(self.site, "lanes %u and %d give different masks %08x and %08x", current->lane, lane,
         self.mask, other.mask);
}

// The rules of a rendezvous that the running thread is about to join.
void check_rendezvous(const Thread& self, const Warp& warp) {
  const std::uint32_t mask = self.mask;
  const Site site = self.site;
  if (!(mask & bit(current->lane)))
    fail(site, "lane %u is not in its own mask %08x", current->lane, mask);
  if (mask & ~warp.exist) fail(site, "mask %08x names lanes that the block does not have", mask);
  if (mask & warp.exited)
    fail(site, "divergence: lanes %08x of mask %08x have exited", mask & warp.exited, mask);
  if (const std::uint32_t others = warp.waiting & mask) check_agreement(self, lowest(others));
}

void compute(const Thread* lanes, const Thread& self) {
  LaneSlot slots[kWarpSize];
  for (std::uint32_t m = self.mask; m; m &= m - 1) slots[lowest(m)] = lanes[lowest(m)].slot;
  self.function(slots, self.mask, self.variant);
}

// The running thread is the last to come.
void complete(Warp& warp, const Thread& self) {
  const Thread* lanes = &worker->block.thread[current->warp * kWarpSize];
  for (std::uint32_t m = self.mask; m; m &= m - 1) check_agreement(self, lowest(m));
  if (self.function) compute(lanes, self);
  if (!self.function && self.mask == warp.exist) ++warp.phase;
  warp.waiting &= ~self.mask;
  worker->make_ready(static_cast<int>(current->warp), self.mask & ~bit(current->lane));
  if (worker->options.schedule != Schedule::random) return;
  worker->make_ready(static_cast<int>(current->warp), bit(current->lane));
  worker->wait();
}

}  // namespace

int block_barrier(bool predicate, Site site) {
  Block& block = worker->block;
  Barrier& barrier = block.barrier;
  if (block.alive < block.threads)
    fail(site, "divergent barrier: %d threads have exited", block.threads - block.alive);
  if (barrier.arrived && !same_place(barrier.site, site))
    fail(site, "divergent barrier: others wait at %s:%d", base_name(barrier.site.file),
         barrier.site.line);
  Thread& self = block.thread[current->linear];
  self.status = Status::at_barrier;
  barrier.site = self.site = site;
  barrier.predicates += predicate;
  block.warp[current->warp].at_barrier |= bit(current->lane);
  ++worker->counts.barriers;
  const unsigned phase = barrier.phase;
  char* const token = worker->block_token();
  tsan_release(token);
  if (++barrier.arrived == block.threads) release_block(block);
  worker->wait();
  tsan_acquire(token);
  return barrier.result[phase & 1];
}

void rendezvous(std::uint32_t mask, LaneSlot slot, WarpFunction function, std::uint32_t variant,
                Site site) {
  Block& block = worker->block;
  Warp& warp = block.warp[current->warp];
  Thread& self = block.thread[current->linear];
  self.site = site;
  self.mask = mask;
  self.function = function;
  self.variant = variant;
  self.slot = slot;
  check_rendezvous(self, warp);
  warp.waiting |= bit(current->lane);
  ++worker->counts.warp_operations;
  if ((warp.waiting & mask) == mask) return complete(warp, self);
  self.status = Status::in_warp;
  worker->wait();
}

void warp_barrier(std::uint32_t mask, Site site) {
  // Partial masks share one object: it may order more than the program does, never less.
  char* const token = worker->warp_token(current->warp);
  tsan_release(token);
  rendezvous(mask, {}, nullptr, 0, site);
  tsan_acquire(token);
}

// PTX's fence synchronization as far as TSan can say it: an atomic after a fence releases on its
// address, a fence after an atomic acquires from it. Every atomic after a fence releases all that
// came before: races can be missed, none is invented.
void thread_fence() {
  if (!with_tsan()) return;
  for (int i = 0; i < current->observed_atomics; ++i) tsan_acquire(current->observed[i]);
  current->observed_atomics = 0;
  current->fenced = true;
}

void before_atomic(void* p) {
  if (current->fenced) tsan_release(p);
}

void after_atomic(void* p) {
  before_atomic(p);  // the atomic itself is released too
  void** const end = current->observed + current->observed_atomics;
  if (std::find(current->observed, end, p) != end) return;
  if (current->observed_atomics < kMaxObserved) current->observed[current->observed_atomics++] = p;
}

}  // namespace qbench::simt
