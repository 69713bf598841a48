// SPDX-License-Identifier: Apache-2.0
// The table of containers, and what is the same for all of them.
#include "suites/checkpoints/containers/containers.h"

#include <algorithm>

#include "suites/checkpoints/containers/parts.h"
#include "suites/checkpoints/tensors/stored_tensor.h"

namespace qbench {
namespace {

constexpr const Container* kContainers[] = {
    &kBitsandbytes4bit, &kBitsandbytesInt8, &kAwq,           &kGptq,
    &kPackedIntegers,   &kNvfp4Packed,      &kNvfp4Modelopt, &kMxfp4Packed,
    &kMxfp8Scaled,      &kScaled,           &kGptOss,        &kGguf};

}  // namespace

const Tensor* Module::find(std::string_view part) const {
  const auto found = parts.find(part);
  return found == parts.end() ? nullptr : &found->second;
}

std::span<const Container* const> all_containers() { return kContainers; }

const Container* find_container(std::string_view name) {
  for (const Container* container : kContainers)
    if (container->name == name) return container;
  return nullptr;
}

const Container* container_of(const Module& module) {
  for (const Container* container : kContainers)
    if (container->holds(module)) return container;
  return nullptr;
}

StoredWeight room_for(const Description& description) {
  const std::int64_t k = description.shape.back();
  std::int64_t n = 1;
  for (std::size_t i = 0; i + 1 < description.shape.size(); ++i) n *= description.shape[i];
  return {.format = description.format,
          .planes = QuantizedMatrix(*description.format, description.block_size, n, k),
          .shape = description.shape,
          .details = description.details};
}

}  // namespace qbench
