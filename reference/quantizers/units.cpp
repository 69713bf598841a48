// SPDX-License-Identifier: Apache-2.0
// quantize_units: takes a matrix apart into units and stores what is found for them.
#include "reference/quantizers/units.h"

#include <algorithm>
#include <stdexcept>

#include "reference/planes/codec.h"
#include "reference/planes/stored_numbers.h"
#include "reference/quantizers/statistics.h"
#include "reference/simd/loops.h"
#include "reference/simd/parallel.h"

namespace qbench::reference {
namespace {

// Found holds everything that is found, one number or code an entry.
struct Found {
  Buffer<std::uint8_t> codes;
  Buffer<float> scales, outer_scales, minima, outer_minima;
};

class Units {
 public:
  Units(const Matrix& weights, const Mode& mode, const Partition& groups)
      : weights_(weights),
        mode_(mode),
        groups_(groups),
        units_(groups),
        levels_(decode_table(mode.format.codec, mode.format.bits)) {
    if (mode.format.scale.outer) units_.size *= mode.format.scale.outer->size;
    if (units_.size > kMostUnit)
      throw std::invalid_argument("a search takes units of at most 256 weights");
    const auto groups_in_all = static_cast<std::size_t>(groups.groups());
    const auto units = static_cast<std::size_t>(units_.groups());
    found_.codes.resize(weights.values.size());
    found_.scales.resize(groups_in_all);
    found_.outer_scales.resize(units);
    if (mode.format.zero != Zero::minimum) return;
    found_.minima.resize(groups_in_all);
    found_.outer_minima.resize(units);
  }

  Found run() && {
    parallel_parts(units_.groups(), kPart / kMostUnit, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t u = begin; u < end; ++u) find_unit(u);
    });
    return std::move(found_);
  }

 private:
  void find_unit(std::int64_t u) {
    const std::int64_t begin = units_.begin(u), count = units_.end(u) - begin;
    const std::int64_t first_group = groups_.group_of(begin);
    const std::int64_t groups = (count + groups_.size - 1) / groups_.size;
    float scratch[kMostUnit], taken[kMostUnit];
    const float* x = piece(weights_, mode_.quantizer.weights_through, begin, count, scratch);
    std::transform(x, x + count, taken, [](float w) { return w == w ? w : 0.0f; });
    Unit unit = {.weights = {taken, static_cast<std::size_t>(count)},
                 .group_size = groups_.size,
                 .levels = std::span(levels_).first(std::size_t{1} << mode_.format.bits),
                 .codes = part(found_.codes, begin, count),
                 .scales = part(found_.scales, first_group, groups),
                 .minima = part(found_.minima, first_group, groups)};
    std::visit(
        [&](const auto& search) {
          if constexpr (requires { find(search, mode_.format, unit); })
            find(search, mode_.format, unit);
        },
        mode_.quantizer.search);
    found_.outer_scales[static_cast<std::size_t>(u)] = unit.outer_scale;
    if (!found_.minima.empty())
      found_.outer_minima[static_cast<std::size_t>(u)] = unit.outer_minimum;
  }

  // The part is empty where the format has no such numbers.
  template <class T>
  static std::span<T> part(Buffer<T>& all, std::int64_t first, std::int64_t count) {
    if (all.empty()) return {};
    return std::span(all).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
  }

  const Matrix& weights_;
  const Mode& mode_;
  const Partition& groups_;
  Partition units_;
  std::array<float, 256> levels_;
  Found found_;
};

void store(const Buffer<float>& numbers, const Buffer<float>& outer, const GroupNumber& how,
           StoredNumbers& out) {
  write(numbers.data(), numbers.size(), how.storage, Exponent::floor, out.numbers.data());
  if (how.outer)
    write(outer.data(), outer.size(), how.outer->storage, Exponent::floor, out.outer.data());
}

}  // namespace

void quantize_units(const Matrix& weights, const Mode& mode, QuantizedMatrix& out) {
  const Partition groups = out.groups();
  const Found found = Units(weights, mode, groups).run();
  const Format& format = mode.format;
  store(found.scales, found.outer_scales, format.scale, out.scales);
  if (format.zero == Zero::minimum)
    store(found.minima, found.outer_minima, format.zero_number, out.zeros);
  parallel_parts(weights.size(), kPart, [&](std::int64_t begin, std::int64_t end) {
    loops().pack(found.codes.data() + begin, static_cast<std::size_t>(end - begin), format.bits,
                 format.packing, 0,
                 out.codes.data() + packed_bytes(begin, format.bits, format.packing));
  });
}

}  // namespace qbench::reference
