// SPDX-License-Identifier: Apache-2.0
// OutFile: one file of weights that is written, from one that is read.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "harness/convert/conversion.h"

namespace qbench {

struct OutFile {
  std::string source;
  FileKind kind = FileKind::safetensors;
  std::vector<Conversion> conversions;  // in the order of the source
  std::vector<TensorHeader> headers;    // of all the tensors that are written

  std::int64_t bytes() const;  // of the tensors
};

// Safetensors or GGUF, by how the file begins.
FileKind kind_of_file(const std::string& path);

// What was written for a conversion, as it happens; throws to end the work.
using Written = std::function<void(const Conversion&, const ErrorSums&)>;

// Writes the file, a tensor at a time; nothing remains if it throws. `begin` is called before each
// tensor.
void write_out(const OutFile& file, const std::filesystem::path& path, const Target& target,
               const std::function<void(const Conversion&)>& begin, const Written& written);

}  // namespace qbench
