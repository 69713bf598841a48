// SPDX-License-Identifier: Apache-2.0
// The figures as published, and the page beside them.
#include "harness/memory/published.h"

#include <fmt/format.h>

#include "harness/memory/memory_page.h"

namespace qbench {
namespace {

constexpr LitgptFigure kLitgpt[] = {{"fp32", 28.95},  {"bf16", 14.50}, {"nf4", 5.72},
                                    {"nf4-dq", 5.38}, {"fp4", 5.72},   {"fp4-dq", 5.38},
                                    {"int8", 8.70}};

constexpr LlamaCppFigure kLlamaCppFigures[] = {
    {"F16", 16.0005},         {"Q8_0", 8.5008, 7.96},   {"Q6_K", 6.5633, 6.14},
    {"Q5_K_M", 5.7036, 5.33}, {"Q5_K_S", 5.5704, 5.21}, {"Q5_1", 0, 5.65},
    {"Q5_0", 0, 5.21},        {"Q4_K_M", 4.8944, 4.58}, {"Q4_K_S", 4.6672, 4.37},
    {"Q4_1", 0, 4.78},        {"Q4_0", 0, 4.34},        {"IQ4_NL", 4.6818},
    {"IQ4_XS", 4.4597},       {"Q3_K_L", 4.2979, 4.03}, {"Q3_K_M", 0, 3.74},
    {"Q3_K_S", 3.6429, 3.41}, {"Q2_K", 3.1593, 2.96}};

constexpr double kVocabularyBytes = 7.8e6;  // of Llama 3's tokens and merges in a GGUF file

// 256 new tokens after a prompt of a few.
constexpr Use kLitgptUse = {.context = 264};

ModelShape model(std::string_view name) { return shape_of(*find_model(name)); }

std::string litgpt_lines() {
  std::string text =
      "LitGPT, Falcon-7B, A100, 256 tokens (tutorials/quantize.md), GB\n"
      "  mode    published resident   peak  differs  at the peak, beside the resident bytes\n";
  for (const LitgptFigure& figure : kLitgpt) {
    const Estimate e = estimate_of(figure);
    const Moment& peak = e.peak();
    text += fmt::format("  {:<8}{:>9.2f}{:>9}{:>7}{:>+7.1f} %  {}\n", figure.mode, figure.gigabytes,
                        amount(e.resident, kGigabytes), amount(peak.bytes, kGigabytes),
                        100 * (peak.bytes / 1e9 / figure.gigabytes - 1), peak.alive);
  }
  return text;
}

std::string number_or_blank(double value, int digits) {
  return value > 0 ? fmt::format("{:.{}f}", value, digits) : "-";
}

std::string llama_cpp_lines() {
  std::string text =
      "llama.cpp (tools/quantize/README.md)\n"
      "           bits/weight of Llama-3.1-8B        GiB of Llama-3-8B\n"
      "  type        published       here          published       here\n";
  const ModelShape shape = model("llama-3-8b");
  for (const LlamaCppFigure& figure : kLlamaCppFigures) {
    const std::string names[] = {std::string(figure.type)};
    const ModelWeights weights = weigh(shape, recipes_of(names, shape).front());
    text += fmt::format("  {:<11}{:>10}{:>11.4f}{:>19}{:>11.3f}\n", figure.type,
                        number_or_blank(figure.bits_per_weight, 4), bits_per_weight(shape, weights),
                        number_or_blank(figure.gibibytes, 2), file_gibibytes(weights));
  }
  return text;
}

}  // namespace

std::span<const LitgptFigure> litgpt_figures() { return kLitgpt; }
std::span<const LlamaCppFigure> llama_cpp_figures() { return kLlamaCppFigures; }

Estimate estimate_of(const LitgptFigure& figure) {
  const Recipe recipe = {std::string(figure.mode), find_mode(figure.mode), &kLightning, nullptr};
  return estimate(model("falcon-7b"), recipe, kLitgptUse);
}

double file_gibibytes(const ModelWeights& weights) {
  return (weights.total() + kVocabularyBytes) / (1 << 30);
}

double saved_by_double_quantization() {
  const ModelShape shape = model("llama-65b");
  const auto total = [&](const char* mode) {
    return weigh(shape, {mode, find_mode(mode), &kBitsandbytes, nullptr}).total();
  };
  return (total("nf4") - total("nf4-dq")) / 1e9;
}

std::string published_page() {
  return "Published figures of memory, and what qbench memory makes of them\n\n" + litgpt_lines() +
         fmt::format(
             "\nQLoRA (arXiv 2305.14314, 3): double quantization saves \"approximately 3 "
             "GB\" at 65B: here {:.2f}\n\n",
             saved_by_double_quantization()) +
         llama_cpp_lines();
}

}  // namespace qbench
