// SPDX-License-Identifier: Apache-2.0
// Integers in groups along k, rounded to nearest: asymmetric with a zero point (the RTN baseline of
// GPTQ, arXiv 2210.17323, and AWQ, arXiv 2306.00978), symmetric, clipped, and with the real zero
// points of HQQ. int8-row is 8 bits a row. All have an f16 step a group but int8-row, whose is f32.
#pragma once

#include <array>

#include "reference/mode.h"

namespace qbench {

inline constexpr int kIntegerBlockSizes[] = {16,   32,   64,   128,       256,         512,
                                             1024, 2048, 4096, kWholeRow, kWholeTensor};

// Codes 0 .. 2^bits - 1 and a zero point of the same width.
constexpr Mode asymmetric_integers(int bits, std::string_view name, std::string_view summary,
                                   std::string_view used_by) {
  const Storage code = stored::unsigned_integer(bits);
  return {.name = name,
          .summary = summary,
          .family = "int",
          .used_by = used_by,
          .source = "round to nearest as in GPTQ (arXiv 2210.17323) and AWQ (arXiv 2306.00978)",
          .format = {.bits = bits,
                     .codec = code.codec,
                     .granularity = Granularity::group,
                     .scale = {.storage = stored::f16},
                     .zero = Zero::point,
                     .zero_number = {.storage = code}},
          .quantizer = {.statistic = Statistic::min_max,
                        .qmax = static_cast<float>((1 << bits) - 1),
                        .zero_step_is_one = true},
          .block_size = 128,
          .block_sizes = kIntegerBlockSizes};
}

// Codes -(2^(bits - 1) - 1) .. 2^(bits - 1) - 1, in two's complement; the least one is not used.
constexpr Mode symmetric_integers(int bits, std::string_view name, std::string_view summary,
                                  std::string_view used_by) {
  const int highest = (1 << (bits - 1)) - 1;
  return {.name = name,
          .summary = summary,
          .family = "int",
          .used_by = used_by,
          .source = "round to nearest, absmax of a group to the highest code",
          .format = {.bits = bits,
                     .codec = Integers{.lowest = -highest, .highest = highest},
                     .granularity = Granularity::group,
                     .scale = {.storage = stored::f16}},
          .quantizer = {.qmax = static_cast<float>(highest), .zero_step_is_one = true},
          .block_size = 128,
          .block_sizes = kIntegerBlockSizes};
}

// The same with all codes, down to -2^(bits - 1), and the step that compressed-tensors derives from
// both ends: absmax / (2^(bits - 1) - 1/2), at least f32's epsilon. The largest positive weight of
// a group is then half a step above the highest code.
constexpr Mode all_codes(Mode mode, std::string_view name, std::string_view summary,
                         std::string_view used_by) {
  const int highest = std::get<Integers>(mode.format.codec).highest;
  mode.name = name;
  mode.summary = summary;
  mode.used_by = used_by;
  mode.source = "compressed-tensors, and GPTQ's sym: absmax of a group to half of highest - lowest";
  mode.format.codec = stored::signed_integer(mode.format.bits).codec;
  mode.quantizer = {.qmax = static_cast<float>(highest) + 0.5f, .least_stored = 0x1p-23f};
  return mode;
}

// The range is 1 - i / 40 of the group's own, i = 0 .. 31.
constexpr Mode clipped(Mode mode, std::string_view name, std::string_view summary) {
  mode.name = name;
  mode.summary = summary;
  mode.source = "a clipping search as GPTQ and AWQ (arXiv 2306.00978) have, by squared error";
  mode.quantizer.search = Search(Clipping{.grid = 40});
  return mode;
}

// The step is found from the whole range; codes are rne(w / step + z) of a zero point z in f16.
constexpr Mode half_quadratic(Mode mode, std::string_view name, std::string_view summary) {
  mode.name = name;
  mode.summary = summary;
  mode.used_by = "hqq, transformers";
  mode.source = "HQQ (Badri and Shaji 2023), hqq's solver for l_0.7";
  mode.format.zero_number.storage = stored::f16;
  mode.quantizer = {.statistic = Statistic::range,
                    .rule = Rule::multiply,
                    .codes_from = CodesFrom::exact_scale,
                    .search = HalfQuadratic{}};
  mode.block_size = 64;
  return mode;
}

inline constexpr std::string_view kGptqSoftware = "AutoGPTQ, GPTQModel";
inline constexpr Mode kInt2 = asymmetric_integers(
    2, "int2", "asymmetric 2-bit integers, f16 step and 2-bit zero point per group along k",
    kGptqSoftware);
inline constexpr Mode kInt3 = asymmetric_integers(
    3, "int3", "asymmetric 3-bit integers, f16 step and 3-bit zero point per group along k",
    kGptqSoftware);
inline constexpr Mode kInt4 = asymmetric_integers(
    4, "int4", "asymmetric 4-bit integers, f16 step and 4-bit zero point per group along k",
    "GPTQ, AWQ, compressed-tensors, vLLM, ExLlama");
inline constexpr Mode kInt8Asym = asymmetric_integers(
    8, "int8-asym", "asymmetric 8-bit integers, f16 step and 8-bit zero point per group along k",
    kGptqSoftware);

inline constexpr Mode kInt2Sym = symmetric_integers(
    2, "int2-sym", "symmetric 2-bit integers -1, 0, 1, f16 step per group along k",
    "comparisons with ternary codes");
inline constexpr Mode kInt3Sym = symmetric_integers(
    3, "int3-sym", "symmetric 3-bit integers, f16 step per group along k", "research");
inline constexpr Mode kInt4Sym =
    symmetric_integers(4, "int4-sym", "symmetric 4-bit integers, f16 step per group along k",
                       "comparisons with int4-ct");
inline constexpr Mode kInt8Sym =
    symmetric_integers(8, "int8-sym", "symmetric 8-bit integers, f16 step per group along k",
                       "comparisons with int8-ct");

inline constexpr Mode kInt4Ct = all_codes(
    kInt4Sym, "int4-ct", "symmetric 4-bit integers, all 16 codes, f16 step per group along k",
    "llm-compressor, vLLM (Marlin), GPTQModel, torchao");
inline constexpr Mode kInt8Ct = all_codes(
    kInt8Sym, "int8-ct", "symmetric 8-bit integers, all 256 codes, f16 step per group along k",
    "llm-compressor, vLLM (Marlin), GPTQModel");

inline constexpr Mode kInt2Mse =
    clipped(kInt2, "int2-mse", "int2, each range clipped for the least squared error");
inline constexpr Mode kInt3Mse =
    clipped(kInt3, "int3-mse", "int3, each range clipped for the least squared error");
inline constexpr Mode kInt4Mse =
    clipped(kInt4, "int4-mse", "int4, each range clipped for the least squared error");
inline constexpr Mode kInt8AsymMse = clipped(
    kInt8Asym, "int8-asym-mse", "int8-asym, each range clipped for the least squared error");
inline constexpr Mode kInt2SymMse =
    clipped(kInt2Sym, "int2-sym-mse", "int2-sym, each range clipped for the least squared error");
inline constexpr Mode kInt3SymMse =
    clipped(kInt3Sym, "int3-sym-mse", "int3-sym, each range clipped for the least squared error");
inline constexpr Mode kInt4SymMse =
    clipped(kInt4Sym, "int4-sym-mse", "int4-sym, each range clipped for the least squared error");
inline constexpr Mode kInt8SymMse =
    clipped(kInt8Sym, "int8-sym-mse", "int8-sym, each range clipped for the least squared error");

inline constexpr Mode kInt2Hqq = half_quadratic(
    kInt2, "int2-hqq", "HQQ: 2-bit integers, f16 step and f16 zero point, found on the CPU");
inline constexpr Mode kInt3Hqq = half_quadratic(
    kInt3, "int3-hqq", "HQQ: 3-bit integers, f16 step and f16 zero point, found on the CPU");
inline constexpr Mode kInt4Hqq = half_quadratic(
    kInt4, "int4-hqq", "HQQ: 4-bit integers, f16 step and f16 zero point, found on the CPU");
inline constexpr Mode kInt8AsymHqq =
    half_quadratic(kInt8Asym, "int8-asym-hqq",
                   "HQQ: 8-bit integers, f16 step and f16 zero point, found on the CPU");

inline constexpr Mode kInt8Row = {.name = "int8-row",
                                  .summary = "weight-only 8-bit integers, f32 step per row",
                                  .family = "int",
                                  .used_by = "torchao, vLLM, TensorRT-LLM (W8A16)",
                                  .source = "round to nearest, absmax of a row to 127",
                                  .format = {.bits = 8,
                                             .codec = Integers{.lowest = -127, .highest = 127},
                                             .granularity = Granularity::row},
                                  .quantizer = {.qmax = 127, .zero_step_is_one = true}};

inline constexpr std::array kIntegerModes = {
    &kInt2,        &kInt2Mse, &kInt2Hqq,    &kInt2Sym,    &kInt2SymMse, &kInt3,
    &kInt3Mse,     &kInt3Hqq, &kInt3Sym,    &kInt3SymMse, &kInt4,       &kInt4Mse,
    &kInt4Hqq,     &kInt4Sym, &kInt4SymMse, &kInt4Ct,     &kInt8Asym,   &kInt8AsymMse,
    &kInt8AsymHqq, &kInt8Sym, &kInt8SymMse, &kInt8Ct,     &kInt8Row};

}  // namespace qbench
