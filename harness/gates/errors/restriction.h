// SPDX-License-Identifier: Apache-2.0
// Restriction: selects cases of a ledger by the options of a sweep, if no suite is named.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/cli/options.h"

namespace re2 {
class RE2;
}

namespace qbench {

class IdParts;

// Decides by ids, so that cases that no longer exist are selected as well. Only typed options
// restrict. A shape NxK matches every m; device "auto" matches the CPU and every CUDA device.
class Restriction {
 public:
  explicit Restriction(const Options& options);
  bool leaves(std::string_view id) const;

  // "is of mode fp4 and matches --filter 'x'": describes the selected cases; empty: all.
  std::string text() const;

 private:
  struct Criterion {
    std::string words;  // "mode fp4"
    bool (*allows)(const Sweep&, const IdParts&);
  };

  Sweep sweep_;
  std::vector<Criterion> criteria_;
  std::string filter_;                       // may be empty
  std::shared_ptr<const re2::RE2> pattern_;  // compiled filter_
};

}  // namespace qbench
