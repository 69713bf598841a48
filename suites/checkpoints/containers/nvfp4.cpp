// SPDX-License-Identifier: Apache-2.0
// NVFP4 as compressed-tensors (nvfp4-pack-quantized) and ModelOpt write it: E2M1 two a byte, an
// E4M3 scale per 16 along k and one f32 scale, which the former divide by and the latter multiply.
#include "reference/formats/nvfp4.h"

#include <bit>
#include <cmath>
#include <utility>

#include "suites/checkpoints/containers/containers.h"
#include "suites/checkpoints/containers/parts.h"

namespace qbench {
namespace nvfp4 {
namespace {

constexpr int kGroup = 16;
constexpr std::string_view kKept[] = {"input_scale", "input_global_scale", "k_scale", "v_scale"};

// The names of the parts, and which of the two scales it is.
struct Writer {
  std::string_view software, codes, global;
  bool divides;
};
constexpr Writer kCompressed = {"compressed-tensors", "weight_packed", "weight_global_scale", true};
constexpr Writer kModelopt = {"modelopt", "weight", "weight_scale_2", false};

bool holds(const Module& module, const Writer& writer) {
  const Tensor* codes = module.find(writer.codes);
  return codes != nullptr && codes->dtype == "U8" && module.find(writer.global) != nullptr;
}

Description describe(const Module& module, const Writer& writer) {
  const Tensor &codes = need(module, writer.codes), &scale = need(module, "weight_scale"),
               &global = need(module, writer.global);
  check_dtype(codes, {"U8"});
  check_rank(codes, 2, 2);
  check_dtype(scale, {"F8_E4M3"});
  check_dtype(global, {"F32"});
  const std::int64_t n = codes.shape[0], k = codes.shape[1] * 2;
  check_shape(scale, {n, (k + kGroup - 1) / kGroup});
  if (elements(global) != 1) refuse("its '{}' is not one number", writer.global);
  Description description = {.format = std::make_shared<const Format>(kNvfp4Format),
                             .block_size = kGroup,
                             .shape = {n, k},
                             .text = std::string(writer.software) + " nvfp4"};
  keep_parts(module, kKept, description.details);
  keep_parts(module, std::span(&writer.global, 1), description.details);
  return description;
}

float number_in(std::span<const std::byte> bytes) {
  float number;
  std::memcpy(&number, bytes.data(), sizeof number);
  return number;
}

// The number that codes and scales are multiplied by.
float outer_scale(std::span<const std::byte> global, const Writer& writer) {
  return writer.divides ? 1 / number_in(global) : number_in(global);
}

StoredWeight unpack(const Module& module, const Writer& writer) {
  StoredWeight weight = room_for(describe(module, writer));
  copy_bytes(need(module, writer.codes).bytes, weight.planes.codes);
  copy_bytes(need(module, "weight_scale").bytes, weight.planes.scales.numbers);
  const float outer = outer_scale(need(module, writer.global).bytes, writer);
  copy_bytes(std::as_bytes(std::span(&outer, 1)), weight.planes.scales.outer);
  return weight;
}

// A number whose reciprocal in f32 is `outer`; the nearest where there is none, as for about a
// third of all numbers.
float reciprocal_of(float outer) {
  const float nearest = 1 / outer;
  for (const float toward : {0.0f, 2 * nearest})
    if (const float number = std::nextafter(nearest, toward);
        1 / nearest != outer && 1 / number == outer)
      return number;
  return nearest;
}

// The global scale as it was read, unless the planes have another by now.
NewTensor global_scale(const StoredWeight& weight, const std::string& module,
                       const Writer& writer) {
  std::vector<NewTensor> kept;
  add_kept(weight, module, std::span(&writer.global, 1), kept);
  const float outer = number_in(weight.planes.scales.outer);
  if (!kept.empty() && std::bit_cast<std::uint32_t>(outer_scale(kept[0].bytes, writer)) ==
                           std::bit_cast<std::uint32_t>(outer))
    return std::move(kept[0]);
  const float number = writer.divides ? reciprocal_of(outer) : outer;
  return new_tensor(module, writer.global, "F32", writer.divides ? TensorShape{1} : TensorShape{},
                    copied(std::as_bytes(std::span(&number, 1))));
}

std::vector<NewTensor> pack(const StoredWeight& weight, const std::string& module,
                            const Writer& writer) {
  const QuantizedMatrix& planes = weight.planes;
  const std::int64_t n = planes.rows, k = planes.cols;
  if (!(*weight.format == kNvfp4Format) || planes.block_size != kGroup ||
      weight.shape.size() != 2 || k % 2 != 0)
    refuse("{}'s NVFP4 holds nvfp4 of matrices with an even number of columns", writer.software);
  std::vector<NewTensor> tensors;
  tensors.push_back(new_tensor(module, writer.codes, "U8", {n, k / 2}, copied(planes.codes)));
  tensors.push_back(new_tensor(module, "weight_scale", "F8_E4M3", {n, (k + kGroup - 1) / kGroup},
                               copied(planes.scales.numbers)));
  tensors.push_back(global_scale(weight, module, writer));
  add_kept(weight, module, kKept, tensors);
  return tensors;
}

template <const Writer& writer>
constexpr Container container(std::string_view name, std::string_view summary) {
  return {.name = name,
          .summary = summary,
          .holds = [](const Module& module) { return holds(module, writer); },
          .unpack = [](const Module& module) { return unpack(module, writer); },
          .pack = [](const StoredWeight& weight,
                     const std::string& module) { return pack(weight, module, writer); },
          .describe = [](const Module& module) { return describe(module, writer); }};
}

}  // namespace
}  // namespace nvfp4

const Container kNvfp4Packed =
    nvfp4::container<nvfp4::kCompressed>("nvfp4-pack-quantized", "compressed-tensors' NVFP4");
const Container kNvfp4Modelopt =
    nvfp4::container<nvfp4::kModelopt>("modelopt-nvfp4", "ModelOpt's NVFP4");

}  // namespace qbench
