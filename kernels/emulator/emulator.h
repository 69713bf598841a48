// SPDX-License-Identifier: Apache-2.0
// Emulator: the device that runs kernels on the CPU, one fiber per CUDA thread.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/device/device.h"

namespace qbench {

namespace simt {
struct Worker;
}

// The order in which runnable threads, and blocks, take their turns.
enum class Schedule { forward, reverse, random };

struct EmulatorOptions {
  Schedule schedule = Schedule::forward;
  std::uint64_t seed = 1;  // of Schedule::random
  // The contents of new shared memory, new device memory and the targets of copies under way. NaN
  // in every float format by default; 0x7e7e7e7e is a large number, which fmaxf does not hide.
  std::uint32_t poison = 0xffffffff;
  int workers = 0;                        // threads that run blocks; 0: one per core
  std::size_t shared_limit = 163 * 1024;  // bytes a block may have (sm_80)
  // The blocks that run, counted along x, then y, then z; a negative number counts from the end.
  std::int64_t first_block = 0, last_block = -1;
  // Allocations from this size on are mapped when touched, and hold 0 in place of the poison.
  std::size_t lazy_bytes = std::size_t{1} << 30;
  std::size_t l2_bytes = 0;  // of traits(); the emulator has no cache
  int processors = 1;        // of traits(): what kernels share their work out to
  bool wgmma = true;         // of traits()
  bool profile = false;      // count sectors and bank conflicts; one worker
};

// "forward", "reverse" or "random:SEED".
void set_schedule(EmulatorOptions& options, std::string_view text);

struct EmulatorCounts {
  std::uint64_t launches = 0, blocks = 0, threads = 0, switches = 0;
  std::uint64_t barriers = 0, warp_operations = 0;  // arrivals of threads
  std::uint64_t mma = 0, ldmatrix = 0;              // of warps
};

// The accesses of one source line that went through a profiled wrapper, a warp at a time. Units
// are 32-byte sectors of global memory or wavefronts of shared memory; ideal: as few as the bytes
// allow.
struct AccessProfile {
  Site site;
  bool shared = false;
  std::uint64_t requests = 0, bytes = 0, units = 0, ideal = 0;
};

class Emulator final : public Device {
 public:
  explicit Emulator(EmulatorOptions options = {});
  ~Emulator() override;

  EmulatorOptions& options() { return options_; }  // may be changed between launches
  const EmulatorCounts& counts() const { return counts_; }
  const std::vector<AccessProfile>& profile() const { return profile_; }

  void* allocate(std::size_t bytes) override;
  void free(void* memory) noexcept override;
  void copy_to_device(void* to, const void* from, std::size_t bytes) override;
  void copy_to_host(void* to, const void* from, std::size_t bytes) override;
  void copy(void* to, const void* from, std::size_t bytes) override {
    copy_to_device(to, from, bytes);
  }
  void fill(void* memory, unsigned char value, std::size_t bytes) override;
  void synchronize() override {}
  std::size_t shared_limit() override { return options_.shared_limit; }
  double seconds_of(const std::function<void()>& work) override {
    work();
    return 0;
  }
  std::unique_ptr<Recording> record(const std::function<void()>& work) override;
  DeviceTraits traits() override {
    return {
        .l2_bytes = options_.l2_bytes, .processors = options_.processors, .wgmma = options_.wgmma};
  }
  // Runs the kernel to its end. A breach of CUDA's rules throws DeviceError with the
  // operation, its file and line, the thread, and who waits where.
  void launch(const LaunchConfig& config, const KernelCall& call) override;

 private:
  // An allocation; `lazy`: mapped when touched, and without a guard.
  struct Allocation {
    std::size_t bytes;
    std::uint32_t poison;
    bool lazy;
  };
  void collect(simt::Worker& worker);
  std::string check_guards();

  EmulatorOptions options_;
  EmulatorCounts counts_;
  std::vector<AccessProfile> profile_;
  std::vector<std::unique_ptr<simt::Worker>> workers_;  // fibers are kept between launches
  std::map<void*, Allocation> allocations_;
  std::mutex mutex_;
};

}  // namespace qbench
