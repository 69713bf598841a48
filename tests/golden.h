// SPDX-License-Identifier: Apache-2.0
// Golden: the tensors of a file in ../shared that other software wrote. Tests are skipped where the
// folder is absent.
#pragma once

#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "suites/checkpoints/checkpoint.h"

namespace qbench::test {

inline const std::string kShared = QBENCH_SOURCE_DIR "/../shared/";

inline bool absent(const std::string& folder) { return !std::filesystem::exists(kShared + folder); }

class Golden {
 public:
  // `file` is relative to ../shared.
  explicit Golden(const std::string& file) : checkpoint_({kShared + file}) {}

  bool has(const std::string& name) const { return checkpoint_.find(name) != nullptr; }
  const Tensor& tensor(const std::string& name) const {
    const Tensor* found = checkpoint_.find(name);
    if (found == nullptr) throw std::runtime_error("no tensor " + name);
    return *found;
  }
  Matrix matrix(const std::string& name) const { return to_matrix(tensor(name)); }
  std::span<const std::byte> bytes(const std::string& name) const { return tensor(name).bytes; }
  template <class T>
  std::vector<T> numbers(const std::string& name) const {
    std::vector<T> out(bytes(name).size() / sizeof(T));
    std::memcpy(out.data(), bytes(name).data(), bytes(name).size());
    return out;
  }

 private:
  Checkpoint checkpoint_;
};

}  // namespace qbench::test
