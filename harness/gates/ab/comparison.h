// SPDX-License-Identifier: Apache-2.0
// Comparison: collects pairs of runs into rows, and turns rows into findings.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/gates/ab/pairs.h"
#include "harness/gates/ab/speed_policy.h"
#include "reports/findings/finding.h"

namespace qbench {

// The key of a threshold: a case, or the suite whose ratios are averaged, and the number of
// threads.
struct RowKey {
  std::string subject;  // the id of the case, or SUITE/geomean
  std::string text;     // the whole key as one word
};

class Comparison {
 public:
  // `delta` returns the threshold of a row.
  Comparison(SpeedPolicy policy, std::function<double(const RowKey&)> delta)
      : policy_(std::move(policy)), delta_(std::move(delta)) {}

  // The first pair decides which cases have rows. In a later pair, a case without a time on either
  // side is ignored and a wrong result is a breach.
  void add(const Pair& pair);
  void look(bool last) { judge(rows_, policy_.rule, last); }
  bool done() const { return all_judged(rows_); }  // true without rows
  const std::vector<SpeedRow>& rows() const { return rows_; }
  const std::vector<RowKey>& keys() const { return keys_; }  // one per row

  // One finding for each row, each case without a row and each error that differs, in this order.
  // `command` makes the line that reruns a subject; findings that are SAME or FAST have none.
  std::vector<Finding> findings(
      const std::function<std::string(const std::string&)>& command) const;

 private:
  struct Compared {
    Result before, after;  // from the first pair
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
  std::vector<SpeedRow> rows_;      // cases, then means of suites
  std::vector<RowKey> keys_;        // one per row
  std::vector<Compared> compared_;  // one per row of a case
  std::vector<Finding> apart_;      // cases without a row
  std::vector<Finding> errors_;     // differences between the errors of the first pair
  bool begun_ = false;
};

}  // namespace qbench
