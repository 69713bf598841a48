// SPDX-License-Identifier: Apache-2.0
// Classifies a tensor by its rank and name.
#include "suites/checkpoints/tensor_scope.h"

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
#include "suites/checkpoints/tensor_names.inc"
};

struct NamePattern {
  std::string noun;
  RE2 pattern;
};

// Compiles the patterns into a list, because an RE2 can be neither copied nor moved.
std::list<NamePattern> compiled() {
  std::list<NamePattern> patterns;
  for (const KnownName& known : kKnownNames) patterns.emplace_back(known.noun, known.pattern);
  return patterns;
}

}  // namespace

std::string why_not_in_totals(const Tensor& tensor) {
  if (tensor.shape.size() < 2) return "rank " + std::to_string(tensor.shape.size());
  static const std::list<NamePattern> patterns = compiled();
  for (const NamePattern& known : patterns)
    if (RE2::PartialMatch(tensor.name, known.pattern)) return known.noun;
  return "";
}

}  // namespace qbench
