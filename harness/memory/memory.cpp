// SPDX-License-Identifier: Apache-2.0
// From a question to the page that answers it.
#include "harness/memory/memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "harness/memory/memory_page.h"
#include "harness/memory/published.h"
#include "reports/text/width.h"
#include "suites/checkpoints/models/model_source.h"

namespace qbench {
namespace {

// The modes that adapters are trained on where none is named.
const std::vector<std::string> kTrained = {"bf16", "int8", "nf4", "nf4-dq", "fp4", "fp4-dq"};

// The most tokens for which the model has learned positions. (The embedding of token types has the
// same role, and two rows or so.)
std::int64_t positions_of(const ModelShape& shape) {
  std::int64_t most = 0;
  for (const Part& part : shape.parts)
    if (part.role == TensorRole::positions) most = std::max(most, part.n);
  return most > 0 ? most : std::numeric_limits<std::int64_t>::max();
}

Use use_of(const MemoryQuestion& question, const ModelShape& shape) {
  Use use = question.use;
  if (question.own_context) use.context = std::min(use.context, positions_of(shape));
  return use;
}

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
  return memory_page(shape, recipes, use_of(question, shape), width);
}

int run_memory(const MemoryQuestion& question) {
  fmt::print("{}", memory_text(question, std::min(kMemoryWidth, table_width())));
  return 0;
}

}  // namespace qbench
