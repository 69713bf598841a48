// SPDX-License-Identifier: Apache-2.0
// Layers of checkpoints (GPTQ, AWQ, compressed-tensors) to the numbers of the planes. Files hold
// the groups of GPTQ and AWQ transposed: [k / group, n].
#pragma once

#include "tests/formats/planes.h"
#include "tests/formats/words.h"
#include "tests/golden.h"

namespace qbench::test {

inline const std::string kDown = "model.layers.0.mlp.down_proj.";
inline const std::string kQuery = "model.layers.0.self_attn.q_proj.";

// The files of one folder of ../shared/containers_golden.
struct Container {
  explicit Container(const std::string& folder)
      : model("containers_golden/" + folder + "/model.safetensors"),
        expected("containers_golden/" + folder + "/expected.safetensors") {}
  Golden model, expected;
};

template <class T>
std::vector<std::int64_t> all(const Golden& golden, const std::string& name) {
  const auto numbers = golden.numbers<T>(name);
  return {numbers.begin(), numbers.end()};
}

inline std::vector<std::int64_t> low_first(const Golden& golden, const std::string& name) {
  const auto bytes = golden.bytes(name);
  const auto codes =
      nibbles(bytes, static_cast<std::int64_t>(2 * bytes.size()), Packing::low_first);
  return {codes.begin(), codes.end()};
}

inline std::vector<std::int64_t> transposed(const std::vector<std::int64_t>& numbers,
                                            std::size_t columns) {
  std::vector<std::int64_t> out;
  for (std::size_t c = 0; c < columns; ++c)
    for (std::size_t at = c; at < numbers.size(); at += columns) out.push_back(numbers[at]);
  return out;
}

struct Shape {
  std::int64_t rows, cols, groups;  // n, k, and groups of a row
};

// `zero_offset` is 1 in files of version 1, which hold zero points less one.
inline Numbers gptq(const Golden& model, const std::string& layer, const Shape& shape, int bits,
                    int zero_offset) {
  const auto weights = model.numbers<std::uint32_t>(layer + "qweight");
  const auto zeros = model.numbers<std::uint32_t>(layer + "qzeros");
  const auto words = static_cast<std::int64_t>(zeros.size()) / shape.groups;
  Numbers out;
  for (std::int64_t r = 0; r < shape.rows; ++r) {
    const WordStream codes(weights, r, shape.rows, bits);
    for (std::int64_t c = 0; c < shape.cols; ++c) out.codes.push_back(codes[c]);
    for (std::int64_t g = 0; g < shape.groups; ++g)
      out.zeros.push_back((WordStream(zeros, g * words, 1, bits)[r] + zero_offset) % (1 << bits));
  }
  out.scales =
      transposed(all<std::uint32_t>(model, layer + "scales"), static_cast<std::size_t>(shape.rows));
  return out;
}

// Eight columns a word, interleaved.
inline std::int64_t awq_field(const std::vector<std::uint32_t>& words, const Shape& shape,
                              std::int64_t line, std::int64_t column) {
  constexpr int kPlaces[] = {0, 4, 1, 5, 2, 6, 3, 7};
  const std::int64_t a_line = shape.rows / 8;
  return words.at(static_cast<std::size_t>(line * a_line + column / 8)) >> 4 * kPlaces[column % 8] &
         15;
}

inline Numbers awq(const Golden& model, const std::string& layer, const Shape& shape) {
  const auto weights = model.numbers<std::uint32_t>(layer + "qweight");
  const auto zeros = model.numbers<std::uint32_t>(layer + "qzeros");
  Numbers out;
  for (std::int64_t r = 0; r < shape.rows; ++r) {
    for (std::int64_t c = 0; c < shape.cols; ++c)
      out.codes.push_back(awq_field(weights, shape, c, r));
    for (std::int64_t g = 0; g < shape.groups; ++g)
      out.zeros.push_back(awq_field(zeros, shape, g, r));
  }
  out.scales =
      transposed(all<std::uint16_t>(model, layer + "scales"), static_cast<std::size_t>(shape.rows));
  return out;
}

// Codes and zero points are signed and lie offset by 8.
inline Numbers compressed_int4(const Golden& model, const std::string& layer, const Shape& shape) {
  const auto weights = model.numbers<std::uint32_t>(layer + "weight_packed");
  Numbers out;
  for (std::int64_t i = 0; i < shape.rows * shape.cols; ++i)
    out.codes.push_back(WordStream(weights, 0, 1, 4)[i] - 8);
  out.scales = all<std::uint32_t>(model, layer + "weight_scale");
  if (!model.has(layer + "weight_zero_point")) return out;
  const auto zeros = model.numbers<std::uint32_t>(layer + "weight_zero_point");
  for (std::int64_t r = 0; r < shape.rows; ++r)
    for (std::int64_t g = 0; g < shape.groups; ++g)
      out.zeros.push_back(WordStream(zeros, g, shape.groups, 4)[r] - 8);
  return out;
}

}  // namespace qbench::test
