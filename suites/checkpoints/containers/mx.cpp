// SPDX-License-Identifier: Apache-2.0
// MXFP4 and MXFP8 as compressed-tensors writes them: E2M1 two a byte or E4M3, and an E8M0 scale per
// 32 along k.
#include "reference/formats/mx.h"

#include <utility>

#include "suites/checkpoints/containers/containers.h"
#include "suites/checkpoints/containers/parts.h"

namespace qbench {
namespace mx {
namespace {

constexpr int kGroup = 32;
constexpr std::string_view kKept[] = {"input_scale", "output_scale", "k_scale", "v_scale"};

struct Element {
  std::string_view name, codes, dtype;
  const Format& format;
  std::int64_t a_byte;  // codes
};
constexpr Element kFourBits = {"mxfp4", "weight_packed", "U8", kMxfp4.format, 2};
constexpr Element kEightBits = {"mxfp8", "weight", "F8_E4M3", kMxfp8.format, 1};

bool is_exponent(const Tensor* scale) {
  return scale != nullptr && (scale->dtype == "U8" || scale->dtype == "F8_E8M0");
}

// Scales of tiles are E8M0 too where a config says so (DeepSeek's "ue8m0"), but not one a group.
bool holds(const Module& module, const Element& element) {
  const Tensor *codes = module.find(element.codes), *scale = module.find("weight_scale");
  if (codes == nullptr || codes->dtype != element.dtype || !is_exponent(scale)) return false;
  return codes->shape.size() == 2 && scale->shape.size() == 2 && codes->shape[0] == scale->shape[0];
}

Description describe(const Module& module, const Element& element) {
  const Tensor &codes = need(module, element.codes), &scale = need(module, "weight_scale");
  check_dtype(codes, {element.dtype});
  check_rank(codes, 2, 2);
  check_dtype(scale, {"U8", "F8_E8M0"});
  const std::int64_t n = codes.shape[0], k = codes.shape[1] * element.a_byte;
  check_shape(scale, {n, (k + kGroup - 1) / kGroup});
  Description description = {.format = std::make_shared<const Format>(element.format),
                             .block_size = kGroup,
                             .shape = {n, k},
                             .text = "compressed-tensors " + std::string(element.name),
                             .details = {{"scale_dtype", scale.dtype}}};
  keep_parts(module, kKept, description.details);
  return description;
}

StoredWeight unpack(const Module& module, const Element& element) {
  StoredWeight weight = room_for(describe(module, element));
  copy_bytes(need(module, element.codes).bytes, weight.planes.codes);
  copy_bytes(need(module, "weight_scale").bytes, weight.planes.scales.numbers);
  return weight;
}

std::vector<NewTensor> pack(const StoredWeight& weight, const std::string& module,
                            const Element& element) {
  const QuantizedMatrix& planes = weight.planes;
  const std::int64_t n = planes.rows, k = planes.cols;
  if (!(*weight.format == element.format) || planes.block_size != kGroup ||
      weight.shape.size() != 2 || k % element.a_byte != 0)
    refuse("it holds {} of matrices with whole bytes a row", element.name);
  std::vector<NewTensor> tensors;
  tensors.push_back(new_tensor(module, element.codes, std::string(element.dtype),
                               {n, k / element.a_byte}, copied(planes.codes)));
  tensors.push_back(new_tensor(module, "weight_scale", detail(weight.details, "scale_dtype", "U8"),
                               {n, (k + kGroup - 1) / kGroup}, copied(planes.scales.numbers)));
  add_kept(weight, module, kKept, tensors);
  return tensors;
}

template <const Element& element>
constexpr Container container(std::string_view name, std::string_view summary) {
  return {.name = name,
          .summary = summary,
          .holds = [](const Module& module) { return holds(module, element); },
          .unpack = [](const Module& module) { return unpack(module, element); },
          .pack = [](const StoredWeight& weight,
                     const std::string& module) { return pack(weight, module, element); },
          .describe = [](const Module& module) { return describe(module, element); }};
}

}  // namespace
}  // namespace mx

const Container kMxfp4Packed =
    mx::container<mx::kFourBits>("mxfp4-pack-quantized", "compressed-tensors' MXFP4");
const Container kMxfp8Scaled =
    mx::container<mx::kEightBits>("mxfp8-quantized", "compressed-tensors' MXFP8");

}  // namespace qbench
