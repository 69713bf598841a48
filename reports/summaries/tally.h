// SPDX-License-Identifier: Apache-2.0
// Tally: what is said of many results, each thing once, with whom it is about.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace qbench {

struct Told {
  std::string key, what;
  bool varies;                        // `what` is the first of several
  std::vector<std::string> subjects;  // each once, in the order of their first; none is empty
  std::size_t times;
};

class Tally {
 public:
  // The first `what` of a key stays.
  void add(const std::string& key, const std::string& what, const std::string& subject);
  const std::vector<Told>& all() const { return all_; }  // in the order of their first
  std::size_t total() const { return total_; }

 private:
  std::vector<Told> all_;
  std::size_t total_ = 0;
};

// "a, b, c and 4 more"
std::string first_few(std::span<const std::string> names, std::size_t most);

}  // namespace qbench
