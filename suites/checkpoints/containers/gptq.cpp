// SPDX-License-Identifier: Apache-2.0
// GPTQ's words of 2, 3, 4 and 8 bits as AutoGPTQ and GPTQModel write them: k x n, packed along k,
// with zero points less one in version 1 of the format and as they are in version 2.
#include <fmt/format.h>

#include <algorithm>

#include "suites/checkpoints/containers/bit_streams.h"
#include "suites/checkpoints/containers/containers.h"
#include "suites/checkpoints/containers/parts.h"
#include "suites/checkpoints/containers/quantization_config.h"

namespace qbench {
namespace gptq {
namespace {

constexpr int kBits[] = {2, 3, 4, 8};

// The layout of one module.
struct WordLayout {
  std::int64_t n, k, groups;
  int bits;
  int group_size;  // or kWholeRow
  int version;     // 1 or 2
  bool ordered;    // columns are of groups in another order than theirs
  Storage scale;
};

bool holds(const Module& module) {
  return module.find("qweight") != nullptr && module.find("weight") == nullptr;
}

bool fits(const Module& module, int bits, std::int64_t k, std::int64_t n, std::int64_t groups) {
  return need(module, "qweight").shape == TensorShape{words_of(k, bits), n} &&
         need(module, "qzeros").shape == TensorShape{groups, words_of(n, bits)};
}

// k, from the order of the columns where it is there.
std::int64_t columns(const Module& module, int bits) {
  if (const Tensor* order = module.find("g_idx")) return elements(*order);
  return need(module, "qweight").shape[0] * 32 / bits;
}

// The width that the config tells; where the shapes say that this module has another one (GPTQ's
// "dynamic"), or nothing is told, the only one that fits them.
int bits_of(const Module& module, std::int64_t n, std::int64_t groups) {
  const auto fit = [&](int bits) { return fits(module, bits, columns(module, bits), n, groups); };
  const int told = module.config ? module.config->bits_of(module.name) : 0;
  if (std::find(std::begin(kBits), std::end(kBits), told) != std::end(kBits) && fit(told))
    return told;
  if (told == 5 || told == 6 || told == 7) refuse("GPTQModel's planar layout is not read");
  const auto only = std::find_if(std::begin(kBits), std::end(kBits), fit);
  if (only == std::end(kBits))
    refuse("its qweight {}, qzeros {} and scales {} agree at no width of 2, 3, 4 or 8 bits",
           shape_text(need(module, "qweight").shape), shape_text(need(module, "qzeros").shape),
           shape_text(need(module, "scales").shape));
  if (std::find_if(only + 1, std::end(kBits), fit) != std::end(kBits))
    refuse("its shapes do not tell the width of its codes, and no config.json does");
  return *only;
}

std::vector<std::int32_t> order_of(const Module& module, std::int64_t k, std::int64_t groups) {
  const Tensor* part = module.find("g_idx");
  if (part == nullptr) return {};
  check_dtype(*part, {"I32"});
  check_shape(*part, {k});
  std::vector<std::int32_t> order = numbers_of<std::int32_t>(*part);
  for (const std::int32_t group : order)
    if (group < 0 || group >= groups) refuse("its g_idx names group {} of {}", group, groups);
  return order;
}

bool in_groups_of(const std::vector<std::int32_t>& order, std::int64_t size) {
  for (std::size_t c = 0; c < order.size(); ++c)
    if (order[c] != static_cast<std::int64_t>(c) / size) return false;
  return true;
}

// Columns that share a group where groups are runs of columns.
int group_size_of(const Module& module, const std::vector<std::int32_t>& order, std::int64_t k,
                  std::int64_t groups) {
  const auto gives = [&](std::int64_t size) { return (k + size - 1) / size == groups; };
  const int told = module.config ? module.config->group_size_of(module.name) : 0;
  if (told > 0 && gives(told)) return told;
  if (groups == 1) return kWholeRow;
  const std::int64_t run = std::count(order.begin(), order.end(), 0);
  for (const std::int64_t size : {run, k / groups, (k + groups - 1) / groups})
    if (size > 0 && gives(size)) return static_cast<int>(size);
  refuse("its {} groups do not fit {} columns", groups, k);
}

WordLayout layout_of(const Module& module) {
  if (!module.config)
    refuse("its version of GPTQ is told by no file: give its config.json or quantize_config.json");
  const Tensor& codes = need(module, "qweight");
  const Tensor& scales = need(module, "scales");
  for (const char* part : {"qweight", "qzeros", "scales"}) check_rank(need(module, part), 2, 2);
  check_dtype(codes, {"I32"});
  check_dtype(need(module, "qzeros"), {"I32"});
  check_dtype(scales, {"F16", "BF16", "F32"});
  WordLayout layout = {.n = scales.shape[1],
                       .k = 0,
                       .groups = scales.shape[0],
                       .bits = 0,
                       .group_size = 0,
                       .version = module.config->format == "gptq_v2" ? 2 : 1,
                       .ordered = false,
                       .scale = storage_of(scales)};
  layout.bits = bits_of(module, layout.n, layout.groups);
  layout.k = columns(module, layout.bits);
  const std::vector<std::int32_t> order = order_of(module, layout.k, layout.groups);
  layout.group_size = group_size_of(module, order, layout.k, layout.groups);
  const std::int64_t size = layout.group_size == kWholeRow ? layout.k : layout.group_size;
  layout.ordered = !order.empty() && !in_groups_of(order, size);
  return layout;
}

Format format_of(const WordLayout& layout) {
  const Storage code = stored::unsigned_integer(layout.bits);
  return {.bits = layout.bits,
          .codec = code.codec,
          .granularity = Granularity::group,
          .scale = {.storage = layout.scale},
          .zero = Zero::point,
          .zero_number = {.storage = code},
          .ordered = layout.ordered};
}

Description describe(const Module& module) {
  const WordLayout layout = layout_of(module);
  const std::string groups =
      layout.group_size == kWholeRow ? "row" : fmt::format("g{}", layout.group_size);
  Description description = {.format = std::make_shared<const Format>(format_of(layout)),
                             .block_size = layout.group_size,
                             .shape = {layout.n, layout.k},
                             .text = fmt::format("gptq int{} {}{}", layout.bits, groups,
                                                 layout.ordered ? " act-order" : ""),
                             .details = {{"version", std::to_string(layout.version)}}};
  if (module.find("g_idx") == nullptr) description.details.emplace("g_idx", "none");
  return description;
}

// Version 1 holds zero points less one, modulo the number of codes.
int less_one(int version) { return version == 1 ? 1 : 0; }

StoredWeight unpack(const Module& module) {
  StoredWeight weight = room_for(describe(module));
  const WordLayout layout = layout_of(module);
  QuantizedMatrix& planes = weight.planes;
  const std::span<const std::byte> words = need(module, "qweight").bytes;
  fill_codes(planes, [&](std::int64_t row, std::uint8_t* codes) {
    read_stream(words, {row, layout.n}, layout.k, layout.bits, Fill::dense, codes);
  });
  copy_bytes(transposed(need(module, "scales").bytes, layout.groups, layout.n,
                        bytes_a_number(layout.scale)),
             planes.scales.numbers);
  Buffer<std::uint8_t> zeros(static_cast<std::size_t>(layout.n * layout.groups));
  const std::int64_t a_line = words_of(layout.n, layout.bits);
  for (std::int64_t g = 0; g < layout.groups; ++g)
    read_stream(need(module, "qzeros").bytes, {g * a_line}, layout.n, layout.bits, Fill::dense,
                zeros.data() + g * layout.n);
  for (std::uint8_t& zero : zeros)
    zero = static_cast<std::uint8_t>((zero + less_one(layout.version)) & ((1 << layout.bits) - 1));
  planes.zeros.numbers = packed_stream(
      as_codes(transposed(std::as_bytes(std::span(zeros)), layout.groups, layout.n, 1)),
      layout.bits);
  if (layout.ordered) copy_bytes(need(module, "g_idx").bytes, planes.order);
  return weight;
}

Buffer<std::byte> order_bytes(const QuantizedMatrix& planes) {
  if (planes.format->ordered) return copied(planes.order);
  const std::int64_t size = planes.groups().size;
  std::vector<std::int32_t> order(static_cast<std::size_t>(planes.cols));
  for (std::size_t c = 0; c < order.size(); ++c)
    order[c] = static_cast<std::int32_t>(static_cast<std::int64_t>(c) / size);
  return bytes_of(order);
}

Buffer<std::byte> zero_words(const QuantizedMatrix& planes, std::int64_t groups, int version) {
  const int bits = planes.format->bits;
  const std::int64_t n = planes.rows, a_line = words_of(n, bits);
  Buffer<std::uint8_t> zeros = unpacked_stream(planes.zeros.numbers, n * groups, bits);
  for (std::uint8_t& zero : zeros)
    zero = static_cast<std::uint8_t>((zero - less_one(version)) & ((1 << bits) - 1));
  const Buffer<std::byte> by_group = transposed(std::as_bytes(std::span(zeros)), n, groups, 1);
  Buffer<std::byte> words(static_cast<std::size_t>(groups * a_line * 4));
  for (std::int64_t g = 0; g < groups; ++g)
    write_stream(as_codes(by_group).data() + g * n, n, bits, Fill::dense, {g * a_line}, words);
  return words;
}

void check_format(const StoredWeight& weight) {
  const Format& format = *weight.format;
  const WordLayout like = {.n = 0,
                           .k = 0,
                           .groups = 0,
                           .bits = format.bits,
                           .group_size = 0,
                           .version = 0,
                           .ordered = format.ordered,
                           .scale = format.scale.storage};
  const bool known = std::find(std::begin(kBits), std::end(kBits), format.bits) != std::end(kBits);
  if (!known || !(format == format_of(like)) || weight.shape.size() != 2 ||
      weight.planes.block_size == kWholeTensor)
    refuse("GPTQ holds integers of 2, 3, 4 and 8 bits with zero points in groups along k");
}

std::vector<NewTensor> pack(const StoredWeight& weight, const std::string& module) {
  check_format(weight);
  const QuantizedMatrix& planes = weight.planes;
  const int bits = planes.format->bits;
  const std::int64_t n = planes.rows, k = planes.cols, groups = planes.groups().groups_per_line();
  const int version = detail(weight.details, "version", "1") == "2" ? 2 : 1;
  Buffer<std::byte> words(static_cast<std::size_t>(words_of(k, bits) * n * 4));
  take_codes(planes, [&](std::int64_t row, const std::uint8_t* codes) {
    write_stream(codes, k, bits, Fill::dense, {row, n}, words);
  });
  const Storage& scale = planes.format->scale.storage;
  std::vector<NewTensor> tensors;
  tensors.push_back(new_tensor(module, "qweight", "I32", {words_of(k, bits), n}, std::move(words)));
  tensors.push_back(new_tensor(module, "qzeros", "I32", {groups, words_of(n, bits)},
                               zero_words(planes, groups, version)));
  tensors.push_back(
      new_tensor(module, "scales", dtype_of(scale), {groups, n},
                 transposed(planes.scales.numbers, n, groups, bytes_a_number(scale))));
  if (planes.format->ordered || detail(weight.details, "g_idx", "") != "none")
    tensors.push_back(new_tensor(module, "g_idx", "I32", {k}, order_bytes(planes)));
  return tensors;
}

}  // namespace
}  // namespace gptq

const Container kGptq = {.name = "gptq",
                         .summary = "GPTQ's words of AutoGPTQ and GPTQModel, versions 1 and 2",
                         .holds = gptq::holds,
                         .unpack = gptq::unpack,
                         .pack = gptq::pack,
                         .describe = gptq::describe};

}  // namespace qbench
