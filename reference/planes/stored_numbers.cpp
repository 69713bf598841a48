// SPDX-License-Identifier: Apache-2.0
// Storage formats of scales, and their outer level.
#include "reference/planes/stored_numbers.h"

#include <bit>
#include <cfloat>
#include <cmath>
#include <cstring>

#include "reference/planes/codec.h"
#include "reference/simd/loops.h"
#include "reference/simd/parallel.h"

namespace qbench::reference {
namespace {

// Thresholds to the nearest value by the midpoint in f32, an exact midpoint to the even code: that
// above an odd code is one float lower, since ranks count what lies strictly below.
template <std::size_t N>
std::array<float, N> nearest_thresholds(std::span<const float> values) {
  std::array<float, N> all{};
  for (std::size_t i = 0; i + 1 < values.size(); ++i) {
    const float midpoint = (values[i] + values[i + 1]) * 0.5f;
    all[i] = i % 2 == 0 ? midpoint : std::nextafter(midpoint, -FLT_MAX);
  }
  return all;
}

const Thresholds& dynamic_thresholds() {
  static const std::array<float, 255> all = nearest_thresholds<255>(dynamic_map());
  static const Thresholds thresholds = {.at = all};
  return thresholds;
}

// E8M0 has no sign and no zero: what lies below 2^-127 becomes it. `even` knows no mantissa here,
// and is `floor`.
std::uint8_t power_of_two(float value, Exponent rounding) {
  const auto bits = std::bit_cast<std::uint32_t>(std::abs(value));
  if (bits > 0x7f800000) return 255;
  std::uint32_t exponent = bits >> 23;
  const bool up = rounding == Exponent::ceil || rounding == Exponent::rceil;
  if (up && bits > 0x00400000 && (bits & 0x7fffff) != 0) ++exponent;
  return static_cast<std::uint8_t>(std::min(exponent, 254u));
}

void encode_numbers(const float* values, std::size_t count, const Storage& storage,
                    Exponent exponent, std::uint8_t* codes) {
  if (std::holds_alternative<PowerOfTwo>(storage.codec)) {
    std::transform(values, values + count, codes,
                   [=](float value) { return power_of_two(value, exponent); });
  } else if (std::holds_alternative<DynamicMap>(storage.codec)) {
    loops().encode_thresholds(values, count, dynamic_thresholds(), 8, codes);
  } else if (const auto* book = std::get_if<Codebook>(&storage.codec)) {
    const auto all = nearest_thresholds<256>(book->values);
    loops().encode_thresholds(values, count, {.at = {all.data(), book->values.size() - 1}},
                              storage.bits, codes);
  } else {
    encode(storage.codec, storage.bits, Quantizer{}, values, count, 0, codes);
  }
}

}  // namespace

void write(const float* values, std::size_t count, const Storage& storage, Exponent exponent,
           std::byte* out) {
  const auto* plain = std::get_if<Plain>(&storage.codec);
  if (plain && plain->dtype == Dtype::fp32) {
    std::memcpy(out, values, count * sizeof(float));
  } else if (plain) {
    Buffer<std::uint16_t> halves(count);
    loops().narrow(plain->dtype, values, count, halves.data());
    std::memcpy(out, halves.data(), count * sizeof(std::uint16_t));
  } else {
    Buffer<std::uint8_t> codes(count);
    encode_numbers(values, count, storage, exponent, codes.data());
    loops().pack(codes.data(), count, storage.bits, Packing::low_first, 0, out);
  }
}

namespace {

void read(const std::byte* in, std::int64_t first, std::int64_t count, const Storage& storage,
          float* out) {
  const auto n = static_cast<std::size_t>(count);
  const auto* plain = std::get_if<Plain>(&storage.codec);
  if (plain && plain->dtype == Dtype::fp32) {
    std::memcpy(out, in + first * 4, n * sizeof(float));
  } else if (plain) {
    Buffer<std::uint16_t> halves(n);
    std::memcpy(halves.data(), in + first * 2, n * sizeof(std::uint16_t));
    loops().widen(plain->dtype, halves.data(), n, out);
  } else {
    const std::int64_t before = first % 8;  // a stream of bits is entered at a whole byte
    Buffer<std::uint8_t> codes(n + static_cast<std::size_t>(before));
    loops().unpack(in + (first - before) * storage.bits / 8, codes.size(), storage.bits,
                   Packing::low_first, codes.data());
    const float one = 1;
    decode(storage.codec, storage.bits, codes.data() + before, n,
           {.first = n, .size = n, .scale = &one}, out);
  }
}

// A number that would be stored as 0 is stored as 1.
void replace_zeros(Buffer<float>& values, const Storage& storage, Exponent exponent,
                   StoredNumbers& scratch) {
  Buffer<float> stored(values.size());
  write(values.data(), values.size(), storage, exponent, scratch.numbers.data());
  read(scratch.numbers.data(), 0, static_cast<std::int64_t>(values.size()), storage, stored.data());
  for (std::size_t i = 0; i < values.size(); ++i)
    if (stored[i] == 0) values[i] = 1;
}

float read_one(const Buffer<std::byte>& bytes) {
  float value;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

// The absmax of the numbers; for signed_absmax, with the sign of the first that reaches it.
float outer_statistic(std::span<const float> values, Statistic statistic, bool flush) {
  const float most = loops().absmax(values.data(), values.size(), flush, flush ? -FLT_MAX : 0.0f);
  if (statistic != Statistic::signed_absmax) return most;
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
float divide_by_outer(std::span<float> values, const Storage& storage, const Quantizer& rules) {
  const OuterRule& rule = rules.outer;
  const bool flush = rules.flush_subnormals;
  const float inner = rule.from_statistics ? rules.qmax : 1.0f;
  float scale = outer_statistic(values, rule.statistic, flush) / (inner * rule.qmax);
  if (const auto* plain = std::get_if<Plain>(&storage.codec))
    loops().round_to(plain->dtype, &scale, 1);
  if (rule.in_turn) loops().divide(values.data(), values.size(), 0, inner, values.data());
  const float divisor = rule.in_turn ? scale : inner * scale;
  if (rule.rule == Rule::multiply_by_reciprocal)
    loops().multiply(values.data(), values.size(), reciprocal(divisor, flush), flush,
                     values.data());
  else if (divisor != 0)
    loops().divide(values.data(), values.size(), 0, divisor, values.data());
  return scale;
}

// The numbers that share an outer scale.
Partition outer_groups(const OuterLevel& outer, const Partition& groups) {
  const std::int64_t count = groups.groups();
  if (outer.size == 0) return {count, count, count};
  return {count, groups.groups_per_line(), outer.size};
}

void store_under_outer(Buffer<float>& values, const OuterLevel& outer, const Quantizer& rules,
                       const Partition& groups, StoredNumbers& out) {
  if (outer.less_mean) {
    const auto mean = static_cast<float>(tree_sum(values) / static_cast<double>(values.size()));
    std::memcpy(out.offset.data(), &mean, sizeof mean);
    loops().divide(values.data(), values.size(), mean, 1, values.data());
  }
  const Partition shared = outer_groups(outer, groups);
  Buffer<float> scales(static_cast<std::size_t>(shared.groups()));
  parallel_parts(shared.groups(), 1, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t g = first; g < last; ++g)
      scales[static_cast<std::size_t>(g)] = divide_by_outer(
          std::span(values).subspan(static_cast<std::size_t>(shared.begin(g)),
                                    static_cast<std::size_t>(shared.end(g) - shared.begin(g))),
          outer.storage, rules);
  });
  write(scales.data(), scales.size(), outer.storage, rules.exponent, out.outer.data());
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

StoredNumbers room_for_numbers(const GroupNumber& how, const Partition& groups) {
  const auto bytes = [](const Storage& storage, std::int64_t count) {
    return static_cast<std::size_t>(packed_bytes(count, storage.bits, Packing::low_first));
  };
  StoredNumbers room;
  room.numbers.resize(bytes(how.storage, groups.groups()));
  if (!how.outer) return room;
  room.outer.resize(bytes(how.outer->storage, outer_groups(*how.outer, groups).groups()));
  if (how.outer->less_mean) room.offset.resize(sizeof(float));
  return room;
}

void store(std::span<const float> values, const GroupNumber& how, const Quantizer& rules,
           const Partition& groups, StoredNumbers& out) {
  Buffer<float> numbers(values.begin(), values.end());
  if (how.outer) store_under_outer(numbers, *how.outer, rules, groups, out);
  if (rules.least_stored > 0)
    for (float& number : numbers)
      number = number < rules.least_stored ? rules.least_stored : number;
  if (rules.zero_step_is_one) replace_zeros(numbers, how.storage, rules.exponent, out);
  write(numbers.data(), numbers.size(), how.storage, rules.exponent, out.numbers.data());
}

void load(const StoredNumbers& stored, const GroupNumber& how, const Partition& groups,
          std::int64_t first, std::int64_t count, float* out) {
  read(stored.numbers.data(), first, count, how.storage, out);
  if (!how.outer || count == 0) return;
  const Partition shared = outer_groups(*how.outer, groups);
  const std::int64_t first_outer = shared.group_of(first);
  const std::int64_t outers = shared.group_of(first + count - 1) - first_outer + 1;
  Buffer<float> outer(static_cast<std::size_t>(outers));
  read(stored.outer.data(), first_outer, outers, how.outer->storage, outer.data());
  const float offset = how.outer->less_mean ? read_one(stored.offset) : 0.0f;
  for (std::int64_t i = 0; i < count;) {
    const auto [group, shared_end] = shared.shared_from(first + i);
    const std::int64_t end = std::min(shared_end - first, count);
    const float scale = outer[static_cast<std::size_t>(group - first_outer)];
    for (; i < end; ++i) {
      out[i] *= scale;
      if (how.outer->less_mean) out[i] += offset;
    }
  }
}

}  // namespace qbench::reference
