// SPDX-License-Identifier: Apache-2.0
// PlannedModel: a plan with the names of layers and modes, in the form in which programs that
// quantize take it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reference/mode.h"

namespace qbench {

struct PlannedLayer {
  std::string tensor;
  const Mode* mode;
  int block_size;
  std::int64_t bytes;
  double nmse;            // of the outputs, predicted
  bool is_linear = true;  // the weight of a linear layer
};

// A matrix that takes no part in the plan.
struct KeptTensor {
  std::string tensor;
  bool is_linear = true;  // the weight of a linear layer, such as the head
  std::string type = {};  // the mode that it has; empty: the checkpoint's own numbers
};

struct PlannedModel {
  std::vector<PlannedLayer> layers = {};
  std::vector<KeptTensor> kept = {};
  bool of_gguf = false;       // the tensors' names are GGUF's
  double bits_per_param = 0;  // of the layers
  double predicted_nmse = 0, checked_nmse = 0, bound_nmse = 0;
};

// What takes a plan, and its text in that form.
struct PlanFormat {
  std::string_view name;
  std::string_view summary;
  std::string_view modes;  // --modes of which it takes every plan; empty: of all
  bool takes_gguf;         // plans with names of GGUF
  // Throws std::invalid_argument with one line for a plan that the form cannot express.
  std::string (*write)(const PlannedModel&);
};
std::span<const PlanFormat> plan_formats();
const PlanFormat* find_plan_format(std::string_view name);  // nullptr if there is none

inline constexpr std::string_view kLlamaCppModes = "gguf,bf16", kBitsandbytesModes = "nf4,bf16",
                                  kCompressedTensorsModes = "int4,int8-ct,fp8-row,nvfp4,bf16";

std::string plan_json(const PlannedModel& plan);
std::string plan_for_llama_cpp(const PlannedModel& plan);
std::string plan_for_compressed_tensors(const PlannedModel& plan);
std::string plan_for_bitsandbytes(const PlannedModel& plan);

// Throws std::invalid_argument if a quantized layer is not a linear one, or if names are GGUF's.
void check_linear(const PlannedModel& plan, std::string_view program);
// The modules of linear layers that take no part in the plan.
std::vector<std::string> kept_modules(const PlannedModel& plan);

// Regular expressions, each of a whole name, that together match these names and no others. Names
// that differ in the first number between dots share one: ^model\.layers\.(0|1)\.mlp$.
std::vector<std::string> patterns_of(std::span<const std::string> names);

}  // namespace qbench
