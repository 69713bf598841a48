// SPDX-License-Identifier: Apache-2.0
// libFuzzer's entry: a line of JSON, which is a config or empty, and the bytes of a safetensors
// file. Whatever they are, weights in containers are decoded and packed again, or refused with one
// printable line.
#include <algorithm>
#include <cstdint>
#include <cstring>

#include "suites/checkpoints/safetensors/safetensors.h"
#include "suites/checkpoints/tensors/modules.h"
#include "suites/checkpoints/tensors/stored_tensor.h"
#include "tests/fuzz/checks.h"

namespace {

using namespace qbench;
using namespace qbench::fuzz;

// A module whose parts point to the tensors.
Module module_of(const std::vector<NewTensor>& tensors, const Module& like) {
  Module module = {.name = like.name, .parts = {}, .config = like.config};
  for (const auto& [part, tensor] : like.parts)
    for (const NewTensor& made : tensors)
      if (made.name == tensor.name)
        module.parts.emplace(
            part,
            Tensor{
                .name = made.name, .dtype = made.dtype, .shape = made.shape, .bytes = made.bytes});
  return module;
}

void check_same(const QuantizedMatrix& a, const QuantizedMatrix& b) {
  for_each_plane(a, b, [](Plane, const auto& of_a, const auto& of_b) {
    require(std::ranges::equal(of_a, of_b));
  });
}

// A weight that is usable must be decoded and packed without an error.
void check_stored(const Tensor& tensor) try {
  check_layouts(tensor);
  const StoredTensor& stored = *tensor.stored;
  const StoredWeight weight = stored_weight(tensor);
  const std::vector<NewTensor> packed = stored.container->pack(weight, stored.module.name);
  check_same(stored.container->unpack(module_of(packed, stored.module)).planes, weight.planes);
} catch (const std::runtime_error&) {
  require(false);
}

void read_file(std::span<const std::byte> input) {
  const auto* line = std::find(input.data(), input.data() + input.size(), std::byte{'\n'});
  const std::size_t length = static_cast<std::size_t>(line - input.data());
  if (length == input.size()) return;
  const auto config = length == 0 ? nullptr : parse_quantization_config(input.first(length));
  std::vector<Tensor> tensors = parse_safetensors(input.subspan(length + 1));
  for (const Tensor& tensor : assembled(std::move(tensors), [&] { return config; })) {
    const std::string why = tensor.unusable();
    if (!why.empty())
      check_message(why);
    else if (tensor.stored)
      check_stored(tensor);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check(read_file, std::as_bytes(std::span(data, size)));
  return 0;
}
