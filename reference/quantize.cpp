// SPDX-License-Identifier: Apache-2.0
// quantize: statistics of the groups, then their scales as they are stored, then the codes.
#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstring>

#include "reference/codec.h"
#include "reference/parallel.h"
#include "reference/reference.h"
#include "reference/runs.h"
#include "reference/statistics.h"
#include "reference/stored_numbers.h"

namespace qbench::reference {
namespace {

// What every group's weights are scaled with.
struct GroupScales {
  Buffer<float> scale;    // the statistic or the step, exact or as stored
  Buffer<float> zero;     // zero points; empty: none
  Buffer<float> minimum;  // empty: none
};

float zero_point(float minimum, float step, const Grid& grid) {
  const float nearest = std::nearbyint(-minimum / step);
  return std::clamp(nearest, static_cast<float>(grid.lowest), static_cast<float>(grid.highest));
}

void store_zero_points(const Buffer<float>& minimum, GroupScales& scales, QuantizedMatrix& out) {
  const Grid& grid = std::get<Grid>(out.mode->codec);
  scales.zero.resize(minimum.size());
  Buffer<std::uint8_t> codes(minimum.size());
  for (std::size_t g = 0; g < minimum.size(); ++g) {
    const float zero = zero_point(std::min(minimum[g], 0.0f), scales.scale[g], grid);
    scales.zero[g] = zero == zero ? zero : 0.0f;
    codes[g] = static_cast<std::uint8_t>(static_cast<int>(scales.zero[g]));
  }
  runs().pack(codes.data(), codes.size(), out.mode->bits, out.mode->nibbles, 0,
              out.zeros.numbers.data());
}

// Statistics to steps. A step that is kept as a power of two must not be rounded across one first.
void divide_by_full(const Scaling& scaling, Buffer<float>& values) {
  const bool down = scaling.storage == Storage::e8m0_floor;
  if (!down && scaling.storage != Storage::e8m0_ceil)
    return runs().divide(values.data(), values.size(), 0, scaling.full, values.data());
  for (float& value : values) {
    const float step = value / scaling.full;
    const double whole = static_cast<double>(step) * static_cast<double>(scaling.full);
    const auto statistic = static_cast<double>(value);
    value = step;
    if (down && whole > statistic) value = std::nextafter(step, 0.0f);
    if (!down && whole < statistic) value = std::nextafter(step, FLT_MAX);
  }
}

GroupScales store_scales(GroupStatistics&& statistics, QuantizedMatrix& out) {
  const Scaling& scaling = out.mode->scaling;
  GroupScales scales{.scale = std::move(statistics.value), .zero = {}, .minimum = {}};
  if (scaling.stored == Stored::step) divide_by_full(scaling, scales.scale);
  store(scales.scale, scaling, out.scales);
  const auto count = static_cast<std::int64_t>(scales.scale.size());
  if (scaling.codes_from == CodesFrom::stored_scale)
    load(out.scales, scaling, 0, count, scales.scale.data());
  if (scaling.zero == Zero::integer) store_zero_points(statistics.minimum, scales, out);
  if (scaling.zero == Zero::minimum) {
    store(statistics.minimum, scaling, out.zeros);
    scales.minimum = std::move(statistics.minimum);
    if (scaling.codes_from == CodesFrom::stored_scale)
      load(out.zeros, scaling, 0, count, scales.minimum.data());
  }
  return scales;
}

// Codes of weights that share a scale.
class Encoder {
 public:
  Encoder(const Mode& mode, const GroupScales& scales) : mode_(mode), scales_(scales) {}

  void encode_run(const float* weights, std::int64_t count, std::int64_t group,
                  std::uint8_t* codes) const {
    const auto g = static_cast<std::size_t>(group);
    const auto n = static_cast<std::size_t>(count);
    float scaled[kPiece];
    scale(weights, n, scales_.scale[g], scales_.minimum.empty() ? 0.0f : scales_.minimum[g],
          scaled);
    encode(mode_.codec, mode_.bits, scaled, n, scales_.zero.empty() ? 0.0f : scales_.zero[g],
           codes);
  }

  // The code of a 0 that fills up the last byte after the group.
  std::uint8_t pad(std::int64_t group) const {
    const float nothing = 0;
    std::uint8_t code = 0;
    encode_run(&nothing, 1, group, &code);
    return code;
  }

 private:
  void scale(const float* weights, std::size_t count, float by, float minimum,
             float* scaled) const {
    const Scaling& scaling = mode_.scaling;
    if (scaling.rule == Rule::multiply_by_reciprocal) {
      const float full = scaling.stored == Stored::statistic ? scaling.full : 1.0f;
      const float factor = full / by;
      const bool flush = scaling.flush_subnormals;
      runs().multiply(weights, count, flush && std::abs(factor) < FLT_MIN ? 0.0f : factor, flush,
                      scaled);
    } else {
      runs().divide(weights, count, minimum, by, scaled);
    }
  }

  const Mode& mode_;
  const GroupScales& scales_;
};

void encode_part(const Matrix& weights, const Encoder& encoder, const Partition& groups,
                 std::int64_t begin, std::int64_t end, QuantizedMatrix& out) {
  const Mode& mode = *out.mode;
  std::uint8_t codes[kPart];
  float scratch[kPiece];
  for (std::int64_t at = begin; at < end;) {
    const std::int64_t group = groups.group_of(at);
    const std::int64_t count = std::min({groups.end(group) - at, end - at, kPiece});
    encoder.encode_run(piece(weights, mode, at, count, scratch), count, group,
                       codes + (at - begin));
    at += count;
  }
  const std::uint8_t pad = end == weights.size() ? encoder.pad(groups.groups() - 1) : 0;
  runs().pack(codes, static_cast<std::size_t>(end - begin), mode.bits, mode.nibbles, pad,
              out.codes.data() + begin * mode.bits / 8);
}

void keep(const Matrix& weights, Dtype dtype, std::byte* out) {
  parallel_parts(weights.size(), kPart, [&](std::int64_t begin, std::int64_t end) {
    const auto count = static_cast<std::size_t>(end - begin);
    const float* values = weights.values.data() + begin;
    if (dtype == Dtype::fp32)
      std::memcpy(out + begin * 4, values, count * 4);
    else
      runs().narrow(dtype, values, count, reinterpret_cast<std::uint16_t*>(out + begin * 2));
  });
}

}  // namespace

void quantize(const Matrix& weights, QuantizedMatrix& out) {
  if (const auto* plain = std::get_if<Unscaled>(&out.mode->codec))
    return keep(weights, plain->dtype, out.codes.data());
  const Partition groups = out.groups();
  const GroupScales scales = store_scales(statistics(weights, *out.mode, groups), out);
  const Encoder encoder(*out.mode, scales);
  parallel_parts(weights.size(), kPart, [&](std::int64_t begin, std::int64_t end) {
    encode_part(weights, encoder, groups, begin, end, out);
  });
}

QuantizedMatrix quantize(const Mode& mode, int block_size, const Matrix& weights) {
  QuantizedMatrix out(mode, block_size, weights.rows, weights.cols);
  quantize(weights, out);
  return out;
}

}  // namespace qbench::reference
