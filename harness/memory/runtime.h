// SPDX-License-Identifier: Apache-2.0
// Runtime: the software that holds a model in a mode: what it leaves alone, and what it needs
// beside the weights while it loads and runs.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "reference/mode.h"

namespace qbench {

// A temporary copy of one matrix beside the weights, in bytes a weight.
struct Copies {
  double bytes = 0;             // 0: none
  std::string_view cause = {};  // follows the name of the matrix
};

struct Runtime {
  std::string_view name;
  std::string_view leaves;   // what it leaves alone, and by which rule
  bool head = false;         // it quantizes the output layer
  bool embedding = false;    // and the embedding
  bool own_head = false;     // a head that is tied to the embedding lies in memory twice
  int vector_bits = 16;      // of norms, biases, routers, positions
  std::int64_t chunk = 0;    // the most tokens of a prompt that go through a layer at once; 0: all
  Copies loading = {};       // while a matrix is loaded
  Copies loading_int8 = {};  // of a mode that quantizes activations
  Copies product = {};       // while a matrix is multiplied by a prompt; not of such a mode
  bool trains = false;       // adapters can be trained on what it quantized
};

inline constexpr std::string_view kLlamaCppFamily =
    "gguf";  // the family whose modes are llama.cpp's

// transformers with bitsandbytes replaces linear modules but the output layer; with
// compressed-tensors, ModelOpt, GPTQ, AWQ and FP8 files are packed already and kernels read codes.
extern const Runtime kBitsandbytes, kPackedFiles, kLightning, kLlamaCpp;

// The runtime that a mode is used with most.
const Runtime& runtime_of(const Mode& mode);

}  // namespace qbench
