// SPDX-License-Identifier: Apache-2.0
// Which cases of a ledger the options of a sweep leave, where no suite is named.
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

// By what the ids of cases say, so that cases that there are no longer are judged as well. Only
// options that were typed restrict; NxK leaves every m, "auto" the CPU and every CUDA device.
class Restriction {
 public:
  explicit Restriction(const Options& options);
  bool leaves(std::string_view id) const;

  // "is of mode fp4 and matches --filter 'x'": what cases are asked for; empty: all.
  std::string text() const;

 private:
  struct Criterion {
    std::string words;  // "mode fp4"
    bool (*allows)(const Sweep&, const IdParts&);
  };

  Sweep sweep_;
  std::vector<Criterion> criteria_;
  std::string filter_;                       // or empty
  std::shared_ptr<const re2::RE2> pattern_;  // of it
};

}  // namespace qbench
