// SPDX-License-Identifier: Apache-2.0
// CUDA's atomics for the emulator: relaxed, as CUDA's are.
#pragma once

#include <atomic>
#include <type_traits>

#include "kernels/emulator/runtime/runtime.h"

namespace qbench::emulated {

// The value before `change` replaced it by change(value).
template <class T, class Change>
T atomic_update(T* p, Change change) {
  simt::before_atomic(p);
  const std::atomic_ref<T> target(*p);
  T old = target.load(std::memory_order_relaxed);
  while (!target.compare_exchange_weak(old, change(old), std::memory_order_relaxed)) {
  }
  simt::after_atomic(p);
  return old;
}

template <class T>
T atomicAdd(T* p, std::type_identity_t<T> value) {
  return atomic_update(p, [=](T old) { return static_cast<T>(old + value); });
}
template <class T>
T atomicMax(T* p, std::type_identity_t<T> value) {
  return atomic_update(p, [=](T old) { return old < value ? value : old; });
}
template <class T>
T atomicMin(T* p, std::type_identity_t<T> value) {
  return atomic_update(p, [=](T old) { return value < old ? value : old; });
}
template <class T>
T atomicAnd(T* p, std::type_identity_t<T> value) {
  return atomic_update(p, [=](T old) { return old & value; });
}
template <class T>
T atomicOr(T* p, std::type_identity_t<T> value) {
  return atomic_update(p, [=](T old) { return old | value; });
}
template <class T>
T atomicExch(T* p, std::type_identity_t<T> value) {
  return atomic_update(p, [=](T) { return value; });
}
template <class T>
T atomicCAS(T* p, std::type_identity_t<T> expected, std::type_identity_t<T> value) {
  return atomic_update(p, [=](T old) { return old == expected ? value : old; });
}

}  // namespace qbench::emulated
