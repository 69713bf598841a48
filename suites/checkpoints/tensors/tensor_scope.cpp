// SPDX-License-Identifier: Apache-2.0
// Classifies a tensor by its rank and name.
#include "suites/checkpoints/tensors/tensor_scope.h"

#include <re2/re2.h>

#include <list>
#include <utility>

namespace qbench {
namespace {

struct KnownName {
  const char* noun;
  const char* pattern;
};
constexpr KnownName kKnownNames[] = {
#include "suites/checkpoints/tensors/tensor_names.inc"
};

struct NamePattern {
  explicit NamePattern(const KnownName& known) : noun(known.noun), pattern(known.pattern) {}

  std::string noun;
  RE2 pattern;
};

// Compiles the patterns into a list, because an RE2 can be neither copied nor moved.
std::list<NamePattern> compiled() {
  std::list<NamePattern> patterns;
  for (const KnownName& known : kKnownNames) patterns.emplace_back(known);
  return patterns;
}

// The noun of the name, or empty.
std::string noun_of(const std::string& name) {
  static const std::list<NamePattern> patterns = compiled();
  for (const NamePattern& known : patterns)
    if (RE2::PartialMatch(name, known.pattern)) return known.noun;
  return "";
}

}  // namespace

std::string why_not_in_totals(const Tensor& tensor) {
  if (tensor.shape.size() < 2) return "rank " + std::to_string(tensor.shape.size());
  return noun_of(tensor.name);
}

bool is_head(const std::string& name) {
  return noun_of(name) == "head" && !name.ends_with(".bias");
}

}  // namespace qbench
