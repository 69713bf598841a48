// SPDX-License-Identifier: Apache-2.0
// Codes to weights.
#include "reference/simd/decode.h"

#include "reference/simd/bits.h"
#include "reference/simd/vector.h"

namespace qbench::reference::QBENCH_ISA {
namespace {

// The numbers of one group. Adding -0 leaves every number as it is, 0 and -0 included.
struct Group {
  float zero, scale, factor, minimum;

  Group(const GroupStretch& groups, std::size_t index)
      : zero(groups.zero ? groups.zero[index] : 0.0f),
        scale(groups.scale[index]),
        factor(groups.factor),
        minimum(groups.minimum ? groups.minimum[index] : -0.0f) {}
  Floats weights(const Floats& values) const { return (values - zero) * scale * factor + minimum; }
};

// Calls values(codes) for a vector of codes after the other. One that reaches beyond the end of its
// group is stored whole: the next group writes over what is too much.
template <class Values>
void decode(const std::uint8_t* codes, std::size_t count, const GroupStretch& groups,
            const Values& values, float* out) {
  std::size_t i = 0, end = groups.first;
  for (std::size_t index = 0; i < count; ++index, i = end, end += groups.size) {
    const Group group(groups, index);
    end = end < count ? end : count;
    for (; i < end && i + kLanes <= count; i += kLanes)
      store(group.weights(values(load_codes(codes + i))), out + i);
    if (i >= end) continue;
    std::uint8_t last[kLanes] = {};
    __builtin_memcpy(last, codes + i, end - i);
    store(group.weights(values(load_codes(last))), out + i, end - i);
  }
}

// Values that are looked up one by one.
struct ManyValues {
  const float* values;
  Floats operator()(const Ints& codes) const {
    Floats found;
    for (std::size_t lane = 0; lane < kLanes; ++lane) found[lane] = values[codes[lane]];
    return found;
  }
};

// The values of codes below 16, in registers where an instruction permutes by numbers of lanes.
constexpr std::size_t kFew = 16;
#if defined(__AVX512F__)
struct FewValues {
  explicit FewValues(const float (&values)[kFew]) : all(_mm512_loadu_ps(values)) {}
  Floats operator()(const Ints& codes) const {
    return _mm512_maskz_permutexvar_ps(0xffff, reinterpret_cast<__m512i>(codes), all);
  }
  __m512 all;
};
#elif defined(__AVX2__)
struct FewValues {
  explicit FewValues(const float (&values)[kFew])
      : low(_mm256_loadu_ps(values)), high(_mm256_loadu_ps(values + kLanes)) {}
  Floats operator()(const Ints& codes) const {
    const auto index = reinterpret_cast<__m256i>(codes);
    return _mm256_blendv_ps(_mm256_permutevar8x32_ps(low, index),
                            _mm256_permutevar8x32_ps(high, index), as_floats(codes << 28));
  }
  __m256 low, high;
};
#else
struct FewValues : ManyValues {
  explicit FewValues(const float (&few)[kFew]) : ManyValues{few} {}
};
#endif

// Magnitudes by their bits; those below the least normal number are multiples of a step.
class SmallFloatValues {
 public:
  explicit SmallFloatValues(const SmallFloat& format)
      : mantissa_bits_(format.mantissa_bits),
        sign_bit_(format.exponent_bits + format.mantissa_bits),
        rebias_((127 - format.bias) << 23),
        step_(float_of((128 - format.bias - format.mantissa_bits) << 23)),
        largest_(format.largest),
        above_(format.infinity ? kInfinity : kNan) {}

  Floats operator()(const Ints& codes) const {
    const Ints magnitude = codes & ((1 << sign_bit_) - 1);
    const Ints normal = (magnitude << (23 - mantissa_bits_)) + rebias_;
    const Ints subnormal = as_bits(to_floats(magnitude) * step_);
    const Ints value = magnitude < (1 << mantissa_bits_) ? subnormal : normal;
    const Ints beyond = (magnitude & ((1 << mantissa_bits_) - 1)) == 0 ? above_ : Ints{} + kNan;
    const Ints number = as_floats(value) > largest_ ? beyond : value;
    return as_floats(number | (codes >> sign_bit_ & 1) << 31);
  }

 private:
  int mantissa_bits_, sign_bit_;
  std::int32_t rebias_;
  float step_, largest_;
  std::int32_t above_;  // the code above that of `largest`, where its mantissa is 0
};

}  // namespace

void decode_codebook(const std::uint8_t* codes, std::size_t count, std::span<const float> values,
                     const GroupStretch& groups, float* out) {
  if (values.size() > kFew) return decode(codes, count, groups, ManyValues{values.data()}, out);
  float few[kFew] = {};
  __builtin_memcpy(few, values.data(), values.size() * sizeof(float));
  decode(codes, count, groups, FewValues(few), out);
}

void decode_integers(const std::uint8_t* codes, std::size_t count, const Integers& integers,
                     int bits, const GroupStretch& groups, float* out) {
  if (integers.lowest >= 0) return decode(codes, count, groups, to_floats, out);
  const int unused = 32 - bits;
  const auto values = [unused](const Ints& code) { return to_floats(code << unused >> unused); };
  decode(codes, count, groups, values, out);
}

void decode_float(const std::uint8_t* codes, std::size_t count, const SmallFloat& format,
                  const GroupStretch& groups, float* out) {
  const SmallFloatValues values(format);
  if (1 << (1 + format.exponent_bits + format.mantissa_bits) > static_cast<int>(kFew))
    return decode(codes, count, groups, values, out);
  float few[kFew];
  std::uint8_t every[kFew];
  for (std::size_t code = 0; code < kFew; ++code) every[code] = static_cast<std::uint8_t>(code);
  for (std::size_t code = 0; code < kFew; code += kLanes)
    store(values(load_codes(every + code)), few + code);
  decode(codes, count, groups, FewValues(few), out);
}

}  // namespace qbench::reference::QBENCH_ISA
