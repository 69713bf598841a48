// SPDX-License-Identifier: Apache-2.0
// The life of a block: its threads are made ready, run until all have exited, and leave no trace.
#include "kernels/emulator/runtime/worker.h"

#include <numeric>

#include "kernels/emulator/runtime/sanitizers.h"

namespace qbench::simt {

constinit thread_local Worker* worker = nullptr;

namespace {

// TSan contexts cost 0.4 ms and 0.9 MB each: races between blocks further apart than this many
// threads can be missed. GCC 12's TSan has 8128 in all.
constexpr std::size_t kTsanFibers = 4096;

std::uint64_t mix(std::uint64_t x) {  // splitmix64
  x += 0x9e3779b97f4a7c15;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
  x = (x ^ x >> 27) * 0x94d049bb133111eb;
  return x ^ x >> 31;
}

std::uint32_t lanes_waiting_for(const Block& block, unsigned warp, unsigned lane) {
  std::uint32_t found = 0;
  for (std::uint32_t m = block.warp[warp].waiting; m; m &= m - 1)
    if (block.thread[warp * kWarpSize + lowest(m)].mask & bit(lane)) found |= bit(lowest(m));
  return found;
}

void check_exit() {
  const Block& block = worker->block;
  if (current->pending_copies)
    fail(current->last_copy, "the thread exits with copies that were never waited for");
  if (current->pending_products)
    fail(current->products[0].site, "the thread exits with products that were never waited for");
  if (const std::uint32_t lanes = lanes_waiting_for(block, current->warp, current->lane)) {
    const Site site = block.thread[current->warp * kWarpSize + lowest(lanes)].site;
    fail(site, "divergence: lanes %08x wait here for lane %u, which exits", lanes, current->lane);
  }
  if (block.barrier.arrived)
    fail(block.barrier.site, "divergent barrier: %d threads wait here for one that exits",
         block.barrier.arrived);
}

void exit_thread() {
  check_exit();
  Block& block = worker->block;
  tsan_release(&worker->launch->ended);
  block.thread[current->linear].status = Status::exited;
  block.warp[current->warp].exited |= bit(current->lane);
  --block.alive;
  worker->wait();
}

void fiber_main() {
  begin_fiber();
  for (;;) {  // once for each block
    tsan_acquire(&worker->launch->started);
    const KernelCall& call = worker->launch->call;
    call.invoke(call);
    exit_thread();
  }
}

}  // namespace

Launch::Launch(const LaunchConfig& launch_config, const KernelCall& kernel_call,
               const EmulatorOptions& options)
    : config(launch_config), call(kernel_call), stride(1), offset(0) {
  const auto all = std::int64_t{config.grid.x} * config.grid.y * config.grid.z;
  const auto from_end = [&](std::int64_t i) { return std::min(i < 0 ? i + all : i, all - 1); };
  const std::int64_t begin = std::max<std::int64_t>(from_end(options.first_block), 0);
  first = static_cast<std::uint64_t>(begin);
  blocks = static_cast<std::uint64_t>(
      std::max<std::int64_t>(from_end(options.last_block) - begin + 1, 0));
  if (blocks < 2) return;
  if (options.schedule == Schedule::reverse) stride = offset = blocks - 1;
  if (options.schedule == Schedule::random) {
    stride = mix(options.seed) % blocks;
    offset = mix(options.seed + 1) % blocks;
    while (std::gcd(stride, blocks) != 1) stride = (stride + 1) % blocks;
  }
}

Worker::~Worker() {
  for (void* fiber : tsan_fibers) __tsan_destroy_fiber(fiber);
}

std::uint64_t Worker::random() { return mix(random_state++); }

int Worker::choose_bit(std::uint32_t mask) {
  if (options.schedule == Schedule::forward) return lowest(mask);
  if (options.schedule == Schedule::reverse) return 31 - __builtin_clz(mask);
  for (auto skip = random() % static_cast<unsigned>(__builtin_popcount(mask)); skip; --skip)
    mask &= mask - 1;
  return lowest(mask);
}

// A thread that could run, now taken to run; nullptr if there is none. A warp goes on while it
// can, except that a random schedule leaves it once in four times.
Fiber* Worker::choose() {
  if (!block.ready_warps) return nullptr;
  const bool leave = options.schedule == Schedule::random && random() % 4 == 0;
  if (!block.warp[block.warp_now].ready || leave) block.warp_now = choose_bit(block.ready_warps);
  Warp& warp = block.warp[block.warp_now];
  const int lane = choose_bit(warp.ready);
  warp.ready &= ~bit(lane);
  if (!warp.ready) block.ready_warps &= ~bit(block.warp_now);
  return block.thread[block.warp_now * kWarpSize + lane].fiber;
}

void Worker::wait() {
  Fiber* next = choose();
  if (!next && block.alive)
    abandon("deadlock: no thread can run; " + this_thread() + who_waits_where());
  if (!next) next = &main;
  Fiber& from = *running;
  if (next == &from) return;
  running = next;
  ++counts.switches;
  switch_fiber(from, *next);
}

void Worker::make_ready(int warp, std::uint32_t lanes) {
  if (!lanes) return;
  block.warp[warp].ready |= lanes;
  block.ready_warps |= bit(warp);
  for (std::uint32_t m = lanes; m; m &= m - 1)
    block.thread[warp * kWarpSize + lowest(m)].status = Status::runnable;
}

// To TSan, the threads of each block are other threads with other stacks: else it would take the
// blocks that one fiber runs for ordered.
void Worker::give_tsan_fiber(Fiber& fiber, int index) {
  if (fiber.tsan) {
    stacks[index].renew();
    arm(fiber, stacks[index], index, fiber_main);
  }
  if (tsan_fibers.size() < kTsanFibers) {
    tsan_fibers.push_back(fiber.tsan = __tsan_create_fiber(0));
  } else {
    fiber.tsan = tsan_fibers[next_tsan_fiber++ % tsan_fibers.size()];
  }
}

void Worker::begin_thread(int index) {
  if (static_cast<int>(fibers.size()) <= index) {
    stacks.emplace_back(fiber_stack_bytes());
    arm(fibers.emplace_back(), stacks.back(), index, fiber_main);
  }
  Fiber& fiber = fibers[index];
  if (with_tsan()) give_tsan_fiber(fiber, index);
  const GridSize size = block.info.block_size;
  const auto i = static_cast<unsigned>(index);
  ThreadState& state = *fiber.state;
  state.thread_index = {i % size.x, i / size.x % size.y, i / size.x / size.y};
  state.linear = i;
  state.lane = i % kWarpSize;
  state.warp = i / kWarpSize;
  state.block = &block.info;
  state.pending_copies = 0;
  state.copy_group = 0;
  state.proxy_fences = 0;
  state.pending_products = 0;
  state.product_group = 0;
  state.products_fenced = false;
  state.observed_atomics = 0;
  state.fenced = false;
  block.thread[index].fiber = &fiber;
}

void Worker::begin_block(std::uint64_t index) {
  const TsanQuiet quiet;
  const GridSize grid = launch->config.grid, size = launch->config.block;
  block.info = {.block_index = {static_cast<unsigned>(index % grid.x),
                                static_cast<unsigned>(index / grid.x % grid.y),
                                static_cast<unsigned>(index / grid.x / grid.y)},
                .block_size = size,
                .grid_size = grid,
                .poison = options.poison,
                .profile = options.profile};
  block.threads = block.alive = static_cast<int>(size.x * size.y * size.z);
  block.warps = (block.threads + kWarpSize - 1) / kWarpSize;
  block.warp_now = options.schedule == Schedule::reverse ? block.warps - 1 : 0;
  block.ready_warps = 0;
  block.barrier = {};
  block.warpgroup = {};
  random_state = mix(options.seed ^ mix(index));  // whichever worker runs the block
  if (with_tsan()) tokens = std::make_unique<decltype(tokens)::element_type>();
  shared.begin_block(launch->config.shared_bytes, options);
  for (int i = 0; i < block.threads; ++i) begin_thread(i);
  for (int w = 0; w < block.warps; ++w) {
    const int lanes = std::min(block.threads - w * kWarpSize, kWarpSize);
    block.warp[w] = {.exist = lanes == kWarpSize ? kFullMask : bit(lanes) - 1};
    make_ready(w, block.warp[w].exist);
  }
  ++counts.blocks;
  counts.threads += block.threads;
}

void Worker::run(Launch& of) {
  worker = this;
  launch = &of;
  adopt_thread(main);
  for (std::uint64_t k; error.empty() && !of.failed && (k = of.next++) < of.blocks;) {
    const auto permuted = static_cast<unsigned __int128>(k) * of.stride + of.offset;
    begin_block(of.first + static_cast<std::uint64_t>(permuted % of.blocks));
    tsan_release(&of.started);
    running = &main;
    wait();
    if (error.empty()) error = shared.check_bounds();
    if (options.profile) profile.end_block();
  }
  tsan_acquire(&of.ended);
  if (!error.empty()) {
    const std::lock_guard lock(of.mutex);
    if (!of.failed.exchange(true)) of.error = error;
  }
  current = nullptr;
  worker = nullptr;
}

}  // namespace qbench::simt
