// SPDX-License-Identifier: Apache-2.0
// One overload for each kind of search: another alternative of Search does not compile until it has
// one. It says in one sentence what is tried for a group, over which of its constants, and what is
// kept.
#include "harness/explain/quantizer_text.h"

namespace qbench {
namespace {

SearchText in_words(std::monostate) { return {}; }

SearchText in_words(Fit (*)(std::span<const float>)) {
  return {.text = "a search over the weights of a group finds its step and its minimum",
          .from_statistic = false};
}

}  // namespace

SearchText search_text(const Search& search) {
  return std::visit([](const auto& how) { return in_words(how); }, search);
}

}  // namespace qbench
