// SPDX-License-Identifier: Apache-2.0
// Types whose blocks a row does not fill, and those that take their place (llama-quant.cpp).
#include "suites/checkpoints/gguf/fitting_type.h"

#include <utility>

#include "suites/checkpoints/containers/gguf_layouts.h"

namespace qbench {
namespace {

constexpr std::pair<std::string_view, std::string_view> kInstead[] = {
    {"q4_k", "q5_0"}, {"q5_k", "q5_1"},  {"q6_k", "q8_0"},  {"q2_k", "q4_0"},
    {"q3_k", "q4_0"}, {"tq1_0", "q4_0"}, {"tq2_0", "q4_0"}, {"iq4_xs", "iq4_nl"}};

}  // namespace

const Mode& fitting_type(const Mode& type, std::int64_t k) {
  const GgufLayout* layout = find_gguf_layout(type.format, type.block_size);
  if (layout == nullptr || k % layout->weights == 0) return type;
  for (const auto& [from, to] : kInstead)
    if (type.name == from) return fitting_type(*find_mode(to), k);
  return *find_mode("fp16");
}

double bits_of_type(const Mode& type) {
  const GgufLayout* layout = find_gguf_layout(type.format, type.block_size);
  return layout == nullptr ? type.format.bits : 8.0 * layout->bytes / layout->weights;
}

}  // namespace qbench
