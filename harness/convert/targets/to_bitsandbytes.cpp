// SPDX-License-Identifier: Apache-2.0
// Weights as transformers saves models that bitsandbytes quantized: Linear4bit and Linear8bitLt.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "harness/convert/targets/targets.h"
#include "harness/model/targets/bitsandbytes_settings.h"
#include "harness/model/targets/planned_model.h"
#include "suites/checkpoints/containers/parts.h"
#include "suites/checkpoints/models/left_alone.h"
#include "suites/checkpoints/tensors/tensor_scope.h"

namespace qbench {
namespace {

constexpr FileKind kFiles[] = {FileKind::safetensors};

// torch's names of dtypes. Kernels of bitsandbytes know no F64.
std::string torch_dtype(std::string_view dtype) {
  return dtype == "BF16" ? "bfloat16" : dtype == "F16" ? "float16" : "float32";
}

void check(const Mode& mode, int) {
  if (find_bitsandbytes_setting(mode) != nullptr) return;
  std::vector<std::string_view> names;
  for (const BitsandbytesSetting& setting : bitsandbytes_settings()) names.push_back(setting.mode);
  throw std::invalid_argument(fmt::format(
      "--container bitsandbytes holds {}, not {}: --container dequantized takes every mode",
      fmt::join(names, ", "), mode.name));
}

std::string cannot_hold(const Tensor& tensor, const Mode& mode, int) {
  if (!mode.quantized()) return fmt::format("in {}", mode.name);
  if (tensor.shape.size() != 2) return fmt::format("rank {}", tensor.shape.size());
  if (!is_weight_of_linear(tensor)) return why_not_in_totals(tensor);
  return tensor.name.ends_with(".weight") ? "" : "not named weight";
}

// Linear8bitLt says in a byte that the rows lie in their order.
NewTensor row_order(const std::string& module) {
  return new_tensor(module, "weight_format", "U8", {}, Buffer<std::byte>(1, std::byte{0}));
}

std::vector<NewTensor> pack(const Tensor& tensor, const Mode& mode, QuantizedMatrix planes) {
  const std::string module = module_of(tensor.name);
  const Container& container = *find_container(find_bitsandbytes_setting(mode)->container);
  StoredWeight weight = {.format = {std::shared_ptr<void>(), &mode.format},
                         .planes = std::move(planes),
                         .shape = {tensor.rows(), tensor.cols()},
                         .details = {{"dtype", torch_dtype(written_dtype(tensor))}}};
  std::vector<NewTensor> tensors = container.pack(weight, module);
  if (mode.format.activations) tensors.push_back(row_order(module));
  return tensors;
}

}  // namespace

const Target kToBitsandbytes = {
    .name = "bitsandbytes",
    .summary = "nf4, fp4, their -dq and int8, as transformers saves them",
    .files = kFiles,
    .one_mode = true,
    .check = check,
    .cannot_hold = cannot_hold,
    .pack = pack};

std::string bitsandbytes_config(const Mode& mode, const std::vector<std::string>& skipped,
                                std::string_view dtype) {
  return bitsandbytes_config(
      *find_bitsandbytes_setting(mode), skipped,
      fmt::format(R"("quant_method": "bitsandbytes", "bnb_4bit_compute_dtype": "{}", )",
                  torch_dtype(dtype)));
}

}  // namespace qbench
