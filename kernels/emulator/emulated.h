// SPDX-License-Identifier: Apache-2.0
// CUDA's names for the emulator: indices, shared memory, barriers and warp primitives. Compiled
// with the kernels, and so seen by the sanitizers.
#pragma once

// They would make ordinary variables or code here: see QBENCH_SHARED and launch().
#define __shared__ error_use_QBENCH_SHARED_instead_of___shared__
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <vector_functions.h>
#include <vector_types.h>
#undef __global__
#define __global__
#undef __device__
#define __device__
#undef __host__
#define __host__
#undef __constant__
#define __constant__ static const
#undef __forceinline__
#define __forceinline__ inline
#undef __launch_bounds__
#define __launch_bounds__(...)

#include <cstdint>
#include <cstring>
#include <type_traits>

#include "kernels/emulator/runtime/runtime.h"

#define threadIdx (::qbench::simt::current->thread_index)
#define blockIdx (::qbench::simt::current->block->block_index)
#define blockDim (::qbench::simt::current->block->block_size)
#define gridDim (::qbench::simt::current->block->grid_size)

#define QBENCH_SHARED(type, name)                                                         \
  using name##_shared_type = type;                                                        \
  static const char name##_shared_key = 0;                                                \
  auto& name = *static_cast<name##_shared_type*>(::qbench::simt::shared_variable(         \
      &name##_shared_key, #name, sizeof(name##_shared_type), alignof(name##_shared_type), \
      ::qbench::Site{__FILE__, __LINE__, "QBENCH_SHARED"}))
#define QBENCH_DYNAMIC_SHARED(name) unsigned char* const name = ::qbench::simt::dynamic_shared()

namespace qbench::emulated {

constexpr int warpSize = 32;

inline void profile_global(const void* p, int bytes, Site site = Site::here()) {
  if (simt::current->block->profile) simt::profile_access(p, bytes, false, site.of("global"));
}
inline void profile_shared(const void* p, int bytes, Site site = Site::here()) {
  if (simt::current->block->profile) simt::profile_access(p, bytes, true, site.of("shared"));
}

inline int block_threads() {
  const GridSize size = blockDim;
  return static_cast<int>(size.x * size.y * size.z);
}
inline void __syncthreads(Site site = Site::here()) {
  simt::block_barrier(false, site.of("__syncthreads"));
}
inline int __syncthreads_count(int predicate, Site site = Site::here()) {
  return simt::block_barrier(predicate != 0, site.of("__syncthreads_count"));
}
inline int __syncthreads_and(int predicate, Site site = Site::here()) {
  return simt::block_barrier(predicate != 0, site.of("__syncthreads_and")) == block_threads();
}
inline int __syncthreads_or(int predicate, Site site = Site::here()) {
  return simt::block_barrier(predicate != 0, site.of("__syncthreads_or")) != 0;
}
inline void __syncwarp(unsigned mask = 0xffffffff, Site site = Site::here()) {
  simt::warp_barrier(mask, site.of("__syncwarp"));
}
// A load that L2 answers.
template <class T>
T __ldcg(const T* p) {
  return *p;
}
inline void __threadfence() { simt::thread_fence(); }
inline void __threadfence_block() { simt::thread_fence(); }

template <class T>
std::uint64_t to_bits(T value) {
  static_assert(sizeof(T) <= 8 && std::is_trivially_copyable_v<T>);
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof value);
  return bits;
}
template <class T>
T from_bits(std::uint64_t bits) {
  T value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

template <class T>
T shuffle(simt::Shuffle kind, unsigned mask, T value, int argument, int width, Site site) {
  const simt::ShuffleInput in{to_bits(value), argument};
  std::uint64_t out = 0;
  if (width < 1 || width > warpSize || width & (width - 1))
    simt::fail(site, "width %d is no power of two up to 32", width);
  simt::rendezvous(mask, {&in, &out}, simt::shuffle, simt::shuffle_variant(kind, width), site);
  return from_bits<T>(out);
}
template <class T>
T __shfl_sync(unsigned mask, T value, int lane, int width = warpSize, Site site = Site::here()) {
  return shuffle(simt::Shuffle::index, mask, value, lane, width, site.of("__shfl_sync"));
}
template <class T>
T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = warpSize,
                 Site site = Site::here()) {
  return shuffle(simt::Shuffle::up, mask, value, static_cast<int>(delta), width,
                 site.of("__shfl_up_sync"));
}
template <class T>
T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = warpSize,
                   Site site = Site::here()) {
  return shuffle(simt::Shuffle::down, mask, value, static_cast<int>(delta), width,
                 site.of("__shfl_down_sync"));
}
template <class T>
T __shfl_xor_sync(unsigned mask, T value, int lanes, int width = warpSize,
                  Site site = Site::here()) {
  return shuffle(simt::Shuffle::bfly, mask, value, lanes, width, site.of("__shfl_xor_sync"));
}

