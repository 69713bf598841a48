// SPDX-License-Identifier: Apache-2.0
// libFuzzer's entry: whatever the bytes are, they are read as GGUF, or refused with one printable
// line; and blocks that are read to planes are written as they were.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <stdexcept>
#include <string_view>

#include "reports/text/text.h"
#include "suites/checkpoints/containers/gguf.h"
#include "suites/checkpoints/gguf/gguf.h"

namespace {

using namespace qbench;

void require(bool condition) {
  if (!condition) std::abort();
}

// AddressSanitizer sees a read outside the file; the xor keeps the reads.
void touch(std::span<const std::byte> bytes) {
  std::byte all{};
  for (const std::byte byte : bytes) all ^= byte;
  volatile std::byte kept = all;
  static_cast<void>(kept);
}

// A refusal, which must be one line of printable text.
template <class Read>
void check(Read read) {
  try {
    read();
  } catch (const std::runtime_error& error) {
    const std::string_view message = error.what();
    require(!message.empty());
    require(printable(message) == message);
  }
}

void read_header(std::span<const std::byte> file) {
  const GgufHeader header = parse_gguf_header(file);
  std::size_t bytes = 0;
  for (const GgufKeyValue& each : header.key_values) {
    touch(each.value);
    require(header.find(each.key) == &each);
    require(!(header.whole_number(each.key) && header.text(each.key)));
    bytes += 8 + each.key.size() + 4 + each.value.size();
  }
  require(bytes == header.key_bytes.size());
  require(header.data_begin % header.alignment == 0);
}

void read_blocks(const Tensor& tensor) {
  Module module;
  module.name = tensor.name;
  module.parts[""] = tensor;
  if (!gguf_container().holds(module)) return;
  const StoredWeight weight = gguf_container().unpack(module);
  require(weight.planes.rows * weight.planes.cols == tensor.rows() * tensor.cols());
  const std::vector<NewTensor> tensors = gguf_container().pack(weight, tensor.name);
  require(tensors.size() == 1 && tensors[0].dtype == tensor.dtype);
  require(std::ranges::equal(tensors[0].bytes, tensor.bytes));
}

void read_tensors(std::span<const std::byte> file) {
  std::size_t covered = 0;
  for (const Tensor& tensor : parse_gguf(file)) {
    touch(tensor.bytes);
    covered += tensor.bytes.size();
    check([&] { read_blocks(tensor); });
  }
  require(covered < file.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> file = std::as_bytes(std::span(data, size));
  check([&] { read_header(file); });
  check([&] { read_tensors(file); });
  return 0;
}
