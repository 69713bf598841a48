// SPDX-License-Identifier: Apache-2.0
// The table of ggml's types: the format of each, and its blocks.
#pragma once

#include <string>

#include "reference/formats/gguf_tables.h"
#include "reference/formats/gguf_ternary.h"
#include "tests/formats/ggml_blocks.h"
#include "tests/formats/grids.h"

namespace qbench::as_data {

using test::Numbers;

struct GgmlType {
  std::string name;
  const Format& format;
  int group;  // weights that share a scale
  int block_weights;
  int block_bytes;
  void (*unpack)(const std::uint8_t* block, Numbers& out);
  double bits_per_param;
  const Mode* mode = nullptr;  // which quantizes to it
  double implied = 0;          // bits a parameter that planes have and blocks leave out
};

inline GgmlType type_of(const std::string& name, const Mode& mode, int block_weights,
                        int block_bytes, void (*unpack)(const std::uint8_t*, Numbers&),
                        double bits_per_param) {
  return {name,        mode.format, mode.block_size, block_weights,
          block_bytes, unpack,      bits_per_param,  &mode};
}

inline const GgmlType kGgmlTypes[] = {
    type_of("q4_0", kQ4_0, 32, 18, test::q4_0, 4.5),
    type_of("q4_1", kQ4_1, 32, 20, test::q4_1, 5),
    type_of("q5_0", kQ5_0, 32, 22, test::q5_0, 5.5),
    type_of("q5_1", kQ5_1, 32, 24, test::q5_1, 6),
    type_of("q8_0", kQ8_0, 32, 34, test::q8_0, 8.5),
    type_of("q2_K", kQ2_K, 256, 84, test::q2_k, 2.625),
    type_of("q3_K", kQ3_K, 256, 110, test::q3_k, 3.4375),
    type_of("q4_K", kQ4_K, 256, 144, test::q4_k, 4.5),
    type_of("q5_K", kQ5_K, 256, 176, test::q5_k, 5.5),
    type_of("q6_K", kQ6_K, 256, 210, test::q6_k, 6.5625),
    type_of("iq4_nl", kIq4_nl, 32, 18, test::iq4_nl, 4.5),
    type_of("iq4_xs", kIq4_xs, 256, 136, test::iq4_xs, 4.25),
    type_of("tq1_0", kTq1_0, 256, 54, test::tq1_0, 1.6875),
    type_of("tq2_0", kTq2_0, 256, 66, test::tq2_0, 2.0625),
    type_of("q1_0", kQ1_0, 128, 18, test::q1_0, 1.125),
    type_of("q2_0", kQ2_0, 64, 18, test::q2_0, 2.25),
    type_of("mxfp4", kMxfp4Ggml, 32, 17, test::mxfp4, 4.25),
    type_of("nvfp4", kNvfp4OneLevel, 64, 36, test::nvfp4, 4.5),
    {"iq3_s", kIq3_s, 32, 256, 110, test::iq3_s, 3.4375},
    {"iq3_xxs", kIq3_xxs, 32, 256, 98, test::iq3_xxs, 3.0625, nullptr, 0.125},  // every eighth sign
    {"iq2_s", kIq2_s, 16, 256, 82, test::iq2_s, 2.5625},
};

inline QuantizedMatrix read_blocks(const GgmlType& type, const std::vector<std::uint8_t>& blocks,
                                   std::int64_t rows, std::int64_t cols) {
  const auto size = static_cast<std::size_t>(type.block_bytes);
  REQUIRE(static_cast<std::int64_t>(blocks.size()) ==
          rows * cols / type.block_weights * type.block_bytes);
  Numbers numbers;
  for (std::size_t at = 0; at < blocks.size(); at += size) type.unpack(blocks.data() + at, numbers);
  return test::planes(type.format, type.group, rows, cols, numbers);
}

}  // namespace qbench::as_data
