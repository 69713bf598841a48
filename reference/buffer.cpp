// SPDX-License-Identifier: Apache-2.0
// The process-wide count of Buffer bytes. Atomic, because worker threads allocate their own
// scratch.
#include "reference/buffer.h"

#include <atomic>

namespace qbench {
namespace {

std::atomic<std::size_t> current_bytes{0};
std::atomic<std::size_t> peak_bytes{0};

}  // namespace

void MemoryMeter::add(std::size_t bytes) {
  const std::size_t now = current_bytes += bytes;
  std::size_t peak = peak_bytes;
  while (now > peak && !peak_bytes.compare_exchange_weak(peak, now)) {
  }
}

void MemoryMeter::remove(std::size_t bytes) { current_bytes -= bytes; }
std::size_t MemoryMeter::current() { return current_bytes; }
std::size_t MemoryMeter::peak() { return peak_bytes; }
void MemoryMeter::restart_peak() { peak_bytes = current_bytes.load(); }

}  // namespace qbench
