// SPDX-License-Identifier: Apache-2.0
// Measurement by pairs: the same sweep in a process of the old side and one of the new side, in an
// order that is drawn for each pair. A sample is a whole process, because repetitions within one
// share its placement in memory and its clocks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/gates/ab/revisions.h"
#include "harness/process/process.h"
#include "reports/journal/journal.h"

namespace qbench {

struct Pair {
  JournalRun old_run, new_run;
};

class PairRunner {
 public:
  // `arguments` are the sweep's, the same for both sides; every case runs 7 times a process. The
  // seed determines the order within pair i. Every finished run is appended to `journal`, with
  // `side` and `pair` in its environment; an empty name means none.
  PairRunner(Side old_side, Side new_side, std::vector<std::string> arguments, std::uint64_t seed,
             std::string journal = {});

  // Runs the next pair. Throws std::runtime_error with the message of a failed side and the command
  // that reproduces it.
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

// Runs the sweep in one process of a side, each case 7 times. `prefix` comes before the program.
JournalRun run_side(const Side& side, const std::vector<std::string>& arguments,
                    const TemporaryFolder& folder, const Command& prefix = {});

}  // namespace qbench
