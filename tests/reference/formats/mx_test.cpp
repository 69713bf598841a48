// SPDX-License-Identifier: Apache-2.0
// The scale rules of MX against their definitions and against published figures on normal weights.
#include "tests/catch.h"
#include "tests/reference/gaussian.h"
#include "tests/reference/matrices.h"

namespace qbench::test {
namespace {

struct Element {
  std::string_view mode;  // by the rule of floor
  int power;              // of two, the largest
  double largest;
  int mantissa_bits;
};
constexpr Element kElements[] = {{"mxfp8", 8, 448, 3}, {"mxfp8-e5m2", 15, 57344, 2},
                                 {"mxfp6", 2, 7.5, 3}, {"mxfp6-e3m2", 4, 28, 2},
                                 {"mxfp4", 2, 6, 1},   {"mxint8", 0, 127.0 / 64, 6}};

const Mode& by_rule(const Element& element, const char* rule) {
  return *find_mode(std::string(element.mode) + rule);
}

int held(int exponent) { return std::clamp(exponent, -127, 127) + 127; }
int log2_up(double x) { return std::ilogb(x) + (std::ldexp(1.0, std::ilogb(x)) != x); }

int floor_byte(const Element& element, float absmax) {
  return held(std::ilogb(absmax) - element.power);
}
int ceil_byte(const Element& element, float absmax) {
  return held(log2_up(double{absmax}) - element.power);
}
// Halves up: what reaches half a unit of the mantissa below a power of two counts as that. Numbers
// below 2^-126 have the unit of those below 2^-125.
int even_byte(const Element& element, float absmax) {
  const int e = std::ilogb(absmax);
  if (e < -126) {
    const double carries = std::ldexp(1 - std::ldexp(1.0, -element.mantissa_bits - 1), -126);
    return held((double{absmax} >= carries ? -126 : -127) - element.power);
  }
  const double carries = std::ldexp(2 - std::ldexp(1.0, -element.mantissa_bits - 1), e);
  return held(e + (double{absmax} >= carries) - element.power);
}
int rceil_byte(const Element& element, float absmax) {
  const float quotient = absmax / static_cast<float>(element.largest);
  return quotient == 0 ? 0 : held(log2_up(double{quotient}));
}

int scale_byte(const Mode& mode, const std::vector<float>& group) {
  return std::to_integer<int>(reference::quantize(mode, 32, row(group)).scales.numbers[0]);
}

// Powers of two, what is just beside them, what rounds up to them and what the elements just hold.
std::vector<float> absmaxes(const Element& element) {
  std::vector<float> out;
  for (int e = -149; e <= 127; ++e) {
    const double power = std::ldexp(1.0, e);
    const auto carries =
        static_cast<float>(power * (2 - std::ldexp(1.0, -element.mantissa_bits - 1)));
    const auto largest = static_cast<float>(element.largest / 128 * power);
    const auto half = static_cast<float>(power * (1 - std::ldexp(1.0, -element.mantissa_bits - 1)));
    for (const float x : {static_cast<float>(power), carries, largest, half})
      out.insert(out.end(), {below(x), x, above(x)});
  }
  std::erase_if(out, [](float x) { return x == 0 || std::isinf(x); });
  return out;
}

TEST_CASE("every scale rule of MX takes its exponent at every power of two and beside it") {
  using Rule = int (*)(const Element&, float);
  const std::pair<const char*, Rule> rules[] = {
      {"", floor_byte}, {"-ceil", ceil_byte}, {"-even", even_byte}, {"-rceil", rceil_byte}};
  for (const Element& element : kElements)
    for (const auto& [name, byte] : rules)
      for (const float absmax : absmaxes(element)) {
        CAPTURE(element.mode, name, absmax);
        REQUIRE(scale_byte(by_rule(element, name), {0.0f, -absmax}) == byte(element, absmax));
      }
}

TEST_CASE("zeros have the least MX scale and infinities the greatest, by every rule") {
  for (const Element& element : kElements)
    for (const char* rule : {"", "-ceil", "-even", "-rceil", "-mse"}) {
      CAPTURE(element.mode, rule);
      CHECK(scale_byte(by_rule(element, rule), {0.0f, -0.0f}) == 0);
      CHECK(scale_byte(by_rule(element, rule), {1.0f, -kInf}) == 254);
      CHECK(scale_byte(by_rule(element, rule), {kNan, -kNan}) == 0);
    }
}

TEST_CASE("-mse takes the exponent of floor or the next, and the latter where it errs less alone") {
  CHECK(scale_byte(*find_mode("mxfp4-mse"), {4.0f, 0.5f}) == 127);  // neither errs: floor
  CHECK(scale_byte(*find_mode("mxfp4-mse"), {7.9f, 4.0f}) == 128);  // 6 for 7.9, or 8
  CHECK(scale_byte(*find_mode("mxfp4-mse"), {6.5f, 1.0f}) == 127);
  CHECK(scale_byte(*find_mode("mxfp4-mse"), {7.0f, 7.0f}) == 127);  // 1 either way: floor
  CHECK(scale_byte(*find_mode("mxfp4-mse"), {7.9f, kNan, 4.0f}) == 128);
  CHECK(scale_byte(*find_mode("mxfp4-mse"), {0x1.ffp126f, 0x1p125f}) ==
        252);  // no square overflows
}

TEST_CASE("-mse errs no more than floor or one more in any group") {
  const std::vector<float> values = random_values(32 * 400, 51);
  for (const Element& element : kElements)
    for (int scaled : {0, -140, 120})
      for (std::size_t g = 0; g < 400; ++g) {
        std::vector<float> group(values.begin() + static_cast<std::ptrdiff_t>(32 * g),
                                 values.begin() + static_cast<std::ptrdiff_t>(32 * g + 32));
        for (float& w : group) w = std::ldexp(w, scaled);
        const auto error = [&](const char* rule) {
          const auto decoded =
              dequantized(reference::quantize(by_rule(element, rule), 32, row(group)));
          double sum = 0;
          for (std::size_t i = 0; i < group.size(); ++i)
            sum += std::pow(std::ldexp(double{decoded[i]} - double{group[i]}, -scaled), 2);
          return sum;
        };
        CAPTURE(element.mode, g, scaled);
        REQUIRE(error("-mse") <= error("") * (1 + 1e-5));
        REQUIRE(error("-mse") <= error("-rceil") * (1 + 1e-5));
      }
}

TEST_CASE("mxint8 is 64ths of integers: RNE(64 w / 2^e), both ends at 127") {
  std::vector<float> weights = {1.0f,        -1.0f,      1.984375f,  1.9999999f,
                                -1.9999999f, 0.0078125f, 0.0234375f, -0.0f};
  const QuantizedMatrix q = quantized("mxint8", 32, row(weights));
  CHECK(q.scales.numbers[0] == std::byte{127});
  CHECK(numbers<std::int8_t>(q.codes) ==
        std::vector<std::int8_t>{64, -64, 127, 127, -127, 0, 2, 0});
  CHECK(dequantized(q)[2] == 1.984375f);
}

// N(0, 1) of 2^21 samples; field figures that rounding to their last digit and the sample allow.
struct Figure {
  const char* rule;
  double mxfp4_db, clipped, mxfp8_rmse;
};
const Figure kFigures[] = {{"", 18.77, 0.299, 0.0294},
                           {"-rceil", 18.74, 0, 0.0265},
                           {"-even", 19.01, 0.128, 0.0276},
                           {"-ceil", 16.81, 0, 0.0265},
                           {"-mse", 19.03, -1, 0.0265}};

const Matrix& samples() {
  static const Matrix all = standard_normal(512, 4096, 9);
  return all;
}
Matrix round_trip(const Mode& mode) {
  Matrix decoded(samples().rows, samples().cols);
  reference::dequantize(reference::quantize(mode, mode.block_size, samples()), decoded);
  return decoded;
}
double relative_mse(const Matrix& decoded) {
  ErrorRatio ratio;
  ratio.add(samples(), decoded, 0, decoded.size());
  return ratio.nmse();
}
// The share of groups whose absmax is above the largest element under their scale.
double clipped(const QuantizedMatrix& q) {
  int count = 0;
  const Partition groups = q.groups();
  for (std::int64_t g = 0; g < groups.groups(); ++g) {
    const auto byte = std::to_integer<int>(q.scales.numbers[static_cast<std::size_t>(g)]);
    const float largest = std::ldexp(6.0f, byte - 127);
    count += std::any_of(samples().values.begin() + groups.begin(g),
                         samples().values.begin() + groups.end(g),
                         [&](float w) { return std::abs(w) > largest; });
  }
  return count / static_cast<double>(groups.groups());
}

TEST_CASE("the scale rules have the field's errors on normal weights, and its clipped blocks") {
  for (const Figure& figure : kFigures) {
    CAPTURE(figure.rule);
    const Mode& fp4 = *find_mode(std::string("mxfp4") + figure.rule);
    const Mode& fp8 = *find_mode(std::string("mxfp8") + figure.rule);
    CHECK(-10 * std::log10(relative_mse(round_trip(fp4))) == Approx(figure.mxfp4_db).margin(0.03));
    CHECK(std::sqrt(relative_mse(round_trip(fp8))) == Approx(figure.mxfp8_rmse).margin(0.0001));
    if (figure.clipped < 0) continue;
    CHECK(clipped(reference::quantize(fp4, 32, samples())) == Approx(figure.clipped).margin(0.005));
  }
}

}  // namespace
}  // namespace qbench::test
