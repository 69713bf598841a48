// SPDX-License-Identifier: Apache-2.0
// Planes of any numbers decode to what the description says of each weight, whole and in parts.
#include "reference/formats/fp6.h"
#include "tests/formats/floats.h"
#include "tests/formats/ggml_types.h"
#include "tests/formats/integers.h"
#include "tests/formats/random_numbers.h"

namespace qbench {
namespace {

using namespace as_data;
using test::Definition;

struct Described {
  std::string name;
  Format format;
  int size;
};

// Eight vectors of four weights, and the same with their signs in the code.
inline constexpr float kSmallGrid[] = {0, 1, 2,  3, 4, -5, 6, 7, 8, 9, 10,  11, -12, 13, 14, 15,
                                       1, 3, -5, 7, 9, 11, 2, 4, 6, 8, 0.5, 1,  -2,  3,  5,  8};
constexpr Format vectors(bool signs, Zero zero, Granularity granularity) {
  return {.bits = signs ? 7 : 3,
          .codec = Vectors{.values = kSmallGrid, .length = 4, .signs = signs},
          .granularity = granularity,
          .scale = {.storage = stored::f16},
          .zero = zero,
          .zero_number = {.storage = stored::f16}};
}

Format with_qmax(Format format, float qmax) {
  format.qmax = qmax;
  return format;
}

Format high_first(Format format) {
  format.packing = Packing::high_first;
  return format;
}

std::vector<Described> all_described() {
  std::vector<Described> all;
  for (const GgmlType& type : kGgmlTypes) all.push_back({type.name, type.format, type.group});
  for (int bits = 1; bits <= 8; ++bits) {
    const Format format = integer_zeros(bits, stored::f16);
    const std::string width = std::to_string(bits);
    all.push_back({"integer zeros " + width, format, 64});
    all.push_back({"integer zeros, high first " + width, high_first(format), 40});
    all.push_back({"integer zeros, ordered " + width, by_order(format), 64});
    all.push_back({"real zeros " + width, real_zeros(bits, stored::bf16), 64});
    all.push_back({"signed " + width, signed_integers(bits, Zero::point), 32});
  }
  for (const Mode* mode : kMxModes)
    if (mode->quantizer.exponent == Exponent::floor)
      all.push_back({std::string(mode->name), mode->format, 32});
  for (const Zero zero : {Zero::none, Zero::point, Zero::minimum})
    for (const bool signs : {false, true})
      for (const Granularity granularity : {Granularity::group, Granularity::block})
        all.push_back({"vectors", vectors(signs, zero, granularity), 24});
  for (const Mode* mode : kNvModes) all.push_back({std::string(mode->name), mode->format, 16});
  for (const auto& modes : {std::span<const Mode* const>(kFp8Modes), {kFp6Modes}})
    for (const Mode* mode : modes)
      all.push_back({std::string(mode->name), mode->format, std::max(1, mode->block_size)});
  all.push_back({"FP8, a bf16 scale a row", kFp8RowsUnderBf16, 1});
  all.push_back({"an absmax", with_qmax(signed_integers(8, Zero::minimum), 127), 48});
  return all;
}

struct Shape {
  std::int64_t rows, cols;
};
// Short groups, tiles, outer groups, vectors and bytes; rows longer than what is unpacked at once.
const Shape kShapes[] = {{5, 300}, {3, 515}, {130, 129}, {2, 2501}};

std::vector<float> by_definition(const Definition& of, const test::Numbers& numbers) {
  std::vector<float> out;
  for (std::int64_t r = 0; r < of.rows; ++r)
    for (std::int64_t c = 0; c < of.cols; ++c) out.push_back(of.weight(r, c, numbers));
  return out;
}

void check_part(const QuantizedMatrix& q, std::span<const float> whole, std::mt19937& random) {
  const auto size = static_cast<std::int64_t>(whole.size());
  const std::int64_t first = random() % size, count = random() % (size - first) + 1;
  std::vector<float> part(static_cast<std::size_t>(count));
  reference::dequantize(q, first, count, part.data());
  CAPTURE(first, count);
  CHECK(test::difference(
            test::bits_of(part),
            test::bits_of(whole.subspan(static_cast<std::size_t>(first), part.size()))) == "");
}

}  // namespace

TEST_CASE("every described format decodes to what its description says of each weight") {
  std::mt19937 random(1);
  for (const auto& [name, format, size] : all_described())
    for (const auto& [rows, cols] : kShapes) {
      CAPTURE(name, rows, cols);
      const Definition definition{format, size, rows, cols};
      const test::Numbers numbers = test::random_numbers(definition, random);
      const auto expected = by_definition(definition, numbers);
      const QuantizedMatrix q = test::planes(format, size, rows, cols, numbers);
      test::check_decoded(q, expected);
      for (int part = 0; part < 8; ++part) check_part(q, expected, random);
    }
}

}  // namespace qbench
