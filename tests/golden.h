// SPDX-License-Identifier: Apache-2.0
// Golden: the tensors of a file in ../shared that other software wrote, as they lie in it. Tests
// are skipped where the folder is absent.
#pragma once

#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "suites/checkpoints/mapped_file.h"
#include "suites/checkpoints/safetensors/safetensors.h"
#include "tests/tree.h"

namespace qbench::test {

inline const std::string kShared = in_tree("../shared/");

inline bool absent(const std::string& folder) { return !std::filesystem::exists(kShared + folder); }

class Golden {
 public:
  // `file` is relative to ../shared.
  explicit Golden(const std::string& file)
      : file_(kShared + file), tensors_(parse_safetensors(file_.bytes())) {}

  const std::vector<Tensor>& tensors() const { return tensors_; }
  std::span<const std::byte> file() const { return file_.bytes(); }
  bool has(const std::string& name) const { return find(name) != nullptr; }
  const Tensor& tensor(const std::string& name) const {
    const Tensor* found = find(name);
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
  const Tensor* find(const std::string& name) const {
    for (const Tensor& tensor : tensors_)
      if (tensor.name == name) return &tensor;
    return nullptr;
  }

  MappedFile file_;
  std::vector<Tensor> tensors_;
};

}  // namespace qbench::test
