// SPDX-License-Identifier: Apache-2.0
// Comparison: pairs of runs to rows, and rows to findings.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "harness/gates/pairs.h"
#include "harness/gates/speed_policy.h"
#include "reports/finding.h"

namespace qbench {

// The seconds of a case in one process: the least of its runs on the CPU, where noise only adds;
// the median of the samples whose clock was accepted on a GPU.
std::optional<double> seconds_of(const Result& result);

const Result* find(const JournalRun& run, std::string_view id);  // nullptr: it has no such case

// A finding on a case as a whole; a breach is one of the errors gate.
Finding case_finding(std::string gate, Judgement judgement, const Result& result,
                     std::string reason);

// Why a case of the new side cannot be compared with that of the old one, if there is one.
std::optional<Finding> why_apart(const std::string& gate, const Result* before,
                                 const Result& after);

class Comparison {
 public:
  // `delta` tells the threshold of a row by its subject.
  Comparison(SpeedPolicy policy, std::function<double(const std::string&)> delta)
      : policy_(std::move(policy)), delta_(std::move(delta)) {}

  // Which cases have rows is decided by the first pair.
  void add(const Pair& pair);
  void look() { judge(rows_, policy_.rule); }
  bool done() const { return all_judged(rows_); }  // also where there is no row at all
  const std::vector<SpeedRow>& rows() const { return rows_; }

  // Of each row, then of each case that has none. `command` makes what runs a subject again.
  std::vector<Finding> findings(
      const std::function<std::string(const std::string&)>& command) const;

 private:
  struct Compared {
    Result before, after;  // of the first pair
    std::vector<double> seconds_before, seconds_after;
  };

  void begin(const Pair& pair);
  void begin_case(const Result* before, const Result& after);
  void begin_means();
  void add_to(std::size_t row, const Result* before, const Result* after);
  void add_means();
  Finding finding_of(std::size_t row) const;
  Finding mean_finding(Finding finding) const;

  SpeedPolicy policy_;
  std::function<double(const std::string&)> delta_;
  std::vector<SpeedRow> rows_;      // of cases, then the means of suites
  std::vector<Compared> compared_;  // of the rows of cases
  std::vector<Finding> apart_;      // cases that have no row
  bool begun_ = false;
};

}  // namespace qbench