inline unsigned vote(unsigned mask, int predicate, Site site) {
  std::uint32_t out = 0;
  simt::rendezvous(mask, {&predicate, &out}, simt::ballot, 0, site);
  return out;
}
inline unsigned __ballot_sync(unsigned mask, int predicate, Site site = Site::here()) {
  return vote(mask, predicate, site.of("__ballot_sync"));
}
inline int __any_sync(unsigned mask, int predicate, Site site = Site::here()) {
  return vote(mask, predicate, site.of("__any_sync")) != 0;
}
inline int __all_sync(unsigned mask, int predicate, Site site = Site::here()) {
  return vote(mask, predicate, site.of("__all_sync")) == mask;
}
template <class T>
unsigned __match_any_sync(unsigned mask, T value, Site site = Site::here()) {
  const std::uint64_t in = to_bits(value);
  std::uint32_t out = 0;
  simt::rendezvous(mask, {&in, &out}, simt::match_any, 0, site.of("__match_any_sync"));
  return out;
}

template <class T>
T reduce(unsigned mask, T value, simt::Reduce kind, Site site) {
  static_assert(std::is_integral_v<T> && sizeof(T) == 4);
  std::uint32_t out = 0;
  simt::rendezvous(mask, {&value, &out}, simt::reduce, static_cast<std::uint32_t>(kind), site);
  return static_cast<T>(out);
}
template <class T>
T __reduce_add_sync(unsigned mask, T value, Site site = Site::here()) {
  return reduce(mask, value, simt::Reduce::add, site.of("__reduce_add_sync"));
}
template <class T>
T __reduce_min_sync(unsigned mask, T value, Site site = Site::here()) {
  constexpr auto kKind = std::is_signed_v<T> ? simt::Reduce::min_signed : simt::Reduce::min;
  return reduce(mask, value, kKind, site.of("__reduce_min_sync"));
}
template <class T>
T __reduce_max_sync(unsigned mask, T value, Site site = Site::here()) {
  constexpr auto kKind = std::is_signed_v<T> ? simt::Reduce::max_signed : simt::Reduce::max;
  return reduce(mask, value, kKind, site.of("__reduce_max_sync"));
}
inline unsigned __reduce_and_sync(unsigned mask, unsigned value, Site site = Site::here()) {
  return reduce(mask, value, simt::Reduce::bit_and, site.of("__reduce_and_sync"));
}
inline unsigned __reduce_or_sync(unsigned mask, unsigned value, Site site = Site::here()) {
  return reduce(mask, value, simt::Reduce::bit_or, site.of("__reduce_or_sync"));
}
inline unsigned __reduce_xor_sync(unsigned mask, unsigned value, Site site = Site::here()) {
  return reduce(mask, value, simt::Reduce::bit_xor, site.of("__reduce_xor_sync"));
}

}  // namespace qbench::emulated
