// SPDX-License-Identifier: Apache-2.0
// dequantize: codes and scales to the weights that they stand for.
#include <algorithm>
#include <cstring>

#include "reference/codec.h"
#include "reference/parallel.h"
#include "reference/reference.h"
#include "reference/runs.h"
#include "reference/statistics.h"
#include "reference/stored_numbers.h"

namespace qbench::reference {
namespace {

// Zero points of groups first .. first + count - 1 of an integer grid.
void load_zero_points(const QuantizedMatrix& q, const float* values, std::int64_t first,
                      std::int64_t count, float* out) {
  const std::int64_t before = first % 8;
  Buffer<std::uint8_t> codes(static_cast<std::size_t>(count + before));
  const std::byte* at = q.zeros.numbers.data() + (first - before) * q.mode->bits / 8;
  runs().unpack(at, codes.size(), q.mode->bits, q.mode->nibbles, codes.data());
  runs().decode(codes.data() + before, static_cast<std::size_t>(count), values, 0, 1, 1, out);
}

void widen(const QuantizedMatrix& q, Dtype dtype, std::int64_t first, std::int64_t count,
           float* out) {
  const auto n = static_cast<std::size_t>(count);
  if (dtype == Dtype::fp32)
    std::memcpy(out, q.codes.data() + first * 4, n * 4);
  else
    runs().widen(dtype, reinterpret_cast<const std::uint16_t*>(q.codes.data() + first * 2), n, out);
}

}  // namespace

void dequantize(const QuantizedMatrix& q, std::int64_t first, std::int64_t count, float* out) {
  if (count == 0) return;
  const Mode& mode = *q.mode;
  if (const auto* plain = std::get_if<Unscaled>(&mode.codec))
    return widen(q, plain->dtype, first, count, out);
  const Partition groups = q.groups();
  const std::int64_t first_group = groups.group_of(first);
  const std::int64_t group_count = groups.group_of(first + count - 1) - first_group + 1;
  const auto values = decode_table(mode.codec, mode.bits);
  Buffer<float> scale(static_cast<std::size_t>(group_count)), shift;
  load(q.scales, mode.scaling, first_group, group_count, scale.data());
  if (mode.scaling.zero != Zero::none) shift.resize(scale.size());
  if (mode.scaling.zero == Zero::integer)
    load_zero_points(q, values.data(), first_group, group_count, shift.data());
  if (mode.scaling.zero == Zero::minimum)
    load(q.zeros, mode.scaling, first_group, group_count, shift.data());
  const float factor = mode.scaling.stored == Stored::statistic ? 1.0f / mode.scaling.full : 1.0f;

  std::uint8_t codes[kPiece + 8];
  for (std::int64_t at = first; at < first + count;) {
    const std::int64_t group = groups.group_of(at);
    const auto g = static_cast<std::size_t>(group - first_group);
    const std::int64_t run = std::min({groups.end(group) - at, first + count - at, kPiece});
    const std::int64_t before = at % 8;  // packed codes are entered at a whole byte
    const auto n = static_cast<std::size_t>(run);
    float* decoded = out + (at - first);
    runs().unpack(q.codes.data() + (at - before) * mode.bits / 8,
                  n + static_cast<std::size_t>(before), mode.bits, mode.nibbles, codes);
    const float zero = mode.scaling.zero == Zero::integer ? shift[g] : 0.0f;
    runs().decode(codes + before, n, values.data(), zero, scale[g], factor, decoded);
    if (mode.scaling.zero == Zero::minimum) runs().add(decoded, n, shift[g]);
    at += run;
  }
}

void dequantize(const QuantizedMatrix& q, Matrix& out) {
  parallel_parts(q.size(), kPart, [&](std::int64_t begin, std::int64_t end) {
    dequantize(q, begin, end - begin, out.values.data() + begin);
  });
}

void round_to(Dtype dtype, std::span<float> values) {
  parallel_parts(
      static_cast<std::int64_t>(values.size()), kPart, [&](std::int64_t begin, std::int64_t end) {
        runs().round_to(dtype, values.data() + begin, static_cast<std::size_t>(end - begin));
      });
}

}  // namespace qbench::reference
