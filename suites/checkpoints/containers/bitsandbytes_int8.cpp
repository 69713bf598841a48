// SPDX-License-Identifier: Apache-2.0
// bitsandbytes' Linear8bitLt as its state dictionary is saved: LLM.int8()'s codes and the absmax of
// each row (SCB).
#include "reference/formats/int8.h"
#include "suites/checkpoints/containers/containers.h"
#include "suites/checkpoints/containers/parts.h"

namespace qbench {
namespace {

constexpr std::string_view kKept[] = {"weight_format"};

bool holds_int8(const Module& module) { return module.find("SCB") != nullptr; }

Description describe_int8(const Module& module) {
  const Tensor& weight = need(module, "weight");
  const Tensor& absmax = need(module, "SCB");
  check_dtype(weight, {"I8"});
  check_rank(weight, 2, 2);
  check_dtype(absmax, {"F32"});
  check_shape(absmax, {weight.shape[0]});
  Description description = {.format = std::make_shared<const Format>(kInt8.format),
                             .shape = weight.shape,
                             .text = "bitsandbytes int8"};
  if (const Tensor* format = module.find("weight_format")) {
    check_dtype(*format, {"U8"});
    if (elements(*format) != 1 || format->bytes[0] != std::byte{0})
      refuse("its 'weight_format' is not 0: only rows in their order are read");
  }
  keep_parts(module, kKept, description.details);
  return description;
}

StoredWeight unpack_int8(const Module& module) {
  StoredWeight weight = room_for(describe_int8(module));
  copy_bytes(need(module, "weight").bytes, weight.planes.codes);
  copy_bytes(need(module, "SCB").bytes, weight.planes.scales.numbers);
  return weight;
}

std::vector<NewTensor> pack_int8(const StoredWeight& weight, const std::string& module) {
  if (!(*weight.format == kInt8.format) || weight.shape.size() != 2)
    refuse("LLM.int8() holds int8 of matrices");
  std::vector<NewTensor> tensors;
  tensors.push_back(new_tensor(module, "weight", "I8", weight.shape, copied(weight.planes.codes)));
  tensors.push_back(
      new_tensor(module, "SCB", "F32", {weight.planes.rows}, copied(weight.planes.scales.numbers)));
  add_kept(weight, module, kKept, tensors);
  return tensors;
}

}  // namespace

const Container kBitsandbytesInt8 = {.name = "bitsandbytes-int8",
                                     .summary = "bitsandbytes' Linear8bitLt: LLM.int8()",
                                     .holds = holds_int8,
                                     .unpack = unpack_int8,
                                     .pack = pack_int8,
                                     .describe = describe_int8};

}  // namespace qbench
