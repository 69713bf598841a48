// SPDX-License-Identifier: Apache-2.0
// libFuzzer's entry: whatever the bytes are, they are read as safetensors, as an index and as a
// config.json, or refused with one printable line.
#include <cstdint>
#include <cstdlib>
#include <span>
#include <stdexcept>
#include <string_view>

#include "reports/text/text.h"
#include "suites/checkpoints/checkpoint_index.h"
#include "suites/checkpoints/model_config.h"
#include "suites/checkpoints/safetensors.h"

namespace {

using namespace qbench;

void require(bool condition) {
  if (!condition) std::abort();
}

// AddressSanitizer sees a read outside the file; the xor keeps the reads.
std::byte touch(std::span<const std::byte> bytes) {
  std::byte all{};
  for (const std::byte byte : bytes) all ^= byte;
  return all;
}

void check_matrix(const Tensor& tensor) {
  require(tensor.rows() * tensor.cols() * (tensor.dtype == "F32" ? 4 : 2) ==
          std::ssize(tensor.bytes));
  require(tensor.rows() % tensor.slices() == 0);
  const Matrix matrix = to_matrix(tensor);
  touch(std::as_bytes(std::span(matrix.values.data(), matrix.values.size())));
}

void check_layouts(Tensor tensor) {
  check_matrix(tensor);
  if (tensor.shape.size() < 2) return;
  for (const Layout layout : {Layout::stack, Layout::convolution, Layout::transposed}) {
    tensor.layout = layout;
    check_matrix(tensor);
  }
}

// A refusal, which must be one line of printable text.
void check_message(std::string_view message) {
  require(!message.empty());
  require(printable(message) == message);
}

void read_tensors(std::span<const std::byte> file) {
  std::size_t covered = 0;
  for (const Tensor& tensor : parse_safetensors(file)) {
    volatile std::byte kept = touch(tensor.bytes);
    static_cast<void>(kept);
    covered += tensor.bytes.size();
    if (tensor.unusable().empty()) check_layouts(tensor);
  }
  require(covered < file.size());
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

template <class Read>
void check(Read read, std::span<const std::byte> file) {
  try {
    read(file);
  } catch (const std::runtime_error& error) {
    check_message(error.what());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> file = std::as_bytes(std::span(data, size));
  check(read_tensors, file);
  check(read_index, file);
  check(read_config, file);
  return 0;
}
