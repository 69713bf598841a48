// SPDX-License-Identifier: Apache-2.0
// GgufWriter: writes a GGUF file, tensor by tensor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "suites/checkpoints/gguf/gguf_header.h"

namespace qbench {

class NewFile;

struct NewGgufTensor {
  std::string name;
  std::string dtype;                // a type's name: "Q4_K"
  std::vector<std::int64_t> shape;  // row-major
};

// Writes beside the path until `finish` puts the whole file in its place. Throws std::runtime_error
// with one line where the file cannot be written.
class GgufWriter {
 public:
  // The version, the key-values and the alignment are those of `like`, whose file must still be
  // mapped. Tensors lie in the order in which they are listed. Throws as well for a tensor that
  // GGUF cannot hold.
  GgufWriter(const std::string& path, const GgufHeader& like, std::vector<NewGgufTensor> tensors);
  ~GgufWriter();

  // The bytes of the next tensor, whole, or of its next piece. Throws std::logic_error beyond the
  // last tensor, and where a piece goes beyond its tensor.
  void write(std::span<const std::byte> bytes);
  // Throws std::logic_error unless all tensors are written.
  void finish();

 private:
  void write_header(const GgufHeader& like);
  void pad();
  void skip_finished();

  std::unique_ptr<NewFile> file_;
  std::vector<NewGgufTensor> tensors_;
  std::vector<std::int64_t> sizes_;  // bytes of the tensors
  std::uint64_t alignment_;
  std::uint64_t written_ = 0;  // bytes of the file
  std::size_t next_ = 0;       // the tensor that is being written
  std::int64_t of_next_ = 0;   // bytes of it that are written
};

}  // namespace qbench
