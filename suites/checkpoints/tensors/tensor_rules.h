// SPDX-License-Identifier: Apache-2.0
// TensorRules: selection and layout of a checkpoint's tensors, beyond the pattern after its path.
#pragma once

#include <list>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "suites/checkpoints/tensors/tensor.h"

namespace qbench {

// The value of one --layout.
struct LayoutRule {
  std::string pattern;  // RE2, unanchored
  Layout layout;        // not Layout::matrix
  std::string text;     // as typed
};
// Parses "REGEX=stack", "REGEX=convolution" or "REGEX=transposed", split at the last '='. Throws
// std::invalid_argument with one line.
LayoutRule parse_layout_rule(const std::string& text);

struct TensorRules {
  bool linear_only = false;               // --tensors linear: only those that totals count
  std::vector<std::string> exclude = {};  // --exclude: RE2, unanchored
  int min_rank = 0;                       // --min-rank
  std::vector<LayoutRule> layouts = {};   // the first match of a name decides
  bool keeps_excluded = false;  // those of --exclude are taken too, where their files are there
  std::string_view if_absent = "download it";  // what to do where a tensor's file is not there
};
inline constexpr std::string_view kDownloadOrExclude =
    "download it, or leave the tensor out with --exclude";

// Applies the rules to one checkpoint and counts their effects. Throws std::runtime_error with one
// line.
class AppliedRules {
 public:
  // Throws on a bad pattern.
  explicit AppliedRules(const TensorRules& rules);
  ~AppliedRules();

  // Decides by name alone, so that an excluded tensor need not exist.
  bool excludes(const std::string& name);
  bool drops_excluded() const { return !keeps_excluded_; }
  std::string_view if_absent() const { return if_absent_; }
  // Drops the tensors that --tensors and --min-rank leave out, and sets the layouts of the others.
  // Throws if a layout does not fit a tensor.
  void apply(std::vector<Tensor>& tensors);
  // Throws if an exclusion or a layout had no effect.
  void check_effects() const;
  // "--exclude 'x' drops 3, --min-rank 2 drops 1"; empty if nothing was dropped.
  std::string dropped() const;

 private:
  struct Exclusion;
  struct Override;

  bool drops(const Tensor& tensor);
  void set_layout(Tensor& tensor);

  bool linear_only_;
  int min_rank_;
  bool keeps_excluded_;
  std::string_view if_absent_;
  std::size_t not_linear_ = 0, low_rank_ = 0;  // numbers dropped
  std::list<Exclusion> exclusions_;
  std::list<Override> overrides_;
  std::vector<std::string> examples_;  // names seen, for errors
};

// A line on the first matrix that names and shapes tell to be a Conv1D of transformers (GPT-2),
// which is stored k x n, where it is read as an n x k one; empty: there is none.
std::string note_on_layouts(const std::vector<Tensor>& tensors);

}  // namespace qbench
