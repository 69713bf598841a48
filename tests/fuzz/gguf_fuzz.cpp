// SPDX-License-Identifier: Apache-2.0
// libFuzzer's entry: whatever the bytes are, they are read as GGUF, or refused with one printable
// line; and blocks that are read to planes are written as they were.
#include <algorithm>
#include <cstdint>
#include <span>
#include <stdexcept>

#include "suites/checkpoints/containers/containers.h"
#include "suites/checkpoints/gguf/gguf.h"
#include "suites/checkpoints/tensors/stored_tensor.h"
#include "tests/fuzz/checks.h"

namespace {

using namespace qbench;
using namespace qbench::fuzz;

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

// A weight that is usable must be decoded, and packed to the bytes of the file.
void check_blocks(const Tensor& tensor) try {
  const Module module = {.name = tensor.name, .parts = {{"", tensor}}, .config = nullptr};
  if (!kGguf.holds(module)) return;
  const Tensor weight = stored_tensor(tensor.name, module);
  if (const std::string why = weight.unusable(); !why.empty()) return check_message(why);
  check_layouts(weight);
  const std::vector<NewTensor> packed = kGguf.pack(stored_weight(weight), tensor.name);
  require(packed.size() == 1 && packed[0].dtype == tensor.dtype);
  require(std::ranges::equal(packed[0].bytes, tensor.bytes));
} catch (const std::runtime_error&) {
  require(false);
}

void read_tensors(std::span<const std::byte> file) {
  std::size_t covered = 0;
  for (const Tensor& tensor : parse_gguf(file)) {
    touch(tensor.bytes);
    covered += tensor.bytes.size();
    check_blocks(tensor);
  }
  require(covered < file.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> file = std::as_bytes(std::span(data, size));
  check(read_header, file);
  check(read_tensors, file);
  return 0;
}
