// SPDX-License-Identifier: Apache-2.0
// gpt-oss' experts: E2M1 in blocks of 32 along k and an E8M0 scale each, [experts, out, in / 32,
// 16] and [experts, out, in / 32], as transformers (_blocks) and OpenAI (.blocks) name them.
#include <utility>

#include "reference/formats/mx.h"
#include "suites/checkpoints/containers/containers.h"
#include "suites/checkpoints/containers/parts.h"

namespace qbench {
namespace gpt_oss {
namespace {

constexpr int kGroup = 32;
constexpr std::int64_t kBlockBytes = 16;

struct Names {
  std::string_view blocks, scales;
};
constexpr Names kTransformers = {"_blocks", "_scales"}, kOpenAi = {"blocks", "scales"};

const Names& names_of(const Module& module) {
  return module.find(kTransformers.blocks) != nullptr ? kTransformers : kOpenAi;
}

bool holds(const Module& module) {
  const Names& names = names_of(module);
  return module.find(names.blocks) != nullptr && module.find(names.scales) != nullptr;
}

Description describe(const Module& module) {
  const Names& names = names_of(module);
  const Tensor &blocks = need(module, names.blocks), &scales = need(module, names.scales);
  check_dtype(blocks, {"U8"});
  check_dtype(scales, {"U8", "F8_E8M0"});
  check_rank(blocks, 3, 4);
  if (blocks.shape.back() != kBlockBytes)
    refuse("its '{}' has blocks of {} bytes, not 16", names.blocks, blocks.shape.back());
  TensorShape shape(blocks.shape.begin(), blocks.shape.end() - 1);
  check_shape(scales, shape);
  shape.back() *= kGroup;
  return {.format = std::make_shared<const Format>(kMxfp4.format),
          .block_size = kGroup,
          .shape = shape,
          .text = "gpt-oss mxfp4",
          .details = {{"names", &names == &kTransformers ? "transformers" : "openai"},
                      {"scale_dtype", scales.dtype}}};
}

StoredWeight unpack(const Module& module) {
  const Names& names = names_of(module);
  StoredWeight weight = room_for(describe(module));
  copy_bytes(need(module, names.blocks).bytes, weight.planes.codes);
  copy_bytes(need(module, names.scales).bytes, weight.planes.scales.numbers);
  return weight;
}

std::vector<NewTensor> pack(const StoredWeight& weight, const std::string& module) {
  const QuantizedMatrix& planes = weight.planes;
  if (!(*weight.format == kMxfp4.format) || planes.block_size != kGroup ||
      planes.cols % kGroup != 0)
    refuse("gpt-oss holds mxfp4 with columns of a multiple of 32");
  const Names& names = detail(weight.details, "names", "") == "openai" ? kOpenAi : kTransformers;
  TensorShape shape = weight.shape;
  shape.back() /= kGroup;
  std::vector<NewTensor> tensors;
  tensors.push_back(new_tensor(module, names.scales, detail(weight.details, "scale_dtype", "U8"),
                               shape, copied(planes.scales.numbers)));
  shape.push_back(kBlockBytes);
  tensors.push_back(new_tensor(module, names.blocks, "U8", shape, copied(planes.codes)));
  return tensors;
}

}  // namespace
}  // namespace gpt_oss

const Container kGptOss = {.name = "gpt-oss",
                           .summary = "gpt-oss' MXFP4 experts",
                           .holds = gpt_oss::holds,
                           .unpack = gpt_oss::unpack,
                           .pack = gpt_oss::pack,
                           .describe = gpt_oss::describe};

}  // namespace qbench
