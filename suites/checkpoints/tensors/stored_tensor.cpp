// SPDX-License-Identifier: Apache-2.0
// Describes, unpacks and decodes the weights that containers hold.
#include "suites/checkpoints/tensors/stored_tensor.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <stdexcept>

#include "reports/text/text.h"
#include "suites/checkpoints/containers/quantization_config.h"

namespace qbench {
namespace {

constexpr std::string_view kMainParts[] = {"weight",  "qweight", "weight_packed",
                                           "_blocks", "blocks",  ""};

// What AWQ in ModelOpt multiplies activations by, and has divided the columns of weights by.
constexpr std::string_view kPreScale = "pre_quant_scale";

const Tensor& main_part(const Module& module) {
  for (const std::string_view part : kMainParts)
    if (const Tensor* found = module.find(part)) return *found;
  return module.parts.begin()->second;
}

Description describe(const Container& container, const Module& module) {
  if (container.describe != nullptr) return container.describe(module);
  const StoredWeight weight = container.unpack(module);
  return {.format = weight.format,
          .block_size = weight.planes.block_size,
          .shape = weight.shape,
          .text = std::string(container.name),
          .details = weight.details};
}

std::string no_container(const Module& module) {
  std::vector<std::string> names;
  for (const auto& [part, tensor] : module.parts)
    names.push_back(fmt::format("{} {}", part, tensor.dtype));
  return fmt::format("its parts ({}) are those of no layout that is read", fmt::join(names, ", "));
}

void describe(StoredTensor& stored) {
  if (stored.module.config) stored.problem = stored.module.config->refused(stored.module.name);
  if (!stored.problem.empty()) return;
  stored.container = container_of(stored.module);
  if (stored.container == nullptr) {
    stored.problem = no_container(stored.module);
    return;
  }
  if (stored.module.find(kPreScale) != nullptr) {
    stored.problem = fmt::format(
        "its activations are multiplied by '{}', without which it is not the layer's weight: give "
        "the checkpoint that it was made from",
        kPreScale);
    return;
  }
  try {
    stored.description = describe(*stored.container, stored.module);
  } catch (const std::runtime_error& error) {
    stored.problem = fmt::format("{}: {}", stored.container->name, error.what());
  }
}

}  // namespace

Tensor stored_tensor(const std::string& name, Module module) {
  auto stored = std::make_shared<StoredTensor>();
  stored->module = std::move(module);
  describe(*stored);
  const Tensor& main = main_part(stored->module);
  const bool usable = stored->problem.empty();
  Tensor tensor = {.name = name,
                   .dtype = usable ? stored->description.text : main.dtype,
                   .shape = usable ? stored->description.shape : main.shape,
                   .bytes = {},
                   .file = main.file};
  tensor.layout = default_layout(name, tensor.shape);
  tensor.stored = std::move(stored);
  return tensor;
}

StoredWeight stored_weight(const Tensor& tensor) {
  if (!tensor.stored)
    throw std::runtime_error("tensor " + in_quotes(tensor.name) + ": is not quantized");
  if (const std::string reason = tensor.unusable(); !reason.empty())
    throw std::runtime_error("tensor " + in_quotes(tensor.name) + ": " + reason);
  return tensor.stored->container->unpack(tensor.stored->module);
}

StoredSize stored_size(const Tensor& tensor) {
  if (!tensor.stored) return {std::ssize(tensor.bytes), 0};
  const QuantizedMatrix planes = room_for(tensor.stored->description).planes;
  return {planes.weight_bytes(), planes.scale_bytes()};
}

}  // namespace qbench
