// SPDX-License-Identifier: Apache-2.0
// Tally: collects remarks about many results, each once, with its subjects.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace qbench {

struct Remark {
  std::string key, what;
  bool varies;                        // others with this key differ from `what`
  std::vector<std::string> subjects;  // each once, in order of appearance, not empty
  std::size_t times;
};

class Tally {
 public:
  // Keeps the first `what` of a key.
  void add(const std::string& key, const std::string& what, const std::string& subject);
  const std::vector<Remark>& all() const { return all_; }  // in order of appearance
  std::size_t total() const { return total_; }

 private:
  std::vector<Remark> all_;
  std::size_t total_ = 0;
};

// "a, b, c and 4 more"
std::string first_few(std::span<const std::string> names, std::size_t most);

}  // namespace qbench
