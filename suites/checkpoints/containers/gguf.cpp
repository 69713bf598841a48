// SPDX-License-Identifier: Apache-2.0
// The container of GGUF's quantized tensors: blocks in one tensor, the only part, "", of its
// module.
#include "suites/checkpoints/gguf/gguf.h"

#include "suites/checkpoints/containers/containers.h"
#include "suites/checkpoints/containers/gguf_blocks.h"
#include "suites/checkpoints/fail_file.h"

namespace qbench {
namespace {

const Tensor& only_part(const Module& module) { return module.parts.begin()->second; }

bool holds(const Module& module) {
  if (module.parts.size() != 1 || !module.parts.begin()->first.empty()) return false;
  const GgufType* type = find_gguf_type(only_part(module).dtype);
  return type != nullptr && type->quantized();
}

const GgufLayout& layout_of(const Tensor& tensor) {
  const GgufLayout* layout = find_gguf_layout(tensor.dtype);
  if (layout == nullptr) fail_file("type " + tensor.dtype + " is not read yet");
  return *layout;
}

Description describe(const Module& module) {
  const Tensor& tensor = only_part(module);
  const GgufLayout& layout = layout_of(tensor);
  const std::int64_t bytes = gguf_bytes(*find_gguf_type(tensor.dtype), tensor.shape);
  if (bytes == 0) fail_file("has no elements");
  if (bytes != std::ssize(tensor.bytes)) fail_file("its bytes are not those of its shape");
  check_canonical(layout, tensor.bytes);
  return {.format = {std::shared_ptr<void>(), &layout.mode.format},
          .block_size = layout.mode.block_size,
          .shape = tensor.shape,
          .text = "gguf " + tensor.dtype};
}

StoredWeight unpack(const Module& module) {
  StoredWeight weight = room_for(describe(module));
  const Tensor& tensor = only_part(module);
  unpack_blocks(layout_of(tensor), tensor.bytes, weight.planes);
  return weight;
}

const GgufLayout& layout_for(const StoredWeight& weight) {
  if (const auto* layout = find_gguf_layout(*weight.format, weight.planes.block_size))
    return *layout;
  fail_file("GGUF has no type for this format");
}

std::vector<NewTensor> pack(const StoredWeight& weight, const std::string& module) {
  const GgufLayout& layout = layout_for(weight);
  const auto bytes =
      static_cast<std::size_t>(gguf_bytes(*find_gguf_type(layout.type), weight.shape));
  NewTensor tensor = {.name = module,
                      .dtype = std::string(layout.type),
                      .shape = weight.shape,
                      .bytes = Buffer<std::byte>(bytes)};
  pack_blocks(layout, weight.planes, tensor.bytes);
  std::vector<NewTensor> all;
  all.push_back(std::move(tensor));
  return all;
}

}  // namespace

const Container kGguf = {.name = "gguf",
                         .summary = "GGUF's types of blocks, as llama.cpp reads them",
                         .holds = holds,
                         .unpack = unpack,
                         .pack = pack,
                         .describe = describe};

}  // namespace qbench
