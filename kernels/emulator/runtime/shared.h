// SPDX-License-Identifier: Apache-2.0
// The shared memory of the block that a worker runs: the dynamic part first, then each
// QBENCH_SHARED variable as the first thread reaches it, with red zones between them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/emulator/emulator.h"
#include "kernels/emulator/runtime/fiber.h"

namespace qbench::simt {

class SharedMemory {
 public:
  void begin_block(std::size_t dynamic_bytes, const EmulatorOptions& options);
  void* variable(const void* key, const char* name, std::size_t bytes, std::size_t alignment,
                 Site site);
  unsigned char* dynamic() const { return memory_.data(); }
  std::uint32_t offset(const void* p, std::size_t bytes, Site site) const;
  // The copy that landed last on four bytes: in which block, by which thread, and how many proxy
  // fences that thread had made by then.
  struct Landed {
    std::uint32_t block, fences;
    std::uint16_t thread;
  };
  void land(std::uint32_t offset, std::uint16_t thread, std::uint32_t fences) {
    landed_[offset / 4] = {block_, fences, thread};
  }
  const Landed* landed(std::uint32_t offset) const {
    return landed_[offset / 4].block == block_ ? &landed_[offset / 4] : nullptr;
  }
  // The place, in words, where a red zone was written; empty if none was.
  std::string check_bounds() const;

 private:
  struct Object {
    const void* key;
    const char* name;
    std::size_t offset, bytes;
    Site site;
  };
  void place(const Object& object);

  GuardedMemory memory_{512 * 1024};
  std::vector<Landed> landed_{512 * 1024 / 4};
  std::uint32_t block_ = 0;  // counts the blocks
  std::vector<Object> objects_;
  std::size_t top_ = 0, static_bytes_ = 0, dynamic_bytes_ = 0, limit_ = 0;
  std::uint32_t poison_ = 0;
};

}  // namespace qbench::simt
