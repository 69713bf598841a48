// SPDX-License-Identifier: Apache-2.0
// Comparison: pairs of runs to rows, and rows to findings.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/gates/ab/pairs.h"
#include "harness/gates/ab/speed_policy.h"
#include "reports/findings/finding.h"

namespace qbench {

// What a threshold is a property of: the case, or the cases of a suite whose ratios are averaged,
// and the number of threads.
struct RowKey {
  std::string subject;  // the id of the case, or SUITE/geomean
  std::string text;     // names all of it in one word
};

class Comparison {
 public:
  // `delta` tells the threshold of a row.
  Comparison(SpeedPolicy policy, std::function<double(const RowKey&)> delta)
      : policy_(std::move(policy)), delta_(std::move(delta)) {}

  // Which cases have rows is decided by the first pair. In a later one a case without a time on
  // either side counts for nothing, a wrong one is a breach.
  void add(const Pair& pair);
  void look(bool last) { judge(rows_, policy_.rule, last); }
  bool done() const { return all_judged(rows_); }  // also where there is no row at all
  const std::vector<SpeedRow>& rows() const { return rows_; }
  const std::vector<RowKey>& keys() const { return keys_; }  // of the rows

  // One for each row, then for each case that has none, then for errors that differ. `command`
  // makes what runs a subject again, for those that are neither SAME nor FAST.
  std::vector<Finding> findings(
      const std::function<std::string(const std::string&)>& command) const;

 private:
  struct Compared {
    Result before, after;  // of the first pair
    std::vector<double> seconds_before = {}, seconds_after = {};
    std::string breach = {};  // why the new side's result was wrong in a later pair
    int missing = 0;          // pairs without a time
  };

  void begin(const Pair& pair);
  void begin_case(const Result* before, const Result& after);
  void begin_means();
  void add_row(RowKey key, std::string_view family);
  bool add_to(std::size_t row, const Result* before, const Result* after);
  void add_means(const std::vector<bool>& added);
  Finding finding_of(std::size_t row) const;
  Finding no_rows() const;
  Finding case_row_finding(Finding finding, std::size_t row) const;
  Finding mean_finding(Finding finding) const;
  bool is_of(std::size_t compared, const std::string& mean) const;

  SpeedPolicy policy_;
  std::function<double(const RowKey&)> delta_;
  std::vector<SpeedRow> rows_;      // of cases, then the means of suites
  std::vector<RowKey> keys_;        // of the rows
  std::vector<Compared> compared_;  // of the rows of cases
  std::vector<Finding> apart_;      // cases that have no row
  std::vector<Finding> errors_;     // that the first pair's differ
  bool begun_ = false;
};

}  // namespace qbench
