// SPDX-License-Identifier: Apache-2.0
// Sink: what a sweep comes to goes there as it comes: a journal, progress, reports.
#pragma once

#include <memory>
#include <vector>

#include "harness/cli/options.h"
#include "reports/result.h"

namespace qbench {

class Sink {
 public:
  virtual ~Sink() = default;
  virtual void begin(const Case&) {}    // before the case starts
  virtual void add(const Result&) = 0;  // in the order of the sweep
  // After the last result. False where something could not be written, which has been told.
  virtual bool finish() { return true; }
};

// All results, in memory.
class ResultSink : public Sink {
 public:
  explicit ResultSink(std::vector<Result>& results) : results_(results) {}
  void add(const Result& result) override { results_.push_back(result); }

 private:
  std::vector<Result>& results_;
};

// The sinks of a command line, for so many cases: the journal, the results, progress and, in the
// end, the reports of the results, which have their speedups. All that is given outlives them.
// Throws std::runtime_error where the journal cannot be opened.
std::unique_ptr<Sink> sinks_of(const Options& options, const Environment& environment,
                               std::size_t cases, std::vector<Result>& results);

}  // namespace qbench
