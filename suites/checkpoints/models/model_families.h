// SPDX-License-Identifier: Apache-2.0
// ModelFamily: how the numbers of an architecture stand in the config.json of a model_type.
#pragma once

#include <span>
#include <string_view>

#include "suites/checkpoints/models/config_keys.h"
#include "suites/models/model_shape.h"

namespace qbench {

// The keys of the numbers that every family has.
struct CommonKeys {
  const char* layers = "num_hidden_layers";
  const char* hidden = "hidden_size";
  const char* intermediate = "intermediate_size";
  const char* heads = "num_attention_heads";
};

struct ModelFamily {
  std::string_view type;   // model_type
  Architecture base = {};  // what has no key, and defaults of what has one
  // Adds what is particular to the family, after the common keys; nullptr: nothing.
  void (*refine)(const ConfigKeys&, Architecture&) = nullptr;
  CommonKeys keys = {};
};

std::span<const ModelFamily> model_families();

}  // namespace qbench
