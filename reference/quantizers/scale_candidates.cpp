// SPDX-License-Identifier: Apache-2.0
// Every candidate for the scale of a group is tried on its weights, in turn.
#include "reference/quantizers/scale_candidates.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "reference/planes/codec.h"
#include "reference/planes/stored_numbers.h"
#include "reference/quantizers/statistics.h"
#include "reference/simd/loops.h"
#include "reference/simd/parallel.h"

namespace qbench::reference {
namespace {

class Chooser {
 public:
  Chooser(const Matrix& weights, const Mode& mode, const EncodeStretch& encode,
          Buffer<float>& scales, QuantizedMatrix& out)
      : weights_(weights),
        mode_(mode),
        encode_(encode),
        scales_(scales),
        out_(out),
        groups_(out.groups()),
        search_(std::get<ScaleCandidates>(mode.quantizer.search)),
        numbers_(decode_table(mode.format.scale.storage.codec, 8)) {
    if (mode.format.scale.outer)
      std::memcpy(&outer_.emplace(), out.scales.outer.data(), sizeof(float));
  }

  void choose(std::int64_t g, int other) {
    Best best;
    const auto code = std::to_integer<int>(number(g));
    for (int c = code + search_.first; c <= code + search_.last; ++c) attempt(g, c, best);
    if (search_.other_qmax != 0) attempt(g, other, best);
    number(g) = static_cast<std::byte>(best.code);
    scale(g) = decoded(best.code);
  }

 private:
  struct Best {
    int code = -1;  // none so far
    float error = 0;
    float unit = 0;  // the scale of the first candidate
  };

  std::byte& number(std::int64_t g) { return out_.scales.numbers[static_cast<std::size_t>(g)]; }
  float& scale(std::int64_t g) { return scales_[static_cast<std::size_t>(g)]; }
  float decoded(int code) const {
    const float inner = numbers_[static_cast<std::size_t>(code)];
    return outer_ ? inner * *outer_ : inner;
  }

  void attempt(std::int64_t g, int code, Best& best) {
    if (code < search_.lowest || code > search_.highest) return;
    scale(g) = decoded(code);
    const bool first = best.code < 0;
    if (first) best.unit = scale(g);
    const float error = error_of(g, best.unit);
    if (!first && !(error < best.error)) return;
    best.code = code;
    best.error = error;
  }

  float error_of(std::int64_t g, float unit) const {
    float sum = 0;
    for (std::int64_t line = 0; line < groups_.lines_of(g); ++line) {
      const std::int64_t end = groups_.end(g) + line * groups_.line;
      for (std::int64_t at = groups_.begin(g) + line * groups_.line; at < end; at += kPiece)
        add_errors(g, at, std::min(kPiece, end - at), unit, sum);
    }
    return sum;
  }

  void add_errors(std::int64_t g, std::int64_t first, std::int64_t count, float unit,
                  float& sum) const {
    const GroupStretch stretch = {.first = static_cast<std::size_t>(count),
                                  .size = static_cast<std::size_t>(count),
                                  .scale = &scales_[static_cast<std::size_t>(g)],
                                  .factor = 1.0f / mode_.format.qmax};
    float scratch[kPiece], decoded[kPiece];
    std::uint8_t codes[kPiece];
    const float* w = piece(weights_, mode_.quantizer.weights_through, first, count, scratch);
    encode_(w, count, g, codes);
    decode(mode_.format.codec, mode_.format.bits, codes, static_cast<std::size_t>(count), stretch,
           decoded);
    for (std::int64_t i = 0; i < count; ++i) {
      if (w[i] != w[i]) continue;
      const float off = (decoded[i] - w[i]) / unit;
      sum += off * off;
    }
  }

  const Matrix& weights_;
  const Mode& mode_;
  const EncodeStretch& encode_;
  Buffer<float>& scales_;
  QuantizedMatrix& out_;
  const Partition groups_;
  const ScaleCandidates& search_;
  const std::array<float, 256> numbers_;
  std::optional<float> outer_;
};

// The codes that the statistics give with the other qmax, under the outer scale that there is.
Buffer<std::byte> others(const Mode& mode, const Buffer<float>& statistics,
                         const QuantizedMatrix& q) {
  Quantizer other = mode.quantizer;
  other.qmax = std::get<ScaleCandidates>(other.search).other_qmax;
  other.outer.qmax *= mode.quantizer.qmax / other.qmax;  // the same product, the same outer scale
  StoredNumbers stored = q.scales;
  store(statistics, mode.format.scale, other, q.groups(), stored);
  return std::move(stored.numbers);
}

}  // namespace

void choose_scales(const Matrix& weights, const Mode& mode, const Buffer<float>& statistics,
                   Buffer<float>& scales, const EncodeStretch& encode, QuantizedMatrix& out) {
  const bool two = std::get<ScaleCandidates>(mode.quantizer.search).other_qmax != 0;
  const Buffer<std::byte> other = two ? others(mode, statistics, out) : Buffer<std::byte>();
  Chooser chooser(weights, mode, encode, scales, out);
  const std::int64_t count = out.groups().groups();
  parallel_parts(count, std::max<std::int64_t>(1, kPart / out.groups().size),
                 [&](std::int64_t begin, std::int64_t end) {
                   for (std::int64_t g = begin; g < end; ++g)
                     chooser.choose(
                         g, two ? std::to_integer<int>(other[static_cast<std::size_t>(g)]) : 0);
                 });
}

}  // namespace qbench::reference
