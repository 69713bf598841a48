// SPDX-License-Identifier: Apache-2.0
// MappedFile: a file's bytes, read-only, in memory for as long as it lives.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace qbench {

class MappedFile {
 public:
  // Throws std::runtime_error that says why not, without the path: callers know it.
  explicit MappedFile(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::byte> bytes() const {
    return {static_cast<const std::byte*>(address_), size_};
  }

 private:
  void* address_ = nullptr;  // null where the file is empty
  std::size_t size_ = 0;
};

}  // namespace qbench
