// SPDX-License-Identifier: Apache-2.0
// AWQ's "gemm" words as AutoAWQ writes them: k x n, eight codes of 4 bits a word along n,
// interleaved, with zero points as they are.
#include <fmt/format.h>

#include "suites/checkpoints/containers/bit_streams.h"
#include "suites/checkpoints/containers/containers.h"
#include "suites/checkpoints/containers/parts.h"
#include "suites/checkpoints/containers/quantization_config.h"

namespace qbench {
namespace awq {
namespace {

constexpr int kBits = 4;
constexpr std::int64_t kAWord = 8;
// The place in a word of its column i.
constexpr int kPlaces[kAWord] = {0, 4, 1, 5, 2, 6, 3, 7};

// Without a config the shapes tell AWQ, which packs columns, from GPTQ.
bool holds(const Module& module) {
  const Tensor *codes = module.find("qweight"), *scales = module.find("scales");
  if (codes == nullptr || scales == nullptr || module.find("weight") != nullptr) return false;
  if (module.config) return module.config->method == "awq";
  return codes->shape.size() == 2 && scales->shape.size() == 2 && module.find("g_idx") == nullptr &&
         scales->shape[1] != codes->shape[1] && scales->shape[1] / kAWord == codes->shape[1];
}

Format format_of(const Storage& scale) {
  const Storage code = stored::unsigned_integer(kBits);
  return {.bits = kBits,
          .codec = code.codec,
          .granularity = Granularity::group,
          .scale = {.storage = scale},
          .zero = Zero::point,
          .zero_number = {.storage = code}};
}

// Columns of a group: as the config tells, or as the numbers of columns and groups do.
int group_size(const Module& module, std::int64_t k, std::int64_t groups) {
  const int told = module.config ? module.config->group_size_of(module.name) : 0;
  if (told > 0) {
    if ((k + told - 1) / told != groups)
      refuse("its {} groups are not those of {} columns in groups of {}", groups, k, told);
    return told;
  }
  if (groups == 1) return kWholeRow;
  if (k % groups != 0) refuse("its {} groups do not fit {} columns", groups, k);
  return static_cast<int>(k / groups);
}

Description describe(const Module& module) {
  if (module.config && module.config->bits_of(module.name) > kBits)
    refuse("AWQ of {} bits is not read", module.config->bits_of(module.name));
  for (const char* part : {"qweight", "qzeros", "scales"}) check_rank(need(module, part), 2, 2);
  const Tensor &codes = need(module, "qweight"), &scales = need(module, "scales");
  check_dtype(codes, {"I32"});
  check_dtype(need(module, "qzeros"), {"I32"});
  check_dtype(scales, {"F16", "BF16", "F32"});
  const std::int64_t k = codes.shape[0], n = scales.shape[1], groups = scales.shape[0];
  if (n % kAWord != 0) refuse("its {} rows are no multiple of {}", n, kAWord);
  check_shape(codes, {k, n / kAWord});
  check_shape(need(module, "qzeros"), {groups, n / kAWord});
  const int size = group_size(module, k, groups);
  return {.format = std::make_shared<const Format>(format_of(storage_of(scales))),
          .block_size = size,
          .shape = {n, k},
          .text = size == kWholeRow ? "awq int4 row" : fmt::format("awq int4 g{}", size)};
}

std::uint8_t field(std::span<const std::byte> words, std::int64_t word, std::int64_t column) {
  std::uint32_t held;
  std::memcpy(&held, words.data() + word * 4, sizeof held);
  return static_cast<std::uint8_t>(held >> (kBits * kPlaces[column]) & 15);
}

// Sets a field of a word that is 0 there.
void set_field(std::span<std::byte> words, std::int64_t word, std::int64_t column,
               std::uint8_t code) {
  std::uint32_t held;
  std::memcpy(&held, words.data() + word * 4, sizeof held);
  held |= std::uint32_t{code} << (kBits * kPlaces[column]);
  std::memcpy(words.data() + word * 4, &held, sizeof held);
}

StoredWeight unpack(const Module& module) {
  StoredWeight weight = room_for(describe(module));
  QuantizedMatrix& planes = weight.planes;
  const std::int64_t n = planes.rows, k = planes.cols, groups = planes.groups().groups_per_line();
  const auto column = [n](std::span<const std::byte> words, std::int64_t row, std::int64_t lines,
                          std::uint8_t* codes) {
    for (std::int64_t line = 0; line < lines; ++line)
      codes[line] = field(words, line * (n / kAWord) + row / kAWord, row % kAWord);
  };
  fill_codes(planes, [&](std::int64_t row, std::uint8_t* codes) {
    column(need(module, "qweight").bytes, row, k, codes);
  });
  Buffer<std::uint8_t> zeros(static_cast<std::size_t>(n * groups));
  for (std::int64_t row = 0; row < n; ++row)
    column(need(module, "qzeros").bytes, row, groups, zeros.data() + row * groups);
  planes.zeros.numbers = packed_stream(zeros, kBits);
  copy_bytes(transposed(need(module, "scales").bytes, groups, n,
                        bytes_a_number(planes.format->scale.storage)),
             planes.scales.numbers);
  return weight;
}

std::vector<NewTensor> pack(const StoredWeight& weight, const std::string& module) {
  const QuantizedMatrix& planes = weight.planes;
  const Storage& scale = planes.format->scale.storage;
  if (!(*weight.format == format_of(scale)) || weight.shape.size() != 2 ||
      planes.block_size == kWholeTensor || planes.rows % kAWord != 0)
    refuse("AWQ holds int4 with zero points in groups along k, of a multiple of 8 rows");
  const std::int64_t n = planes.rows, k = planes.cols, groups = planes.groups().groups_per_line();
  const auto set_column = [n](std::span<std::byte> words, std::int64_t row, std::int64_t lines,
                              const std::uint8_t* codes) {
    for (std::int64_t line = 0; line < lines; ++line)
      set_field(words, line * (n / kAWord) + row / kAWord, row % kAWord, codes[line]);
  };
  std::vector<std::uint32_t> words(static_cast<std::size_t>(k * n / kAWord));
  take_codes(planes, [&](std::int64_t row, const std::uint8_t* codes) {
    set_column(std::as_writable_bytes(std::span(words)), row, k, codes);
  });
  std::vector<std::uint32_t> zeros(static_cast<std::size_t>(groups * n / kAWord));
  const auto points = unpacked_stream(planes.zeros.numbers, n * groups, kBits);
  for (std::int64_t row = 0; row < n; ++row)
    set_column(std::as_writable_bytes(std::span(zeros)), row, groups, points.data() + row * groups);
  std::vector<NewTensor> tensors;
  tensors.push_back(new_tensor(module, "qweight", "I32", {k, n / kAWord}, bytes_of(words)));
  tensors.push_back(new_tensor(module, "qzeros", "I32", {groups, n / kAWord}, bytes_of(zeros)));
  tensors.push_back(
      new_tensor(module, "scales", dtype_of(scale), {groups, n},
                 transposed(planes.scales.numbers, n, groups, bytes_a_number(scale))));
  return tensors;
}

}  // namespace
}  // namespace awq

const Container kAwq = {.name = "awq",
                        .summary = "AWQ's interleaved words of AutoAWQ (gemm)",
                        .holds = awq::holds,
                        .unpack = awq::unpack,
                        .pack = awq::pack,
                        .describe = awq::describe};

}  // namespace qbench
