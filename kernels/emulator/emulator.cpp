// SPDX-License-Identifier: Apache-2.0
// The emulator as a device: memory of the host, and launches spread over worker threads.
#include "kernels/emulator/emulator.h"

#include <sys/mman.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "kernels/emulator/runtime/sanitizers.h"
#include "kernels/emulator/runtime/worker.h"

namespace qbench {
namespace {

constexpr std::size_t kAlignment = 256;

// After each allocation lies as much poison as 256 threads write if each writes a float too far:
// what reads past the end gets NaN in place of whatever the heap holds there (often 0, which hides
// the bug), and what writes there is seen when the launch has ended. ASan sees both by itself.
constexpr std::size_t kGuard = 1024;
std::size_t guard_bytes() { return simt::with_asan() ? 0 : kGuard; }

// Byte i of memory that holds the poison.
unsigned char poison_byte(std::uint32_t poison, std::size_t i) {
  return static_cast<unsigned char>(poison >> i % 4 * 8);
}

void check_config(const LaunchConfig& config, const EmulatorOptions& options) {
  const GridSize grid = config.grid, block = config.block;
  const auto reject = [&](const std::string& what) {
    throw DeviceError("launch at " + std::string(simt::base_name(config.site.file)) + ":" +
                      std::to_string(config.site.line) + ": " + what);
  };
  const std::uint64_t threads = std::uint64_t{block.x} * block.y * block.z;
  if (threads == 0 || threads > simt::kMaxThreads || block.z > 64)
    reject("a block has 1 to 1024 threads, 64 of them along z, not " + std::to_string(threads));
  if (!grid.x || !grid.y || !grid.z || grid.x > 0x7fffffff || grid.y > 65535 || grid.z > 65535)
    reject("a grid has 1 to 2^31-1 x 65535 x 65535 blocks");
  if (config.shared_bytes > options.shared_limit)
    reject(std::to_string(config.shared_bytes) + " bytes of dynamic shared memory, the limit is " +
           std::to_string(options.shared_limit));
}

int worker_count(const EmulatorOptions& options, std::uint64_t blocks) {
  if (options.profile || simt::with_tsan()) return 1;
  const auto cores = std::max(1u, std::thread::hardware_concurrency());
  const auto wanted = options.workers > 0 ? static_cast<unsigned>(options.workers) : cores;
  return static_cast<int>(std::clamp<std::uint64_t>(blocks, 1, wanted));
}

}  // namespace

void set_schedule(EmulatorOptions& options, std::string_view text) {
  constexpr std::string_view kRandom = "random:";
  if (text == "forward") {
    options.schedule = Schedule::forward;
  } else if (text == "reverse") {
    options.schedule = Schedule::reverse;
  } else {
    const char* const end = text.data() + text.size();
    const char* const seed = text.data() + std::min(kRandom.size(), text.size());
    const auto [rest, error] = std::from_chars(seed, end, options.seed);
    if (!text.starts_with(kRandom) || error != std::errc{} || rest != end)
      throw std::invalid_argument("schedule '" + std::string(text) +
                                  "': give forward, reverse or random:SEED");
    options.schedule = Schedule::random;
  }
}

Emulator::Emulator(EmulatorOptions options) : options_(options) {}
Emulator::~Emulator() = default;

void* Emulator::allocate(std::size_t bytes) {
  const bool lazy = bytes >= options_.lazy_bytes;
  void* memory = nullptr;
  if (lazy) {
    memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
      throw DeviceOutOfMemory("the emulator cannot map " + std::to_string(bytes) + " bytes");
  } else {
    const std::size_t all = bytes + guard_bytes();
    if (posix_memalign(&memory, kAlignment, std::max<std::size_t>(all, 1)) != 0)
      throw DeviceOutOfMemory("the emulator has no memory for " + std::to_string(bytes) + " bytes");
    auto* const words = static_cast<std::uint32_t*>(memory);
    std::fill_n(words, all / 4, options_.poison);
    std::memcpy(words + all / 4, &options_.poison, all % 4);
  }
  const std::lock_guard lock(mutex_);
  allocations_[memory] = {bytes, options_.poison, lazy};
  return memory;
}

void Emulator::free(void* memory) noexcept {
  const std::lock_guard lock(mutex_);
  const auto found = allocations_.find(memory);
  if (found == allocations_.end()) return;  // null
  if (found->second.lazy) {
    munmap(memory, found->second.bytes);
  } else {
    std::free(memory);
  }
  allocations_.erase(found);
}

// Reports a write of the launch past the end of an allocation, if there was one; mends the guard.
std::string Emulator::check_guards() {
  std::string error;
  for (const auto& [memory, allocation] : allocations_) {
    const auto [bytes, poison, lazy] = allocation;
    const std::size_t last = bytes + (lazy ? 0 : guard_bytes());
    auto* const at = static_cast<unsigned char*>(memory);
    std::size_t i = bytes;
    while (i < last && at[i] == poison_byte(poison, i)) ++i;
    if (i == last) continue;
    error = "global memory overflow: byte " + std::to_string(i - bytes) +
            " past the end of an allocation of " + std::to_string(bytes) + " bytes was written";
    for (; i < last; ++i) at[i] = poison_byte(poison, i);
  }
  return error;
}

void Emulator::copy_to_device(void* to, const void* from, std::size_t bytes) {
  if (bytes) std::memcpy(to, from, bytes);
}
void Emulator::copy_to_host(void* to, const void* from, std::size_t bytes) {
  if (bytes) std::memcpy(to, from, bytes);
}
void Emulator::fill(void* memory, unsigned char value, std::size_t bytes) {
  if (bytes) std::memset(memory, value, bytes);
}

// Nothing is kept of the launches: a replay does the work again.
std::unique_ptr<Recording> Emulator::record(const std::function<void()>& work) {
  struct Again final : Recording {
    explicit Again(const std::function<void()>& what) : work(what) {}
    Elapsed replay(int times) override {
      for (int i = 0; i < times; ++i) work();
      return {};
    }
    std::function<void()> work;
  };
  return std::make_unique<Again>(work);
}

void Emulator::launch(const LaunchConfig& config, const KernelCall& call) {
  if (simt::current) throw DeviceError("a kernel cannot launch a kernel");
  check_config(config, options_);
  const std::lock_guard lock(mutex_);
  simt::Launch launch(config, call, options_);
  const int wanted = worker_count(options_, launch.blocks);
  while (static_cast<int>(workers_.size()) < wanted)
    workers_.push_back(std::make_unique<simt::Worker>(options_));
  {
    std::vector<std::jthread> threads;
    for (int i = 1; i < wanted; ++i)
      threads.emplace_back([&launch, worker = workers_[i].get()] { worker->run(launch); });
    workers_[0]->run(launch);
  }
  simt::tsan_acquire(&launch.ended);
  ++counts_.launches;
  for (const auto& worker : workers_) collect(*worker);
  const std::string overflow = check_guards();
  if (!launch.failed && overflow.empty()) return;
  if (launch.failed) workers_.clear();  // their fibers are stuck where the error found them
  throw DeviceError((launch.failed ? launch.error : overflow) + "\n  launched at " +
                    simt::base_name(config.site.file) + ":" + std::to_string(config.site.line));
}

void Emulator::collect(simt::Worker& worker) {
  const EmulatorCounts counts = std::exchange(worker.counts, {});
  counts_.blocks += counts.blocks;
  counts_.threads += counts.threads;
  counts_.switches += counts.switches;
  counts_.barriers += counts.barriers;
  counts_.warp_operations += counts.warp_operations;
  counts_.mma += counts.mma;
  counts_.ldmatrix += counts.ldmatrix;
  for (AccessProfile& line : worker.profile.take()) profile_.push_back(line);
}

}  // namespace qbench
