// SPDX-License-Identifier: Apache-2.0
// Progress on stderr: one line that is rewritten on a terminal, lines elsewhere.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace qbench {

class Progress {
 public:
  // Without a terminal, one case of `every` has a line. With `quiet`, nothing is shown.
  explicit Progress(std::size_t cases, bool quiet, std::size_t every = 1);
  ~Progress();
  void begin(const std::string& id);  // announces the next case

 private:
  std::string left() const;  // an estimate of the remaining time
  std::size_t cases_, every_;
  bool quiet_;
  std::size_t begun_ = 0;
  bool terminal_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace qbench
