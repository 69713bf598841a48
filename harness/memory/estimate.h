// SPDX-License-Identifier: Apache-2.0
// Estimate: the memory of a model in a recipe, resident and at its peak, with the peak's cause.
// Counted from sizes, not measured.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/memory/recipe.h"

namespace qbench {

struct CacheDtype {
  std::string_view name;
  double bits;  // a number, its share of scales included
};
// q8_0 and q4_0 are llama.cpp's.
inline constexpr CacheDtype kCacheDtypes[] = {
    {"fp16", 16}, {"bf16", 16}, {"fp8", 8}, {"q8_0", 8.5}, {"q4_0", 4.5}};

// Optimizers of adapters. The adapters' own numbers are f32.
struct Optimizer {
  std::string_view name;
  double state_bytes;  // a parameter
  bool paged = false;  // the state may leave the GPU
};
// 8 bits: two moments of a byte, each with an f32 scale for 256 (bitsandbytes' block-wise state).
inline constexpr Optimizer kOptimizers[] = {{"adamw", 8},
                                            {"adamw-8bit", 2 + 2 * 4.0 / 256},
                                            {"paged-adamw-8bit", 2 + 2 * 4.0 / 256, true},
                                            {"none", 0}};

// What the model is used for.
struct Use {
  std::int64_t context = 4096;  // tokens of a sequence; prompts and sequences of training have all
  std::int64_t batch = 1;       // sequences
  CacheDtype cache = kCacheDtypes[0];
  std::int64_t lora_rank = 0;  // 0: inference; else adapters of that rank are trained
  Optimizer optimizer = kOptimizers[0];
};

// Training of adapters on every linear layer. Bytes.
struct Training {
  double params = 0;  // of the adapters
  double adapters = 0, gradients = 0, state = 0;
  double checkpoints = 0;  // the input of every layer, for the backward pass

  double total(const Optimizer& optimizer) const {
    return adapters + gradients + (optimizer.paged ? 0 : state);
  }
};

// The memory that is allocated at one time.
struct Moment {
  std::string name;   // for a table: "load", "prompt"
  std::string alive;  // what is there beside the resident bytes, in words
  double bytes = 0;   // in all
  double beside = 0;  // of these: what `alive` names
};

struct Estimate {
  ModelWeights weights;
  double cache = 0;             // of inference
  Training training = {};       // all zeros in inference
  double resident = 0;          // weights, and the cache or what training keeps
  std::vector<Moment> moments;  // never empty

  const Moment& peak() const;  // the first of the largest
};

double cache_bytes(const CacheShape& cache, const Use& use);
Training training_of(const ModelShape& shape, const Use& use);

Estimate estimate(const ModelShape& shape, const Recipe& recipe, const Use& use);

// Bits of a parameter of the whole model: bits per weight, as llama.cpp counts them.
double bits_per_weight(const ModelShape& shape, const ModelWeights& weights);

// --- Cards

struct Card {
  int gigabytes;
  std::string_view names;
};
inline constexpr Card kCards[] = {
    {8, "RTX 4060"},      {11, "RTX 2080 Ti"},  {12, "RTX 3060"}, {16, "RTX 5080, T4"},
    {24, "RTX 4090, L4"}, {32, "RTX 5090"},     {40, "A100 40"},  {48, "RTX 6000 Ada, L40S"},
    {80, "A100, H100"},   {96, "RTX PRO 6000"}, {141, "H200"},    {192, "B200, MI300X"}};

// The smallest card whose gigabytes (10^9 bytes) hold so many; nullptr: none does.
const Card* smallest_card(double bytes);

}  // namespace qbench
