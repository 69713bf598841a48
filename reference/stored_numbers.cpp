// SPDX-License-Identifier: Apache-2.0
// Storage formats of scales, and their outer level.
#include "reference/stored_numbers.h"

#include <bit>
#include <cfloat>
#include <cmath>
#include <cstring>

#include "reference/codec.h"
#include "reference/parallel.h"
#include "reference/runs.h"

namespace qbench::reference {
namespace {

int storage_bits(Storage storage) {
  switch (storage) {
    case Storage::f32:
      return 32;
    case Storage::f16:
      return 16;
    case Storage::u6:
      return 6;
    default:
      return 8;
  }
}

std::int64_t bytes_for(Storage storage, std::int64_t count) {
  return (count * storage_bits(storage) + 7) / 8;
}

constexpr Grid kU6 = {.lowest = 0, .highest = 63};

// The nearest entry by the midpoint in f32, an exact midpoint to the even code: the threshold above
// an odd code is one float lower, since ranks count what lies strictly below.
const Levels& dynamic_levels() {
  static const auto thresholds = [] {
    std::array<float, 255> all{};
    for (std::size_t i = 0; i < all.size(); ++i) {
      const float midpoint = (dynamic_map()[i] + dynamic_map()[i + 1]) * 0.5f;
      all[i] = i % 2 == 0 ? midpoint : std::nextafter(midpoint, -2.0f);
    }
    return all;
  }();
  static const Levels levels = {.values = dynamic_map(), .thresholds = thresholds, .codes = {}};
  return levels;
}

// What an 8-bit (or 6-bit) number means, by its code.
std::array<float, 256> number_table(Storage storage) {
  if (storage == Storage::e4m3) return decode_table(kE4M3, 8);
  if (storage == Storage::dynamic8) return decode_table(dynamic_levels(), 8);
  if (storage == Storage::u6) return decode_table(kU6, 6);
  std::array<float, 256> powers{};  // E8M0
  for (int code = 0; code < 255; ++code)
    powers[static_cast<std::size_t>(code)] = std::ldexp(1.0f, code - 127);
  powers[255] = std::numeric_limits<float>::quiet_NaN();
  return powers;
}

// E8M0 has no sign and no zero: what lies below 2^-127 becomes it.
std::uint8_t e8m0(float value, Storage rounding) {
  const auto bits = std::bit_cast<std::uint32_t>(std::abs(value));
  if (bits > 0x7f800000) return 255;
  std::uint32_t exponent = bits >> 23;
  if (rounding == Storage::e8m0_ceil && bits > 0x00400000 && (bits & 0x7fffff) != 0) ++exponent;
  return static_cast<std::uint8_t>(std::min(exponent, 254u));
}

void encode_numbers(const float* values, std::size_t count, Storage storage, std::uint8_t* codes) {
  if (storage == Storage::e4m3) return encode(kE4M3, 8, values, count, 0, codes);
  if (storage == Storage::dynamic8) return encode(dynamic_levels(), 8, values, count, 0, codes);
  if (storage == Storage::u6) return encode(kU6, 6, values, count, 0, codes);
  for (std::size_t i = 0; i < count; ++i) codes[i] = e8m0(values[i], storage);
}

void write(const float* values, std::size_t count, Storage storage, std::byte* out) {
  if (storage == Storage::f32) {
    std::memcpy(out, values, count * sizeof(float));
  } else if (storage == Storage::f16) {
    Buffer<std::uint16_t> halves(count);
    runs().narrow(Dtype::fp16, values, count, halves.data());
    std::memcpy(out, halves.data(), count * sizeof(std::uint16_t));
  } else {
    Buffer<std::uint8_t> codes(count);
    encode_numbers(values, count, storage, codes.data());
    runs().pack(codes.data(), count, storage_bits(storage), NibbleOrder::low_first, 0, out);
  }
}

void read(const std::byte* in, std::int64_t first, std::int64_t count, Storage storage,
          float* out) {
  const auto n = static_cast<std::size_t>(count);
  if (storage == Storage::f32) {
    std::memcpy(out, in + first * 4, n * sizeof(float));
  } else if (storage == Storage::f16) {
    Buffer<std::uint16_t> halves(n);
    std::memcpy(halves.data(), in + first * 2, n * sizeof(std::uint16_t));
    runs().widen(Dtype::fp16, halves.data(), n, out);
  } else {
    const std::int64_t before = first % 8;  // a stream of bits is entered at a whole byte
    Buffer<std::uint8_t> codes(n + static_cast<std::size_t>(before));
    const int bits = storage_bits(storage);
    runs().unpack(in + (first - before) * bits / 8, codes.size(), bits, NibbleOrder::low_first,
                  codes.data());
    const auto table = number_table(storage);
    runs().decode(codes.data() + before, n, table.data(), 0, 1, 1, out);
  }
}

// A step that would be stored as 0 is stored as 1.
void replace_zeros(Buffer<float>& values, const Scaling& scaling, StoredNumbers& scratch) {
  Buffer<float> stored(values.size());
  write(values.data(), values.size(), scaling.storage, scratch.numbers.data());
  read(scratch.numbers.data(), 0, static_cast<std::int64_t>(values.size()), scaling.storage,
       stored.data());
  for (std::size_t i = 0; i < values.size(); ++i)
    if (stored[i] == 0) values[i] = 1;
}

float read_one(const Buffer<std::byte>& bytes) {
  float value;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

// Absmax of the numbers, with the sign of the first that reaches it where that is asked for.
float outer_statistic(std::span<const float> values, const OuterLevel& outer, bool flush) {
  const float most = runs().absmax(values.data(), values.size(), flush, flush ? -FLT_MAX : 0.0f);
  if (outer.statistic != Statistic::signed_absmax) return most;
  for (const float value : values)
    if (std::abs(value) == most) return value;
  return most;
}

float reciprocal(float value, bool flush) {
  const float exact = 1.0f / value;
  return flush && std::abs(exact) < FLT_MIN ? 0.0f : exact;
}

// Divides the numbers of one outer group by their scale, in place, and returns the scale as it is
// stored.
float divide_by_outer(std::span<float> values, const Scaling& scaling) {
  const OuterLevel& outer = *scaling.outer;
  const bool flush = scaling.flush_subnormals;
  float scale = outer_statistic(values, outer, flush) / outer.full;
  if (outer.storage == Storage::f16) runs().round_to(Dtype::fp16, &scale, 1);
  if (outer.rule == Rule::multiply_by_reciprocal)
    runs().multiply(values.data(), values.size(), reciprocal(scale, flush), flush, values.data());
  else if (scale != 0)
    runs().divide(values.data(), values.size(), 0, scale, values.data());
  return scale;
}

std::int64_t outer_size(const Scaling& scaling, std::int64_t count) {
  return scaling.outer->size != 0 ? scaling.outer->size : std::max<std::int64_t>(count, 1);
}

void store_under_outer(Buffer<float>& values, const Scaling& scaling, StoredNumbers& out) {
  const auto count = static_cast<std::int64_t>(values.size());
  if (scaling.outer->subtract_mean) {
    const auto mean = static_cast<float>(tree_sum(values) / static_cast<double>(count));
    std::memcpy(out.offset.data(), &mean, sizeof mean);
    runs().divide(values.data(), values.size(), mean, 1, values.data());
  }
  const std::int64_t size = outer_size(scaling, count);
  Buffer<float> outer(static_cast<std::size_t>((count + size - 1) / size));
  parallel_parts(count, size, [&](std::int64_t begin, std::int64_t end) {
    outer[static_cast<std::size_t>(begin / size)] =
        divide_by_outer({values.data() + begin, static_cast<std::size_t>(end - begin)}, scaling);
  });
  write(outer.data(), outer.size(), scaling.outer->storage, out.outer.data());
}

}  // namespace

double tree_sum(std::span<const float> values) {
  constexpr std::size_t kFan = 256;
  Buffer<double> sums(values.begin(), values.end());
  do {
    Buffer<double> next((sums.size() + kFan - 1) / kFan);
    for (std::size_t group = 0; group < next.size(); ++group) {
      double lane[kFan] = {};
      for (std::size_t i = 0; i < kFan && group * kFan + i < sums.size(); ++i)
        lane[i] = sums[group * kFan + i];
      for (std::size_t half = kFan / 2; half > 0; half /= 2)
        for (std::size_t i = 0; i < half; ++i) lane[i] += lane[i + half];
      next[group] = lane[0];
    }
    sums.swap(next);
  } while (sums.size() > 1);
  return sums.empty() ? 0.0 : sums[0];
}

StoredNumbers room_for_numbers(const Scaling& scaling, std::int64_t count) {
  StoredNumbers room;
  room.numbers.resize(static_cast<std::size_t>(bytes_for(scaling.storage, count)));
  if (!scaling.outer) return room;
  const std::int64_t size = outer_size(scaling, count);
  room.outer.resize(
      static_cast<std::size_t>(bytes_for(scaling.outer->storage, (count + size - 1) / size)));
  if (scaling.outer->subtract_mean) room.offset.resize(sizeof(float));
  return room;
}

void store(std::span<const float> values, const Scaling& scaling, StoredNumbers& out) {
  Buffer<float> numbers(values.begin(), values.end());
  if (scaling.outer) store_under_outer(numbers, scaling, out);
  if (scaling.zero_step_is_one) replace_zeros(numbers, scaling, out);
  write(numbers.data(), numbers.size(), scaling.storage, out.numbers.data());
}

void load(const StoredNumbers& stored, const Scaling& scaling, std::int64_t first,
          std::int64_t count, float* out) {
  read(stored.numbers.data(), first, count, scaling.storage, out);
  if (!scaling.outer) return;
  const std::int64_t size = scaling.outer->size;
  const std::int64_t first_outer = size == 0 ? 0 : first / size;
  const std::int64_t last_outer =
      size == 0 || count == 0 ? first_outer : (first + count - 1) / size;
  Buffer<float> outer(static_cast<std::size_t>(last_outer - first_outer + 1));
  read(stored.outer.data(), first_outer, last_outer - first_outer + 1, scaling.outer->storage,
       outer.data());
  const float offset = scaling.outer->subtract_mean ? read_one(stored.offset) : 0.0f;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t group = size == 0 ? 0 : (first + i) / size - first_outer;
    out[i] *= outer[static_cast<std::size_t>(group)];
    if (scaling.outer->subtract_mean) out[i] += offset;
  }
}

}  // namespace qbench::reference
