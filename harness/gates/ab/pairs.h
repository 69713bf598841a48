// SPDX-License-Identifier: Apache-2.0
// measure, by pairs: the same sweep in a process of the old side and in one of the new side, in an
// order that is drawn anew for each pair. The process is what is sampled: repetitions within one
// share its luck with memory and clocks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/gates/ab/revisions.h"
#include "harness/run/process.h"
#include "reports/journal/journal.h"

namespace qbench {

struct Pair {
  JournalRun old_run, new_run;
};

class PairRunner {
 public:
  // `arguments` are those of the sweep, the same for both sides; every case is run 7 times a
  // process. The order within pair i follows from the seed. `journal` gets every run as it ends,
  // its environment with `side` and `pair`; empty: none.
  PairRunner(Side old_side, Side new_side, std::vector<std::string> arguments, std::uint64_t seed,
             std::string journal = {});

  // The next pair. Throws std::runtime_error with what a side said and how to see it again.
  Pair next();

 private:
  JournalRun run(const Side& side, const char* name);

  Side old_side_, new_side_;
  std::vector<std::string> arguments_;
  std::uint64_t seed_;
  std::string journal_;
  bool journal_begun_ = false;
  std::uint32_t pairs_ = 0;
  TemporaryFolder folder_;
};

// One process of a side: its sweep, with each case run 7 times. `prefix` comes before the program.
JournalRun run_side(const Side& side, const std::vector<std::string>& arguments,
                    const TemporaryFolder& folder, const Command& prefix = {});

}  // namespace qbench
