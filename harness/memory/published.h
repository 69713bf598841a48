// SPDX-License-Identifier: Apache-2.0
// Figures of memory that others published, and what the same arithmetic makes of them.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "harness/memory/estimate.h"

namespace qbench {

// LitGPT's tutorials/quantize.md: Falcon-7B on an A100, 256 tokens, torch's max_memory_allocated.
struct LitgptFigure {
  std::string_view mode;
  double gigabytes;
};
std::span<const LitgptFigure> litgpt_figures();
// What was run: Falcon-7B, with the use, in LitGPT's way.
Estimate estimate_of(const LitgptFigure& figure);

// llama.cpp's tools/quantize/README.md: bits per weight of Llama-3.1-8B, GiB of Llama-3-8B. 0: not
// published.
struct LlamaCppFigure {
  std::string_view type;
  double bits_per_weight = 0;
  double gibibytes = 0;
};
std::span<const LlamaCppFigure> llama_cpp_figures();
// GiB of a file: tensors, and key-values of the vocabulary.
double file_gibibytes(const ModelWeights& weights);

// GB that double quantization saves on LLaMA-65B; "about 3 GB" in QLoRA (arXiv 2305.14314, 3).
double saved_by_double_quantization();

// One screen of 100 columns and 40 lines.
std::string published_page();

}  // namespace qbench
