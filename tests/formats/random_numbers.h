// SPDX-License-Identifier: Apache-2.0
// Numbers for every plane of a format: any code, scales and zero points that are finite.
#pragma once

#include <random>
#include <tuple>

#include "tests/formats/definition.h"

namespace qbench::test {

// Neither NaN nor infinite, nor so large that products overflow.
inline std::int64_t random_number(const Storage& storage, std::mt19937& random) {
  if (const auto* plain = std::get_if<Plain>(&storage.codec)) {
    const auto value = static_cast<float>(static_cast<int>(random() % 4001) - 2000) / 64;
    if (plain->dtype == Dtype::fp32) return bits_of(value);
    if (plain->dtype == Dtype::bf16) return bits_of(value) >> 16;
    return random() % 2 << 15 | (10 + random() % 8) << 10 | random() % 1024;
  }
  if (std::holds_alternative<PowerOfTwo>(storage.codec)) return 110 + random() % 30;
  const std::int64_t code = random() >> (32 - storage.bits);
  const auto* number = std::get_if<SmallFloat>(&storage.codec);
  const bool fits =
      number == nullptr || std::abs(value_of(storage.codec, storage.bits, code)) <= number->largest;
  return fits ? code : random_number(storage, random);
}

inline std::vector<std::int64_t> random_plane(const Buffer<std::byte>& plane,
                                              const Storage& storage, std::mt19937& random) {
  std::vector<std::int64_t> out;
  for (std::size_t i = 0; i < plane.size() * 8 / static_cast<std::size_t>(storage.bits); ++i)
    out.push_back(random_number(storage, random));
  return out;
}

inline std::vector<std::int64_t> random_integers(std::int64_t count, std::int64_t below,
                                                 std::mt19937& random) {
  std::vector<std::int64_t> out;
  for (std::int64_t i = 0; i < count; ++i) out.push_back(random() % below);
  return out;
}

inline Numbers random_numbers(const Definition& of, std::mt19937& random) {
  const Format& format = of.format;
  const QuantizedMatrix room(format, of.block_size, of.rows, of.cols);
  const auto numbers = [&](const GroupNumber& how, const StoredNumbers& planes) {
    return std::pair{
        random_plane(planes.numbers, how.storage, random),
        random_plane(planes.outer, how.outer ? how.outer->storage : how.storage, random)};
  };
  Numbers out;
  out.codes = format.packing == Packing::trits
                  ? random_integers(room.size(), 3, random)
                  : random_plane(room.codes, {format.bits, format.codec}, random);
  std::tie(out.scales, out.outer) = numbers(format.scale, room.scales);
  std::tie(out.zeros, out.zeros_outer) = numbers(format.zero_number, room.zeros);
  if (format.ordered) out.order = random_integers(of.cols, of.groups_a_row(), random);
  return out;
}

}  // namespace qbench::test
