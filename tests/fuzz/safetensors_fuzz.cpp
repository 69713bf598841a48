// SPDX-License-Identifier: Apache-2.0
// libFuzzer's entry: whatever the bytes are, they are read as safetensors, as an index, as .npy and
// as a config.json, or refused with one printable line.
#include <cstdint>

#include "suites/checkpoints/checkpoint_index.h"
#include "suites/checkpoints/models/model_config.h"
#include "suites/checkpoints/npy.h"
#include "suites/checkpoints/safetensors/safetensors.h"
#include "tests/fuzz/checks.h"

namespace {

using namespace qbench;
using namespace qbench::fuzz;

std::int64_t bytes_a_number(const Tensor& tensor) {
  return tensor.dtype == "F64" ? 8 : tensor.dtype == "F32" ? 4 : 2;
}

void check_usable(const Tensor& tensor) {
  if (!tensor.unusable().empty()) return;
  require(tensor.rows() * tensor.cols() * bytes_a_number(tensor) == std::ssize(tensor.bytes));
  check_layouts(tensor);
}

void read_tensors(std::span<const std::byte> file) {
  std::size_t covered = 0;
  for (const Tensor& tensor : parse_safetensors(file)) {
    touch(tensor.bytes);
    covered += tensor.bytes.size();
    check_usable(tensor);
  }
  require(covered < file.size());
}

void read_npy(std::span<const std::byte> file) {
  if (is_npy(file)) check_usable(parse_npy(file, "a"));
}

// No file of an index may lie outside its folder.
void read_index(std::span<const std::byte> file) {
  for (const auto& [tensor, name] : parse_index(file)) {
    require(!name.empty() && !name.starts_with('/') && !name.ends_with('/'));
    require(("/" + name + "/").find("/../") == name.npos);
    require(("/" + name + "/").find("/./") == name.npos);
  }
}

void read_config(std::span<const std::byte> file) {
  const ModelShape shape =
      shape_of_config({reinterpret_cast<const char*>(file.data()), file.size()}, "fuzz");
  require(shape.params() > 0 && shape.linear_params() <= shape.params());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> file = std::as_bytes(std::span(data, size));
  check(read_tensors, file);
  check(read_index, file);
  check(read_npy, file);
  check(read_config, file);
  return 0;
}
