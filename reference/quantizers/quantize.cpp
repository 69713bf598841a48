// SPDX-License-Identifier: Apache-2.0
// quantize: statistics of the groups, then their scales as they are stored, then the codes.
#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <string>

#include "reference/planes/codec.h"
#include "reference/planes/stored_numbers.h"
#include "reference/quantizers/exponents.h"
#include "reference/quantizers/group_searches.h"
#include "reference/quantizers/scale_candidates.h"
#include "reference/quantizers/statistics.h"
#include "reference/quantizers/units.h"
#include "reference/reference.h"
#include "reference/simd/loops.h"
#include "reference/simd/parallel.h"

namespace qbench::reference {
namespace {

// The numbers by which the weights of each group are scaled.
struct GroupScales {
  Buffer<float> scale;    // the statistic or the step, exact or as stored, or a search's own
  Buffer<float> zero;     // zero points; empty: none
  Buffer<float> minimum;  // empty: none
};

// A zero point is clamp(rne(-min(w, 0) / step)) in the codes of zero points; where these are no
// integers, it is the quotient.
void find_zero_points(const Buffer<float>& minimum, const Mode& mode, GroupScales& scales) {
  scales.zero.resize(minimum.size());
  const auto* codes = std::get_if<Integers>(&mode.format.zero_number.storage.codec);
  for (std::size_t g = 0; g < minimum.size(); ++g) {
    const float low = std::min(minimum[g], 0.0f), step = scales.scale[g];
    const float zero = codes ? zero_point(low, step, *codes) : -low / step;
    scales.zero[g] = zero == zero ? zero : 0.0f;
  }
}

void store_zero_points(GroupStatistics& statistics, const Mode& mode, const Partition& groups,
                       GroupScales& scales, StoredNumbers& out) {
  if (statistics.point.empty())
    find_zero_points(statistics.minimum, mode, scales);
  else
    scales.zero = std::move(statistics.point);
  Quantizer as_it_is = mode.quantizer;
  as_it_is.zero_step_is_one = false;
  as_it_is.least_stored = 0;
  store(scales.zero, mode.format.zero_number, as_it_is, groups, out);
}

// Statistics to scales.
void divide(float by, const Mode& mode, Buffer<float>& values) {
  if (std::holds_alternative<PowerOfTwo>(mode.format.scale.storage.codec))
    powers_of_two(by, mode.quantizer.exponent, mantissa_bits(mode.format.codec), values);
  else
    loops().divide(values.data(), values.size(), 0, by, values.data());
}

// The factors of weights, in place of the scales, under Rule::multiply_by_reciprocals.
void reciprocals(const QuantizedMatrix& q, const Partition& groups, Buffer<float>& scales) {
  GroupNumber inner = q.format->scale;
  inner.outer.reset();
  load(q.scales, inner, groups, 0, groups.groups(), scales.data());
  float outer;
  std::memcpy(&outer, q.scales.outer.data(), sizeof outer);
  for (float& scale : scales) scale = 1.0f / outer / scale;
}

GroupScales store_scales(GroupStatistics&& statistics, const Mode& mode, const Partition& groups,
                         QuantizedMatrix& out) {
  const Format& format = mode.format;
  const Quantizer& quantizer = mode.quantizer;
  const bool stored = quantizer.codes_from == CodesFrom::stored_scale;
  GroupScales scales{.scale = std::move(statistics.value), .zero = {}, .minimum = {}};
  if (!quantizer.outer.from_statistics) divide(quantizer.qmax / format.qmax, mode, scales.scale);
  store(scales.scale, format.scale, quantizer, groups, out.scales);
  const auto count = static_cast<std::int64_t>(scales.scale.size());
  if (stored) load(out.scales, format.scale, groups, 0, count, scales.scale.data());
  if (quantizer.rule == Rule::multiply_by_reciprocals) reciprocals(out, groups, scales.scale);
  if (format.zero == Zero::point) store_zero_points(statistics, mode, groups, scales, out.zeros);
  if (format.zero == Zero::minimum) {
    store(statistics.minimum, format.zero_number, quantizer, groups, out.zeros);
    scales.minimum = std::move(statistics.minimum);
    if (stored) load(out.zeros, format.zero_number, groups, 0, count, scales.minimum.data());
  }
  if (!statistics.by.empty()) scales.scale = std::move(statistics.by);
  return scales;
}

// Codes of weights that share a scale.
class Encoder {
 public:
  Encoder(const Mode& mode, const GroupScales& scales) : mode_(mode), scales_(scales) {}

