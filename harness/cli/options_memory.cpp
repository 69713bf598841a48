// SPDX-License-Identifier: Apache-2.0
// Interprets the options of memory.
#include <algorithm>
#include <cstdint>
#include <iterator>

#include "harness/cli/option_texts.h"

namespace qbench {
namespace {

constexpr std::int64_t kMost = std::int64_t{1} << 31;

std::int64_t whole(const char* option, const std::string& text, std::int64_t otherwise) {
  if (text.empty()) return otherwise;
  const auto value = number<std::int64_t>(option, text, 1, "a whole number from 1 on");
  if (value > kMost) fail(std::string(option) + ": '" + text + "' is too large");
  return value;
}

// The row of a table by its name; the first where nothing was typed.
template <class Row, std::size_t kRows>
const Row& row(const char* kind, const std::string& text, const Row (&rows)[kRows]) {
  if (text.empty()) return rows[0];
  const auto found = std::ranges::find(rows, lowered(text), &Row::name);
  if (found == std::end(rows))
    fail(unknown_name(kind, text, names_of(rows, [](const Row& each) { return each.name; })));
  return *found;
}

void check_together(const RawMemory& raw) {
  if (raw.model.empty() && !raw.published)
    fail(
        "memory: name a model, as in 'memory llama-3-8b' (--list models), or give its config.json "
        "or checkpoint");
  if (!raw.model.empty() && raw.published)
    fail("--published is of models of its own: leave out '" + raw.model + "'");
  if (raw.published && !(raw.modes.empty() && raw.context.empty() && raw.batch.empty()))
    fail("--published has modes, contexts and batches of its own: leave yours out");
  if (raw.lora_rank.empty() && !raw.optimizer.empty())
    fail("--optimizer is of adapters: give --lora-rank R");
  if (!raw.lora_rank.empty() && !raw.cache.empty())
    fail("--kv-dtype: training keeps no cache: leave it out beside --lora-rank");
}

}  // namespace

MemoryQuestion memory_question(const RawMemory& raw) {
  check_together(raw);
  MemoryQuestion question;
  question.model = raw.model;
  question.modes = raw.modes;
  question.published = raw.published;
  Use& use = question.use;
  question.own_context = raw.context.empty();
  use.context = whole("--context", raw.context, use.context);
  use.batch = whole("--batch", raw.batch, use.batch);
  use.lora_rank = whole("--lora-rank", raw.lora_rank, 0);
  use.cache = row("dtype of --kv-dtype", raw.cache, kCacheDtypes);
  use.optimizer = row("optimizer", raw.optimizer, kOptimizers);
  return question;
}

}  // namespace qbench
