// SPDX-License-Identifier: Apache-2.0
// The files that torchao, torch and hqq wrote, as planes.
#pragma once

#include "tests/formats/floats.h"
#include "tests/formats/planes.h"
#include "tests/golden.h"

namespace qbench::test {

inline const std::string kTorchao = "torchao_golden";
inline const char* const kNoTorchao = "there is no ../shared/torchao_golden";
inline const std::string kTorchaoFile = kTorchao + "/outputs.safetensors";
inline const std::string kTorchaoInputs[] = {"normal", "student_t", "outliers", "edge"};

// The element formats of MX, and the modes of each by the rules that torchao has.
inline const std::string kRules[] = {"floor", "rceil", "even", "ceil"};
struct Element {
  std::string name;
  const Mode* by_rule[4];
};
inline const Element kElements[] = {
    {"e4m3", {&kMxfp8, &kMxfp8Rceil, &kMxfp8Even, &kMxfp8Ceil}},
    {"e5m2", {&kMxfp8E5M2, &kMxfp8E5M2Rceil, &kMxfp8E5M2Even, &kMxfp8E5M2Ceil}},
    {"e2m1", {&kMxfp4, &kMxfp4Rceil, &kMxfp4Even, &kMxfp4Ceil}},
    {"e2m3", {&kMxfp6, &kMxfp6Rceil, &kMxfp6Even, &kMxfp6Ceil}},
    {"e3m2", {&kMxfp6E3M2, &kMxfp6E3M2Rceil, &kMxfp6E3M2Even, &kMxfp6E3M2Ceil}}};

inline const std::pair<std::string, const Mode*> kFp8Keys[] = {{"/fp8-e4m3/tensor/", &kFp8},
                                                               {"/fp8-e4m3/row/", &kFp8Row},
                                                               {"/fp8-e5m2/tensor/", &kFp8E5M2},
                                                               {"/fp8-e5m2/row/", &kFp8E5M2Row}};

// The bits of f32 numbers, or bytes; nothing where there is no such tensor.
inline std::vector<std::int64_t> stored_numbers(const Golden& golden, const std::string& name) {
  std::vector<std::int64_t> out;
  if (!golden.has(name)) return out;
  if (golden.tensor(name).dtype == "F32")
    for (const auto number : golden.numbers<std::uint32_t>(name)) out.push_back(number);
  else
    for (const auto number : golden.numbers<std::uint8_t>(name)) out.push_back(number);
  return out;
}

// Codes of E2M1 lie two a byte, others have a byte each.
inline std::vector<std::int64_t> torchao_codes(const Golden& golden, const std::string& name,
                                               std::int64_t count) {
  const auto bytes = golden.bytes(name);
  if (static_cast<std::int64_t>(bytes.size()) == count) return stored_numbers(golden, name);
  const auto codes = nibbles(bytes, count, Packing::low_first);
  return {codes.begin(), codes.end()};
}

// `key` ends in a slash: the tensors below it.
inline QuantizedMatrix torchao_planes(const Golden& golden, const std::string& key,
                                      const Format& format, int block_size) {
  const auto& shape = golden.tensor(key + "dequantized").shape;
  return planes(format, block_size, shape[0], shape[1],
                {.codes = torchao_codes(golden, key + "codes", shape[0] * shape[1]),
                 .scales = stored_numbers(golden, key + "scales"),
                 .outer = stored_numbers(golden, key + "tensor_scale"),
                 .zeros = stored_numbers(golden, key + "zeros")});
}

}  // namespace qbench::test