  void encode_stretch(const float* weights, std::int64_t count, std::int64_t group,
                      std::uint8_t* codes) const {
    const auto g = static_cast<std::size_t>(group);
    const auto n = static_cast<std::size_t>(count);
    float scaled[kPiece];
    scale(weights, n, scales_.scale[g], scales_.minimum.empty() ? 0.0f : scales_.minimum[g],
          scaled);
    float zero = scales_.zero.empty() ? 0.0f : scales_.zero[g];
    if (!whole_points_) {  // they are added before rounding
      loops().add(scaled, n, zero);
      zero = 0;
    }
    encode(mode_.format.codec, mode_.format.bits, mode_.quantizer, scaled, n, zero, codes);
  }

  // The code of a 0 that fills up the last byte after the group.
  std::uint8_t pad(std::int64_t group) const {
    const float nothing = 0;
    std::uint8_t code = 0;
    encode_stretch(&nothing, 1, group, &code);
    return code;
  }

 private:
  void scale(const float* weights, std::size_t count, float by, float minimum,
             float* scaled) const {
    const Quantizer& quantizer = mode_.quantizer;
    if (by == 0 && quantizer.zeros_under_zero) {
      std::fill_n(scaled, count, 0.0f);
    } else if (quantizer.rule == Rule::multiply_by_reciprocal) {
      const float factor = mode_.format.qmax / by;
      const bool flush = quantizer.flush_subnormals;
      if (minimum != 0) {
        loops().divide(weights, count, minimum, 1, scaled);
        weights = scaled;
      }
      loops().multiply(weights, count, flush && std::abs(factor) < FLT_MIN ? 0.0f : factor, flush,
                       scaled);
    } else if (quantizer.rule == Rule::multiply ||
               quantizer.rule == Rule::multiply_by_reciprocals) {
      loops().multiply(weights, count, by, quantizer.flush_subnormals, scaled);
    } else {
      loops().divide(weights, count, minimum, by / mode_.format.qmax, scaled);
    }
  }

  const Mode& mode_;
  const GroupScales& scales_;
  const bool whole_points_ =
      mode_.format.zero != Zero::point ||
      std::holds_alternative<Integers>(mode_.format.zero_number.storage.codec);
};

void encode_part(const Matrix& weights, const Mode& mode, const Encoder& encoder,
                 const Partition& groups, std::int64_t begin, std::int64_t end,
                 QuantizedMatrix& out) {
  const Format& format = mode.format;
  std::uint8_t codes[kPart];
  float scratch[kPiece];
  for (std::int64_t at = begin; at < end;) {
    const auto [group, shared_end] = groups.shared_from(at);
    const std::int64_t count = std::min({shared_end - at, end - at, kPiece});
    encoder.encode_stretch(piece(weights, mode.quantizer.weights_through, at, count, scratch),
                           count, group, codes + (at - begin));
    at += count;
  }
  const std::uint8_t pad =
      end == weights.size() ? encoder.pad(groups.group_of(weights.size() - 1)) : 0;
  loops().pack(codes, static_cast<std::size_t>(end - begin), format.bits, format.packing, pad,
               out.codes.data() + packed_bytes(begin, format.bits, format.packing));
}

void keep(const Matrix& weights, Dtype dtype, std::byte* out) {
  parallel_parts(weights.size(), kPart, [&](std::int64_t begin, std::int64_t end) {
    const auto count = static_cast<std::size_t>(end - begin);
    const float* values = weights.values.data() + begin;
    if (dtype == Dtype::fp32)
      std::memcpy(out + begin * 4, values, count * 4);
    else
      loops().narrow(dtype, values, count, reinterpret_cast<std::uint16_t*>(out + begin * 2));
  });
}

}  // namespace

void quantize(const Matrix& weights, const Mode& mode, QuantizedMatrix& out) {
  if (const auto* plain = std::get_if<Plain>(&mode.format.codec))
    return keep(weights, plain->dtype, out.codes.data());
  if (finds_codes(mode.quantizer.search)) return quantize_units(weights, mode, out);
  const Partition groups = out.groups();
  GroupStatistics found = statistics(weights, mode, groups);
  const auto* candidates = std::get_if<ScaleCandidates>(&mode.quantizer.search);
  const Buffer<float> statistic = candidates ? found.value : Buffer<float>();
  GroupScales scales = store_scales(std::move(found), mode, groups, out);
  const Encoder encoder(mode, scales);
  if (candidates)
    choose_scales(
        weights, mode, statistic, scales.scale,
        [&](auto... stretch) { encoder.encode_stretch(stretch...); }, out);
  parallel_parts(weights.size(), kPart, [&](std::int64_t begin, std::int64_t end) {
    encode_part(weights, mode, encoder, groups, begin, end, out);
  });
}

QuantizedMatrix quantize(const Mode& mode, int block_size, const Matrix& weights) {
  if (!mode.allows(block_size))
    throw std::invalid_argument(std::string(mode.name) + " has no block size " +
                                std::to_string(block_size));
  QuantizedMatrix out(mode.format, block_size, weights.rows, weights.cols);
  quantize(weights, mode, out);
  return out;
}

}  // namespace qbench::reference
