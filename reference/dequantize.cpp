// SPDX-License-Identifier: Apache-2.0
// dequantize: codes and scales to the weights that they stand for.
#include <algorithm>
#include <cstring>

#include "reference/planes/codec.h"
#include "reference/planes/stored_numbers.h"
#include "reference/quantizers/statistics.h"
#include "reference/reference.h"
#include "reference/simd/loops.h"
#include "reference/simd/parallel.h"

namespace qbench::reference {
namespace {

// The number of codes before the element in its stretch, which begins with a byte: stretches have 8
// codes, those of trits kTritRun.
std::int64_t codes_before(std::int64_t element, Packing packing) {
  return element % (packing == Packing::trits ? kTritRun : 8);
}

// Codes at .. end - 1 of the matrix, one a byte: in the plane itself, or unpacked to `scratch`.
const std::uint8_t* unpacked(const QuantizedMatrix& q, std::int64_t at, std::int64_t end,
                             std::uint8_t* scratch) {
  const int bits = q.format->bits;
  const Packing packing = q.format->packing;
  if (bits == 8) return reinterpret_cast<const std::uint8_t*>(q.codes.data()) + at;
  const std::int64_t before = codes_before(at, packing);
  loops().unpack(q.codes.data() + packed_bytes(at - before, bits, packing),
                 static_cast<std::size_t>(end - at + before), bits, packing, scratch);
  return scratch + before;
}

// The numbers of every group that elements first .. last - 1 are of.
class GroupNumbers {
 public:
  GroupNumbers(const QuantizedMatrix& q, std::int64_t first, std::int64_t last)
      : groups_(q.groups()), format_(*q.format) {
    const std::int64_t a_line = groups_.groups_per_line();
    first_ = groups_.group_of(first);
    std::int64_t end = groups_.group_of(last - 1) + 1;
    if (groups_.order || groups_.lines > 1) {
      first_ = first_ / a_line * a_line;
      end = (end + a_line - 1) / a_line * a_line;
    }
    const std::int64_t count = end - first_;
    scale_.resize(static_cast<std::size_t>(count));
    load(q.scales, q.format->scale, groups_, first_, count, scale_.data());
    if (q.format->zero == Zero::none) return;
    zero_.resize(scale_.size());
    load(q.zeros, q.format->zero_number, groups_, first_, count, zero_.data());
  }

  const Partition& groups() const { return groups_; }
  float scale(std::int64_t group) const { return scale_[at(group)]; }
  float zero(std::int64_t group) const { return zero_.empty() ? 0.0f : zero_[at(group)]; }

  // What elements begin .. end - 1 of a line, at most kPiece, are decoded with. Where columns are
  // of groups in any order, each element is a group of its own. The result holds until the next
  // call.
  GroupStretch stretch(std::int64_t begin, std::int64_t end) {
    const auto [group, shared_end] = groups_.shared_from(begin);
    const bool ordered = groups_.order != nullptr;
    const float* zeros = zero_.empty() ? nullptr : zero_.data() + at(group);
    GroupStretch stretch = {.first = static_cast<std::size_t>(ordered ? 1 : shared_end - begin),
                            .size = static_cast<std::size_t>(ordered ? 1 : groups_.size),
                            .scale = ordered ? scale_of_ : scale_.data() + at(group),
                            .factor = 1.0f / format_.qmax};
    if (ordered) zeros = zero_of_;
    if (format_.zero == Zero::point) stretch.zero = zeros;
    if (format_.zero == Zero::minimum) stretch.minimum = zeros;
    if (ordered) spread(begin, end);
    return stretch;
  }

 private:
  std::size_t at(std::int64_t group) const { return static_cast<std::size_t>(group - first_); }

  // The numbers of each element of a line.
  void spread(std::int64_t begin, std::int64_t end) {
    const std::int64_t row = begin / groups_.line;
    const std::int64_t first_group = row / groups_.lines * groups_.groups_per_line();
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t group = first_group + groups_.order[i - row * groups_.line];
      scale_of_[i - begin] = scale(group);
      zero_of_[i - begin] = zero(group);
    }
  }

  Partition groups_;
  const Format& format_;
  std::int64_t first_;
  Buffer<float> scale_, zero_;
  float scale_of_[kPiece], zero_of_[kPiece];
};

// Code `index` of a stream of codes up to 24 bits wide.
unsigned code_at(const Buffer<std::byte>& codes, std::int64_t index, int bits) {
  const std::int64_t bit = index * bits;
  unsigned held = 0;
  for (std::int64_t byte = bit / 8; byte <= (bit + bits - 1) / 8; ++byte)
    held |= std::to_integer<unsigned>(codes[static_cast<std::size_t>(byte)])
            << (8 * (byte - bit / 8));
  return held >> (bit % 8) & ((1u << bits) - 1);
}

float value_of(const Vectors& vectors, int bits, unsigned code, std::int64_t i) {
  const int index_bits = vectors.signs ? bits - vectors.length : bits;
  const auto index = static_cast<std::int64_t>(code & ((1u << index_bits) - 1));
  const float value = vectors.values[static_cast<std::size_t>(index * vectors.length + i)];
  return vectors.signs && (code >> (index_bits + i) & 1) != 0 ? -value : value;
}

void dequantize_vectors(const QuantizedMatrix& q, const Vectors& vectors, std::int64_t first,
                        std::int64_t count, float* out) {
  const GroupNumbers numbers(q, first, first + count);
  const bool point = q.format->zero == Zero::point, minimum = q.format->zero == Zero::minimum;
  const float factor = 1.0f / q.format->qmax;
  for (std::int64_t i = first; i < first + count; ++i) {
    const unsigned code = code_at(q.codes, i / vectors.length, q.format->bits);
    const float value = value_of(vectors, q.format->bits, code, i % vectors.length);
    const std::int64_t group = numbers.groups().group_of(i);
    const float zero = numbers.zero(group);
    out[i - first] = (point ? value - zero : value) * numbers.scale(group) * factor;
    if (minimum) out[i - first] += zero;
  }
}

void widen(const QuantizedMatrix& q, Dtype dtype, std::int64_t first, std::int64_t count,
           float* out) {
  const auto n = static_cast<std::size_t>(count);
  if (dtype == Dtype::fp32)
    std::memcpy(out, q.codes.data() + first * 4, n * 4);
  else
    loops().widen(dtype, reinterpret_cast<const std::uint16_t*>(q.codes.data() + first * 2), n,
                  out);
}

}  // namespace

void dequantize(const QuantizedMatrix& q, std::int64_t first, std::int64_t count, float* out) {
  if (count == 0) return;
  const Format& format = *q.format;
  if (const auto* plain = std::get_if<Plain>(&format.codec))
    return widen(q, plain->dtype, first, count, out);
  if (const auto* vectors = std::get_if<Vectors>(&format.codec))
    return dequantize_vectors(q, *vectors, first, count, out);
  GroupNumbers numbers(q, first, first + count);
  const std::int64_t line = numbers.groups().line;
  std::uint8_t scratch[kPiece + kTritRun];
  for (std::int64_t at = first; at < first + count;) {
    const std::int64_t end = std::min({(at / line + 1) * line, first + count, at + kPiece});
    decode(format.codec, format.bits, unpacked(q, at, end, scratch),
           static_cast<std::size_t>(end - at), numbers.stretch(at, end), out + (at - first));
    at = end;
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
        loops().round_to(dtype, values.data() + begin, static_cast<std::size_t>(end - begin));
      });
}

}  // namespace qbench::reference
