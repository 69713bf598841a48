// SPDX-License-Identifier: Apache-2.0
// The table of suites.
#include "suites/suite.h"

namespace qbench {

const std::vector<Suite>& all_suites() {
  static const std::vector<Suite> suites = {
      {.name = "roundtrip",
       .summary = "quantize and dequantize: error, size and time of the weights alone",
       .op = Op::roundtrip,
       .m = {},
       .model = "llama-2-7b",
       .inputs = {Input::normal}},
      {.name = "quantize",
       .summary = "weights to codes and scales",
       .op = Op::quantize,
       .m = {},
       .model = "llama-2-7b",
       .inputs = {Input::normal}},
      {.name = "dequantize",
       .summary = "codes and scales to weights",
       .op = Op::dequantize,
       .m = {},
       .model = "llama-2-7b",
       .inputs = {Input::normal}},
      {.name = "gemv",
       .summary = "one token times quantized weights, as when a model decodes",
       .op = Op::matmul,
       .m = {1},
       .model = "llama-2-7b",
       .inputs = {Input::normal}},
      {.name = "gemm",
       .summary = "a batch of tokens times quantized weights",
       .op = Op::matmul,
       .m = {16},
       .model = "llama-2-7b",
       .inputs = {Input::normal}},
      {.name = "batch",
       .summary = "batches of 1 to 128 tokens times quantized weights: where bf16 overtakes",
       .op = Op::matmul,
       .m = {1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64, 128},
       .model = "llama-2-7b",
       .inputs = {Input::normal}},
      {.name = "decode",
       .summary = "a token through every linear layer of a model: tokens/s, resident memory",
       .op = Op::matmul,
       .m = {1},
       .model = "llama-2-7b",
       .inputs = {Input::normal},
       .whole_model = true},
      {.name = "qlora",
       .summary = "a layer with a low-rank adapter, as when QLoRA trains it: forward",
       .op = Op::lora_forward,
       .m = {16},
       .model = "llama-2-7b",
       .inputs = {Input::normal}},
      {.name = "qlora-backward",
       .summary = "the gradients of its activations and of the adapter's two matrices",
       .op = Op::lora_backward,
       .m = {16},
       .model = "llama-2-7b",
       .inputs = {Input::normal}},
  };
  return suites;
}

const Suite* find_suite(std::string_view name) {
  for (const Suite& suite : all_suites())
    if (suite.name == name) return &suite;
  return nullptr;
}

}  // namespace qbench
