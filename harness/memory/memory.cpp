// SPDX-License-Identifier: Apache-2.0
// From a question to the page that answers it.
#include "harness/memory/memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "harness/memory/memory_page.h"
#include "harness/memory/published.h"
#include "reports/text/width.h"
#include "suites/checkpoints/models/model_source.h"

namespace qbench {
namespace {

// What adapters are trained on where no mode is named.
const std::vector<std::string> kTrained = {"bf16", "int8", "nf4", "nf4-dq", "fp4", "fp4-dq"};

void refuse_untrained(const std::vector<Recipe>& recipes) {
  for (const Recipe& recipe : recipes)
    if (!recipe.runtime->trains)
      throw std::invalid_argument(fmt::format(
          "--lora-rank: adapters are trained on plain modes and bitsandbytes', not on {}: leave "
          "it out",
          recipe.name));
}

}  // namespace

std::string memory_text(const MemoryQuestion& question, std::size_t width) {
  if (question.published) return published_page();
  const ModelShape shape = read_model(question.model);
  const bool trains = question.use.lora_rank > 0;
  const std::vector<Recipe> recipes =
      recipes_of(trains && question.modes.empty() ? kTrained : question.modes, shape);
  if (trains) refuse_untrained(recipes);
  return memory_page(shape, recipes, question.use, width);
}

int run_memory(const MemoryQuestion& question) {
  fmt::print("{}", memory_text(question, std::min(kMemoryWidth, table_width())));
  return 0;
}

}  // namespace qbench
