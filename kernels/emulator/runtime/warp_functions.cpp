// SPDX-License-Identifier: Apache-2.0
// Shuffles, votes and reductions, computed for all lanes of the mask at once.
#include <algorithm>

#include "kernels/emulator/runtime/worker.h"

namespace qbench::simt {
namespace {

template <class T>
const T& in(const LaneSlot& slot) {
  return *static_cast<const T*>(slot.in);
}
template <class T>
T& out(const LaneSlot& slot) {
  return *static_cast<T*>(slot.out);
}

// The lane that `lane` reads from; its own where the source lies outside its segment.
int source_lane(Shuffle kind, int lane, int argument, int width) {
  const int first = lane & -width, last = first + width - 1;
  int source = lane;
  if (kind == Shuffle::index) source = first + (argument & (width - 1));
  if (kind == Shuffle::up) source = lane - argument;
  if (kind == Shuffle::down) source = lane + argument;
  if (kind == Shuffle::bfly) source = lane ^ argument;
  // As in PTX: xor may reach an earlier segment, never a later one.
  const bool outside = source > last || (source < first && kind != Shuffle::bfly);
  return outside ? lane : source;
}

std::uint32_t combine(Reduce kind, std::uint32_t a, std::uint32_t b) {
  const auto x = static_cast<std::int32_t>(a), y = static_cast<std::int32_t>(b);
  switch (kind) {
    case Reduce::add:
      return a + b;
    case Reduce::min:
      return std::min(a, b);
    case Reduce::max:
      return std::max(a, b);
    case Reduce::min_signed:
      return static_cast<std::uint32_t>(std::min(x, y));
    case Reduce::max_signed:
      return static_cast<std::uint32_t>(std::max(x, y));
    case Reduce::bit_and:
      return a & b;
    case Reduce::bit_or:
      return a | b;
    case Reduce::bit_xor:
      return a ^ b;
  }
  return 0;
}

}  // namespace

void shuffle(const LaneSlot* lanes, std::uint32_t mask, std::uint32_t variant) {
  constexpr std::uint64_t kUndefined = ~std::uint64_t{0};  // from a lane that takes no part
  const auto kind = static_cast<Shuffle>(variant >> 8);
  const int width = static_cast<int>(variant & 0xff);
  for (std::uint32_t m = mask; m; m &= m - 1) {
    const int lane = lowest(m);
    const int from = source_lane(kind, lane, in<ShuffleInput>(lanes[lane]).argument, width);
    const bool takes_part = from >= 0 && mask & bit(static_cast<unsigned>(from));
    out<std::uint64_t>(lanes[lane]) = takes_part ? in<ShuffleInput>(lanes[from]).value : kUndefined;
  }
}

void ballot(const LaneSlot* lanes, std::uint32_t mask, std::uint32_t) {
  std::uint32_t votes = 0;
  for (std::uint32_t m = mask; m; m &= m - 1)
    if (in<int>(lanes[lowest(m)])) votes |= bit(lowest(m));
  for (std::uint32_t m = mask; m; m &= m - 1) out<std::uint32_t>(lanes[lowest(m)]) = votes;
}

void match_any(const LaneSlot* lanes, std::uint32_t mask, std::uint32_t) {
  for (std::uint32_t m = mask; m; m &= m - 1) {
    std::uint32_t equal = 0;
    for (std::uint32_t n = mask; n; n &= n - 1)
      if (in<std::uint64_t>(lanes[lowest(n)]) == in<std::uint64_t>(lanes[lowest(m)]))
        equal |= bit(lowest(n));
    out<std::uint32_t>(lanes[lowest(m)]) = equal;
  }
}

void reduce(const LaneSlot* lanes, std::uint32_t mask, std::uint32_t kind) {
  std::uint32_t result = in<std::uint32_t>(lanes[lowest(mask)]);
  for (std::uint32_t m = mask & (mask - 1); m; m &= m - 1)
    result = combine(static_cast<Reduce>(kind), result, in<std::uint32_t>(lanes[lowest(m)]));
  for (std::uint32_t m = mask; m; m &= m - 1) out<std::uint32_t>(lanes[lowest(m)]) = result;
}

}  // namespace qbench::simt
