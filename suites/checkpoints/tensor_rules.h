// SPDX-License-Identifier: Apache-2.0
// TensorRules: which tensors of a checkpoint are taken, beyond the pattern after its path, and how.
#pragma once

#include <list>
#include <set>
#include <string>
#include <vector>

#include "suites/checkpoints/tensor.h"

namespace qbench {

// One --layout.
struct LayoutRule {
  std::string pattern;  // RE2, unanchored
  Layout layout;        // not Layout::matrix
  std::string text;     // as typed
};
// "REGEX=stack", "REGEX=convolution" or "REGEX=transposed"; the last '=' divides. Throws
// std::invalid_argument with one line.
LayoutRule parse_layout_rule(const std::string& text);

struct TensorRules {
  bool linear_only = false;  // --tensors linear: those whose why_not_in_totals is empty
  std::vector<std::string> exclude = {};  // --exclude: RE2, unanchored
  int min_rank = 0;                       // --min-rank
  std::vector<LayoutRule> layouts = {};   // the first that matches a name decides
};

// Applies the rules to one checkpoint and keeps count of what each of them did. All errors are
// std::runtime_error with one line.
class AppliedRules {
 public:
  // Throws on a bad pattern.
  explicit AppliedRules(const TensorRules& rules);
  ~AppliedRules();

  // By its name alone, so that an excluded tensor need not be there.
  bool excludes(const std::string& name);
  // Drops what --tensors and --min-rank leave out, and sets the layouts of the rest.
  // Throws where a layout does not fit a tensor.
  void apply(std::vector<Tensor>& tensors);
  // Throws where an exclusion or a layout did nothing.
  void check_effects() const;
  // "--exclude 'x' drops 3, --min-rank 2 drops 1"; empty where nothing was dropped.
  std::string dropped() const;

 private:
  struct Exclusion;
  struct Override;

  bool drops(const Tensor& tensor);
  void set_layout(Tensor& tensor);

  bool linear_only_;
  int min_rank_;
  std::size_t not_linear_ = 0, low_rank_ = 0;  // dropped
  std::list<Exclusion> exclusions_;
  std::list<Override> overrides_;
  std::vector<std::string> examples_;  // names seen, for errors
};

}  // namespace qbench
