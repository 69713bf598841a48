// SPDX-License-Identifier: Apache-2.0
// Worker: one thread of the host that runs blocks, one at a time, and chooses which CUDA thread
// runs next. A fiber that has to wait switches straight to the next one.
#pragma once

#include <array>
#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "kernels/emulator/emulator.h"
#include "kernels/emulator/runtime/fiber.h"
#include "kernels/emulator/runtime/profile.h"
#include "kernels/emulator/runtime/shared.h"

namespace qbench::simt {

constexpr int kMaxThreads = 1024, kWarpSize = 32, kMaxWarps = kMaxThreads / kWarpSize;
constexpr std::uint32_t kFullMask = 0xffffffff;

inline std::uint32_t bit(unsigned lane) { return std::uint32_t{1} << lane; }
inline int lowest(std::uint32_t mask) { return __builtin_ctz(mask); }

enum class Status : std::uint8_t { runnable, at_barrier, in_warp, in_warpgroup, exited };

// A CUDA thread as the scheduler sees it: what it waits in, and with what.
struct Thread {
  Fiber* fiber;
  Status status;
  Site site;
  std::uint32_t mask;
  WarpFunction function;
  std::uint32_t variant;
  LaneSlot slot;
};

// Masks of lanes.
struct Warp {
  std::uint32_t ready = 0, exist = 0, exited = 0;
  std::uint32_t waiting = 0;     // in a rendezvous
  std::uint32_t at_barrier = 0;  // of the block
  std::uint32_t phase = 0;       // rendezvous of __syncwarp completed by all lanes
};

struct Barrier {
  int arrived, predicates;
  unsigned phase;
  int result[2];  // of the last two phases: threads that have not run yet still read the former
  Site site;
};

// Four warps, which meet to wait for products.
constexpr int kWarpgroupWarps = 4, kMaxWarpgroups = kMaxWarps / kWarpgroupWarps;
struct Warpgroup {
  int arrived, count;  // how many threads wait, for how many products
  Site site;
};

struct Block {
  BlockInfo info;
  int threads, alive, warps;
  std::uint32_t ready_warps;  // those with a lane that could run
  int warp_now;
  Barrier barrier;
  std::array<Thread, kMaxThreads> thread;
  std::array<Warp, kMaxWarps> warp;
  std::array<Warpgroup, kMaxWarpgroups> warpgroup;
};

// One launch, shared by its workers. Block number k to start is first + (k * stride + offset) %
// blocks.
struct Launch {
  const LaunchConfig& config;
  const KernelCall& call;
  std::uint64_t first, blocks, stride, offset;
  std::atomic<std::uint64_t> next{0};
  std::atomic<bool> failed{false};
  std::mutex mutex;
  std::string error;
  char started, ended;  // TSan orders the launch's threads after and before the host by these

  Launch(const LaunchConfig& config, const KernelCall& call, const EmulatorOptions& options);
};

struct Worker {
  explicit Worker(const EmulatorOptions& emulator_options) : options(emulator_options) {}
  ~Worker();

  void run(Launch& of);  // blocks until none is left
  // Runs the next thread; returns when it is the caller's turn again.
  void wait();
  void make_ready(int warp, std::uint32_t lanes);
  std::uint64_t random();

  const EmulatorOptions& options;
  Launch* launch = nullptr;
  Fiber main, *running = nullptr;
  std::deque<GuardedMemory> stacks;
  std::deque<Fiber> fibers;
  Block block;
  SharedMemory shared;
  Profile profile;
  EmulatorCounts counts;
  std::uint64_t random_state = 0;
  std::string error;
  std::vector<void*> tsan_fibers;
  std::size_t next_tsan_fiber = 0;
  // TSan's objects of the barriers: memory of this block alone, so that TSan forgets it.
  std::unique_ptr<std::array<char, 8 * (2 + 2 * kMaxWarps)>> tokens;

  char* block_token() { return tokens->data() + 8 * (block.barrier.phase & 1); }
  char* warp_token(unsigned warp) {
    return tokens->data() + 8 * (2 + 2 * warp + (block.warp[warp].phase & 1));
  }

 private:
  void begin_block(std::uint64_t index);
  void begin_thread(int index);
  void give_tsan_fiber(Fiber& fiber, int index);
  Fiber* choose();
  int choose_bit(std::uint32_t mask);
};

extern constinit thread_local Worker* worker;

// Texts of errors: the running thread, and every thread of its block.
std::string this_thread();
std::string who_waits_where();
// As fail(), for what has no operation of its own.
[[noreturn]] void abandon(std::string message);
const char* base_name(const char* file);
bool same_place(const Site& a, const Site& b);

}  // namespace qbench::simt
