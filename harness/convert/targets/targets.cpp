// SPDX-License-Identifier: Apache-2.0
// The table of targets, and those two that are a line or two.
#include "harness/convert/targets/targets.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

#include "suites/checkpoints/containers/containers.h"
#include "suites/checkpoints/containers/gguf_layouts.h"
#include "suites/checkpoints/gguf/gguf_type.h"

namespace qbench {
namespace {

constexpr const Target* kTargets[] = {&kToBitsandbytes, &kToDequantized, &kToGguf};
constexpr FileKind kBoth[] = {FileKind::safetensors, FileKind::gguf};

// --- dequantized

void check_any(const Mode&, int) {}
std::string holds_all(const Tensor&, const Mode&, int) { return ""; }

// --- gguf

void check_gguf(const Mode& mode, int block_size) {
  if (find_gguf_layout(mode.format, block_size) != nullptr) return;
  std::vector<std::string_view> names;
  for (const GgufLayout& layout : gguf_layouts()) names.push_back(layout.mode.name);
  throw std::invalid_argument(
      fmt::format("--container gguf holds {}, not {}: --container dequantized takes every mode",
                  fmt::join(names, ", "), mode.name));
}

std::string not_in_gguf(const Tensor& tensor, const Mode& mode, int block_size) {
  if (!mode.quantized()) return fmt::format("in {}", mode.name);
  if (tensor.shape.size() < 2) return fmt::format("rank {}", tensor.shape.size());
  if (tensor.layout != Layout::matrix && tensor.layout != Layout::stack)
    return tensor.layout_text();
  const GgufType& type = *find_gguf_type(find_gguf_layout(mode.format, block_size)->type);
  return tensor.cols() % type.weights == 0 ? "" : "rows of no whole blocks";
}

std::vector<NewTensor> pack_gguf(const Tensor& tensor, const Mode& mode, QuantizedMatrix planes) {
  return kGguf.pack({.format = {std::shared_ptr<void>(), &mode.format},
                     .planes = std::move(planes),
                     .shape = tensor.shape},
                    tensor.name);
}

}  // namespace

const Target kToDequantized = {.name = "dequantized",
                               .summary = "floats of the tensor's own dtype, of any mode",
                               .files = kBoth,
                               .check = check_any,
                               .cannot_hold = holds_all,
                               .pack = nullptr};

constexpr FileKind kGgufAlone[] = {FileKind::gguf};
const Target kToGguf = {.name = "gguf",
                        .summary = "blocks of GGUF, from a GGUF file",
                        .files = kGgufAlone,
                        .check = check_gguf,
                        .cannot_hold = not_in_gguf,
                        .pack = pack_gguf};

std::span<const Target* const> all_targets() { return kTargets; }

const Target* find_target(std::string_view name) {
  const auto found =
      std::ranges::find(kTargets, name, [](const Target* each) { return each->name; });
  return found == std::end(kTargets) ? nullptr : *found;
}

std::string written_dtype(const Tensor& tensor) { return tensor.stored ? "BF16" : tensor.dtype; }

}  // namespace qbench
