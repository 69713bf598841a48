// SPDX-License-Identifier: Apache-2.0
// MappedFile: the bytes of a file, mapped read-only while it lives.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace qbench {

class MappedFile {
 public:
  // Throws std::runtime_error with the reason, but without the path, which callers add.
  explicit MappedFile(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::byte> bytes() const {
    return {static_cast<const std::byte*>(address_), size_};
  }

 private:
  void* address_ = nullptr;  // nullptr if the file is empty
  std::size_t size_ = 0;
};

}  // namespace qbench
