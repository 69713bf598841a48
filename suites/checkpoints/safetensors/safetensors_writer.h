// SPDX-License-Identifier: Apache-2.0
// SafetensorsWriter: writes a safetensors file as the library does, one tensor at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace qbench {

class NewFile;

// What the header says of a tensor.
struct TensorHeader {
  std::string name;
  std::string dtype;
  std::vector<std::int64_t> shape;
};

class SafetensorsWriter {
 public:
  // Begins a temporary file beside `path`: tensors of wide dtypes come first, as the library has
  // it, then by name, whatever the order in which they are given. Throws std::runtime_error with
  // one line that names the path: a name twice, an unknown dtype, a size that is no whole number of
  // bytes, or the system's reason why it cannot be written.
  SafetensorsWriter(std::string path, std::vector<TensorHeader> tensors,
                    const std::map<std::string, std::string>& metadata = {});
  // Without finish(), nothing remains.
  ~SafetensorsWriter();

  // The bytes of one tensor, in any order of tensors. Throws if there is none of that name, its
  // size is another, it is there already, or the disk is full.
  void write(const std::string& name, std::span<const std::byte> bytes);
  // Brings the file to the disk and to its path, in place of what was there. Throws if a tensor is
  // missing.
  void finish();

 private:
  struct Place {
    std::int64_t begin, size;
    bool written = false;
  };

  [[noreturn]] void fail(const std::string& message) const;

  std::string path_;
  std::unique_ptr<NewFile> file_;
  std::map<std::string, Place> places_;
};

}  // namespace qbench
