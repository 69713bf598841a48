// SPDX-License-Identifier: Apache-2.0
// The runtimes: transformers' quantizers, Lightning Fabric's precision plugin, llama-quant.cpp.
#include "harness/memory/runtime.h"

#include <utility>

namespace qbench {

// integrations/bitsandbytes.py of transformers: nn.Linear and Conv1D but the output embedding. A
// prompt's products dequantize a matrix whole (bitsandbytes' matmul_4bit).
const Runtime kBitsandbytes = {
    .name = "transformers + bitsandbytes",
    .leaves = "linear layers but the head; embeddings, head, norms, biases, routers stay 16 bit",
    .loading = {2, "in 16 bit before it is quantized"},
    .loading_int8 = {2, "in 16 bit before it is quantized"},
    .product = {2, "dequantized to 16 bit"},
    .trains = true};

const Runtime kPackedFiles = {
    .name = "packed checkpoints (compressed-tensors, ModelOpt, GPTQ, AWQ)",
    .leaves = "linear layers but the head; the rest stays 16 bit; kernels read codes"};

// BitsandbytesPrecision of Lightning Fabric: every nn.Linear. Weights go through fp16 on their way:
// int8 keeps the fp16 matrix and both of Int8Params' copies (CB, CBt) until the layer is done; the
// 4-bit modes have their matrix in half and in bf16 while a prompt is multiplied. The latter is
// inferred from the size that LitGPT publishes.
const Runtime kLightning = {
    .name = "Lightning Fabric (LitGPT)",
    .leaves = "every linear layer, the head too, which is never tied; embeddings, norms 16 bit",
    .head = true,
    .own_head = true,
    .loading = {2, "in fp16 before it is quantized"},
    .loading_int8 = {4, "in fp16 and in two int8 copies"},
    .product = {4, "dequantized to half, then to bf16"},
    .trains = true};

const Runtime kLlamaCpp = {
    .name = "llama.cpp",
    .leaves = "all matrices, embedding too; head Q6_K (but of Q8_0), norms and biases f32",
    .head = true,
    .embedding = true,
    .vector_bits = 32,
    .chunk = 512};

const Runtime& runtime_of(const Mode& mode) {
  static constexpr std::pair<std::string_view, const Runtime*> kByFamily[] = {
      {"plain", &kBitsandbytes},
      {"bitsandbytes", &kBitsandbytes},
      {"lightning", &kLightning},
      {kLlamaCppFamily, &kLlamaCpp}};
  for (const auto& [family, runtime] : kByFamily)
    if (mode.family == family) return *runtime;
  return kPackedFiles;
}

}  // namespace qbench
