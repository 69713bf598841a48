// SPDX-License-Identifier: Apache-2.0
// compressed-tensors' pack-quantized: integers of 2 to 8 bits along k in words of 32 bits, offset
// by 2^(bits - 1), zero points likewise along n.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "suites/checkpoints/containers/bit_streams.h"
#include "suites/checkpoints/containers/containers.h"
#include "suites/checkpoints/containers/parts.h"
#include "suites/checkpoints/containers/quantization_config.h"

namespace qbench {
namespace packed_integers {
namespace {

constexpr int kLeastBits = 2, kMostBits = 8;
constexpr std::string_view kKept[] = {"input_scale", "input_zero_point", "output_scale"};

struct WordLayout {
  std::int64_t n, k, groups;
  int bits;
  Fill fill;
  int group_size;  // or kWholeRow
  bool zeros;
  bool ordered;
  Storage scale;
};

bool holds(const Module& module) {
  const Tensor* packed = module.find("weight_packed");
  return packed != nullptr && packed->dtype == "I32";
}

// Rows of words hold the codes without gaps, or, until compressed-tensors' pull request 732, in
// whole fields of words; both are alike where bits divide 32.
std::optional<Fill> fill_of(std::int64_t words, std::int64_t k, int bits) {
  for (const Fill fill : {Fill::dense, Fill::whole})
    if (words_of(k, bits, fill) == words) return fill;
  return std::nullopt;
}

int bits_of(const Module& module, std::int64_t words, std::int64_t k) {
  const int told = module.config ? module.config->bits_of(module.name) : 0;
  if (told >= kLeastBits && told <= kMostBits && fill_of(words, k, told)) return told;
  if (told > 0) refuse("{} columns of {} bits do not fill {} words", k, told, words);
  int only = 0;
  for (int bits = kLeastBits; bits <= kMostBits; ++bits) {
    if (!fill_of(words, k, bits)) continue;
    if (only != 0) refuse("its shapes do not tell the width of its codes: give its config.json");
    only = bits;
  }
  if (only == 0) refuse("{} columns of 2 to 8 bits do not fill {} words", k, words);
  return only;
}

int group_size_of(const Module& module, std::int64_t k, std::int64_t groups) {
  const int told = module.config ? module.config->group_size_of(module.name) : 0;
  if (told > 0 && (k + told - 1) / told == groups) return told;
  if (groups == 1) return kWholeRow;
  if (k % groups != 0) refuse("its {} groups do not fit {} columns", groups, k);
  return static_cast<int>(k / groups);
}

void check_zeros(const Module& module, const WordLayout& layout) {
  const Tensor& zeros = need(module, "weight_zero_point");
  check_dtype(zeros, {"I32"});
  check_shape(zeros, {words_of(layout.n, layout.bits, layout.fill), layout.groups});
}

void check_order(const Module& module, const WordLayout& layout) {
  const Tensor& order = need(module, "weight_g_idx");
  check_dtype(order, {"I32"});
  check_shape(order, {layout.k});
  for (const std::int32_t group : numbers_of<std::int32_t>(order))
    if (group < 0 || group >= layout.groups)
      refuse("its weight_g_idx names group {} of {}", group, layout.groups);
}

WordLayout layout_of(const Module& module) {
  const Tensor &packed = need(module, "weight_packed"), &scale = need(module, "weight_scale"),
               &shape = need(module, "weight_shape");
  check_rank(packed, 2, 2);
  check_rank(scale, 2, 2);
  check_dtype(shape, {"I64"});
  check_shape(shape, {2});
  check_dtype(scale, {"F16", "BF16", "F32"});
  const std::int64_t n = packed.shape[0], words = packed.shape[1],
                     k = numbers_of<std::int64_t>(shape)[1];
  if (numbers_of<std::int64_t>(shape)[0] != n || k < 1 || k > words * 32 / kLeastBits)
    refuse("its weight_shape is not that of its {} rows of {} words", n, words);
  WordLayout layout = {.n = n,
                       .k = k,
                       .groups = scale.shape[1],
                       .bits = bits_of(module, words, k),
                       .fill = Fill::dense,
                       .group_size = group_size_of(module, k, scale.shape[1]),
                       .zeros = module.find("weight_zero_point") != nullptr,
                       .ordered = module.find("weight_g_idx") != nullptr,
                       .scale = storage_of(scale)};
  layout.fill = *fill_of(words, k, layout.bits);
  check_shape(scale, {n, layout.groups});
  if (layout.zeros) check_zeros(module, layout);
  if (layout.ordered) check_order(module, layout);
  return layout;
}

// Signed codes; with zero points, codes and points as they lie in the words, which differ from the
// signed ones by the same number.
Format format_of(const WordLayout& layout) {
  const Storage code =
      layout.zeros ? stored::unsigned_integer(layout.bits) : stored::signed_integer(layout.bits);
  Format format = {.bits = layout.bits,
                   .codec = code.codec,
                   .granularity = Granularity::group,
                   .scale = {.storage = layout.scale},
                   .ordered = layout.ordered};
  if (layout.zeros) {
    format.zero = Zero::point;
    format.zero_number.storage = code;
  }
  return format;
}

Description describe(const Module& module) {
  const WordLayout layout = layout_of(module);
  const std::string groups =
      layout.group_size == kWholeRow ? "row" : fmt::format("g{}", layout.group_size);
  Description description = {
      .format = std::make_shared<const Format>(format_of(layout)),
      .block_size = layout.group_size,
      .shape = {layout.n, layout.k},
      .text = fmt::format("compressed-tensors int{}{} {}{}", layout.bits,
                          layout.zeros ? "" : " sym", groups, layout.ordered ? " act-order" : "")};
  if (layout.fill == Fill::whole) description.details.emplace("fields", "whole");
  keep_parts(module, kKept, description.details);
  return description;
}

// The bits in which a code in a word differs from the same code in the planes.
std::uint8_t offset(const Format& format) {
  return format.zero == Zero::point ? 0 : static_cast<std::uint8_t>(1 << (format.bits - 1));
}

StoredWeight unpack(const Module& module) {
  StoredWeight weight = room_for(describe(module));
  const WordLayout layout = layout_of(module);
  QuantizedMatrix& planes = weight.planes;
  const std::span<const std::byte> words = need(module, "weight_packed").bytes;
  const std::int64_t a_row = words_of(layout.k, layout.bits, layout.fill);
  fill_codes(planes, [&](std::int64_t row, std::uint8_t* codes) {
    read_stream(words, {row * a_row}, layout.k, layout.bits, layout.fill, codes);
    for (std::int64_t c = 0; c < layout.k; ++c) codes[c] ^= offset(*weight.format);
  });
  copy_bytes(need(module, "weight_scale").bytes, planes.scales.numbers);
  if (layout.ordered) copy_bytes(need(module, "weight_g_idx").bytes, planes.order);
  if (!layout.zeros) return weight;
  Buffer<std::uint8_t> zeros(static_cast<std::size_t>(layout.n * layout.groups));
  for (std::int64_t g = 0; g < layout.groups; ++g)
    read_stream(need(module, "weight_zero_point").bytes, {g, layout.groups}, layout.n, layout.bits,
                layout.fill, zeros.data() + g * layout.n);
  const auto by_row = transposed(std::as_bytes(std::span(zeros)), layout.groups, layout.n, 1);
  planes.zeros.numbers = packed_stream(as_codes(by_row), layout.bits);
  return weight;
}

WordLayout layout_of(const StoredWeight& weight) {
  const QuantizedMatrix& planes = weight.planes;
  const Format& format = *weight.format;
  const WordLayout layout = {
      .n = planes.rows,
      .k = planes.cols,
      .groups = planes.groups().groups_per_line(),
      .bits = format.bits,
      .fill = detail(weight.details, "fields", "") == "whole" ? Fill::whole : Fill::dense,
      .group_size = planes.block_size,
      .zeros = format.zero == Zero::point,
      .ordered = format.ordered,
      .scale = format.scale.storage};
  Format like = format_of(layout);
  // The least code may be one that is not used.
  const auto* codec = std::get_if<Integers>(&format.codec);
  if (codec != nullptr && codec->lowest == -codec->highest) like.codec = format.codec;
  if (!(format == like) || format.bits < kLeastBits || format.bits > kMostBits ||
      weight.shape.size() != 2 || planes.block_size == kWholeTensor)
    refuse("pack-quantized holds integers of 2 to 8 bits in groups along k");
  return layout;
}

Buffer<std::byte> zero_words(const QuantizedMatrix& planes, const WordLayout& layout) {
  const auto by_row = unpacked_stream(planes.zeros.numbers, layout.n * layout.groups, layout.bits);
  const auto zeros = transposed(std::as_bytes(std::span(by_row)), layout.n, layout.groups, 1);
  const std::int64_t lines = words_of(layout.n, layout.bits, layout.fill);
  Buffer<std::byte> words(static_cast<std::size_t>(lines * layout.groups * 4));
  for (std::int64_t g = 0; g < layout.groups; ++g)
    write_stream(as_codes(zeros).data() + g * layout.n, layout.n, layout.bits, layout.fill,
                 {g, layout.groups}, words);
  return words;
}

Buffer<std::byte> code_words(const QuantizedMatrix& planes, const WordLayout& layout) {
  const std::int64_t a_row = words_of(layout.k, layout.bits, layout.fill);
  Buffer<std::byte> words(static_cast<std::size_t>(layout.n * a_row * 4));
  take_codes(planes, [&](std::int64_t row, const std::uint8_t* codes) {
    Buffer<std::uint8_t> stored(codes, codes + layout.k);
    for (std::uint8_t& code : stored) code ^= offset(*planes.format);
    write_stream(stored.data(), layout.k, layout.bits, layout.fill, {row * a_row}, words);
  });
  return words;
}

std::vector<NewTensor> pack(const StoredWeight& weight, const std::string& module) {
  const WordLayout layout = layout_of(weight);
  const QuantizedMatrix& planes = weight.planes;
  std::vector<NewTensor> tensors;
  tensors.push_back(new_tensor(module, "weight_packed", "I32",
                               {layout.n, words_of(layout.k, layout.bits, layout.fill)},
                               code_words(planes, layout)));
  tensors.push_back(new_tensor(module, "weight_scale", dtype_of(layout.scale),
                               {layout.n, layout.groups}, copied(planes.scales.numbers)));
  tensors.push_back(new_tensor(module, "weight_shape", "I64", {2},
                               bytes_of(std::vector<std::int64_t>{layout.n, layout.k})));
  if (layout.zeros)
    tensors.push_back(new_tensor(module, "weight_zero_point", "I32",
                                 {words_of(layout.n, layout.bits, layout.fill), layout.groups},
                                 zero_words(planes, layout)));
  if (layout.ordered)
    tensors.push_back(new_tensor(module, "weight_g_idx", "I32", {layout.k}, copied(planes.order)));
  add_kept(weight, module, kKept, tensors);
  return tensors;
}

}  // namespace
}  // namespace packed_integers

const Container kPackedIntegers = {.name = "pack-quantized",
                                   .summary = "compressed-tensors' packed integers of 2 to 8 bits",
                                   .holds = packed_integers::holds,
                                   .unpack = packed_integers::unpack,
                                   .pack = packed_integers::pack,
                                   .describe = packed_integers::describe};

}  // namespace qbench
