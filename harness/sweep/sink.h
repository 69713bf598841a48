// SPDX-License-Identifier: Apache-2.0
// Sink: receives the results of a sweep as they are made: a journal, progress, reports.
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
  // Called after the last result. False, after an error message, if something could not be written.
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

// The sinks of a command line with so many cases: journal, `results`, progress and reports. Results
// reach them with speedups filled in. All arguments outlive the sinks. Throws std::runtime_error if
// the journal cannot be opened.
std::unique_ptr<Sink> sinks_of(const Options& options, const Environment& environment,
                               std::size_t cases, std::vector<Result>& results);

}  // namespace qbench
