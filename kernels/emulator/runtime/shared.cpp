// SPDX-License-Identifier: Apache-2.0
// Shared memory: poisoned when it begins to exist, checked when the block has ended.
#include "kernels/emulator/runtime/shared.h"

#include <algorithm>
#include <cstring>

#include "kernels/emulator/runtime/sanitizers.h"
#include "kernels/emulator/runtime/worker.h"

namespace qbench::simt {
namespace {

constexpr std::size_t kRedZone = 64, kStaticLimit = 48 * 1024;
constexpr unsigned char kRed = 0xa5;

std::size_t round_up(std::size_t n, std::size_t to) { return (n + to - 1) / to * to; }

}  // namespace

void SharedMemory::begin_block(std::size_t dynamic_bytes, const EmulatorOptions& options) {
  if (with_tsan()) memory_.renew();  // another block's shared memory is other memory
  asan_unpoison(memory_.data(), memory_.bytes());
  asan_poison(memory_.data(), memory_.bytes());
  objects_.clear();
  ++block_;
  top_ = static_bytes_ = 0;
  dynamic_bytes_ = dynamic_bytes;
  limit_ = options.shared_limit;
  poison_ = options.poison;
  place({nullptr, "dynamic shared memory", 0, dynamic_bytes, {}});
}

void SharedMemory::place(const Object& object) {
  unsigned char* at = memory_.data() + object.offset;
  asan_unpoison(at, object.bytes);
  std::fill_n(reinterpret_cast<std::uint32_t*>(at), object.bytes / 4, poison_);
  std::memcpy(at + object.bytes / 4 * 4, &poison_, object.bytes % 4);
  if (!with_asan()) std::memset(at + object.bytes, kRed, kRedZone);
  objects_.push_back(object);
  top_ = object.offset + object.bytes + kRedZone;
}

void* SharedMemory::variable(const void* key, const char* name, std::size_t bytes,
                             std::size_t alignment, Site site) {
  for (const Object& object : objects_)
    if (object.key == key) return memory_.data() + object.offset;
  static_bytes_ += bytes;
  if (static_bytes_ > kStaticLimit)
    fail(site, "%zu bytes of QBENCH_SHARED variables, CUDA allows %zu", static_bytes_,
         kStaticLimit);
  if (static_bytes_ + dynamic_bytes_ > limit_)
    fail(site, "%zu bytes of shared memory, the limit is %zu", static_bytes_ + dynamic_bytes_,
         limit_);
  place({key, name, round_up(top_, std::max<std::size_t>(alignment, 16)), bytes, site});
  return memory_.data() + objects_.back().offset;
}

std::uint32_t SharedMemory::offset(const void* p, std::size_t bytes, Site site) const {
  const auto at = static_cast<std::size_t>(static_cast<const unsigned char*>(p) - memory_.data());
  for (const Object& object : objects_)
    if (at >= object.offset && at + bytes <= object.offset + object.bytes)
      return static_cast<std::uint32_t>(at);
  fail(site, "%p, %zu bytes, does not lie within an object of this block's shared memory", p,
       bytes);
}

std::string SharedMemory::check_bounds() const {
  if (with_asan()) return "";  // it saw the access itself
  for (const Object& object : objects_) {
    const unsigned char* end = memory_.data() + object.offset + object.bytes;
    const unsigned char* hit = std::find_if(end, end + kRedZone, [](auto c) { return c != kRed; });
    if (hit == end + kRedZone) continue;
    const std::string place = object.key ? std::string(base_name(object.site.file)) + ":" +
                                               std::to_string(object.site.line) + ": "
                                         : "";
    return place + "shared memory overflow: byte " + std::to_string(hit - end) +
           " past the end of " + object.name + " (" + std::to_string(object.bytes) +
           " bytes) was written";
  }
  return "";
}

void* shared_variable(const void* key, const char* name, std::size_t bytes, std::size_t alignment,
                      Site site) {
  const TsanQuiet quiet;
  return worker->shared.variable(key, name, bytes, alignment, site);
}

unsigned char* dynamic_shared() { return worker->shared.dynamic(); }

std::uint32_t shared_offset(const void* p, std::size_t bytes, Site site) {
  return worker->shared.offset(p, bytes, site);
}

}  // namespace qbench::simt
