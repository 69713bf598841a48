// SPDX-License-Identifier: Apache-2.0
// FP8 and int8 codes in the shape of the weight, with scales of the tensor, its rows, groups along
// k or tiles: compressed-tensors' float-, int- and naive-quantized, ModelOpt's FP8, and the
// weight_scale_inv of DeepSeek and transformers, which is multiplied by in spite of its name.
// Experts may be one parameter of three dimensions, whose slices share a scale or have their own.
#include <fmt/format.h>

#include <cstdlib>
#include <optional>

#include "reference/formats/small_floats.h"
#include "suites/checkpoints/containers/containers.h"
#include "suites/checkpoints/containers/parts.h"
#include "suites/checkpoints/containers/quantization_config.h"

namespace qbench {
namespace scaled {
namespace {

constexpr std::string_view kKept[] = {"input_scale", "input_zero_point", "output_scale", "k_scale",
                                      "v_scale"};
constexpr std::int64_t kUsualSide = 128;  // of a tile

struct Code {
  std::string_view dtype, text;
  Codec codec;
};
constexpr Code kCodes[] = {{"F8_E4M3", "fp8", kE4M3},
                           {"F8_E5M2", "fp8-e5m2", kE5M2},
                           {"I8", "int8", stored::signed_integer(8).codec}};

const Code* code_of(const Tensor& weight) {
  for (const Code& code : kCodes)
    if (code.dtype == weight.dtype) return &code;
  return nullptr;
}

struct Names {
  std::string_view codes, scale;
};
constexpr Names kNames[] = {
    {"weight", "weight_scale"}, {"weight", "weight_scale_inv"}, {"", kExpertsScale}};

// nullptr where they are not those of the module.
const Names* names_of(const Module& module) {
  for (const Names& names : kNames)
    if (module.find(names.codes) != nullptr && module.find(names.scale) != nullptr) return &names;
  return nullptr;
}

bool holds(const Module& module) {
  const Names* names = names_of(module);
  return names != nullptr && code_of(*module.find(names->codes)) != nullptr;
}

// What shares a scale.
struct Sharing {
  Granularity granularity;
  int block_size = 0;
  int tile_rows = 1;
};

std::int64_t parts_of(std::int64_t length, std::int64_t size) { return (length + size - 1) / size; }

[[noreturn]] void do_not_fit(const Tensor& weight, const Tensor& scale) {
  refuse("its '{}' of shape {} does not fit weights of shape {}", part_name(scale.name).part,
         shape_text(scale.shape), shape_text(weight.shape));
}

// The dimensions of the scales of a matrix, without those of 1 that ModelOpt puts behind each of
// tiles, or of one of the slices.
TensorShape sides(const Tensor& weight, const Tensor& scale) {
  const TensorShape& shape = scale.shape;
  if (weight.shape.size() == 3) {
    if (shape.size() != 3 || shape[0] != weight.shape[0]) do_not_fit(weight, scale);
    return {shape[1], shape[2]};
  }
  if (shape.size() == 4 && shape[1] == 1 && shape[3] == 1) return {shape[0], shape[2]};
  return shape;
}

std::optional<Sharing> as_tiles(const TensorShape& scales, const std::vector<std::int64_t>& tile,
                                std::int64_t n, std::int64_t k) {
  if (scales != TensorShape{parts_of(n, tile[0]), parts_of(k, tile[1])}) return std::nullopt;
  return Sharing{Granularity::tile, static_cast<int>(tile[1]), static_cast<int>(tile[0])};
}

// Columns that share a scale where there are several a row.
std::optional<Sharing> as_groups(const Module& module, const TensorShape& scales, std::int64_t n,
                                 std::int64_t k) {
  if (scales.size() != 2 || scales[0] != n) return std::nullopt;
  const int told = module.config ? module.config->group_size_of(module.name) : 0;
  if (told > 0 && parts_of(k, told) == scales[1]) return Sharing{Granularity::group, told};
  if (k % scales[1] != 0) return std::nullopt;
  return Sharing{Granularity::group, static_cast<int>(k / scales[1])};
}

Sharing sharing_of(const Module& module, const Tensor& weight, const Tensor& scale) {
  if (weight.shape.size() == 3 && elements(scale) == 1) return {Granularity::tensor};
  const std::int64_t n = weight.shape[weight.shape.size() - 2], k = weight.shape.back();
  const TensorShape scales = sides(weight, scale);
  const std::vector<std::int64_t> told =
      module.config ? module.config->block_of(module.name) : std::vector<std::int64_t>{};
  if (!told.empty())
    if (const auto tiles = as_tiles(scales, told, n, k)) return *tiles;
  if (scale.name.ends_with("_inv") && told.empty())
    if (const auto tiles = as_tiles(scales, {kUsualSide, kUsualSide}, n, k)) return *tiles;
  if (elements(scale) == 1) return {Granularity::tensor};
  if (scales == TensorShape{n, 1} || scales == TensorShape{n}) return {Granularity::row};
  if (const auto groups = as_groups(module, scales, n, k)) return *groups;
  if (const auto tiles = as_tiles(scales, {kUsualSide, kUsualSide}, n, k)) return *tiles;
  if (scales == TensorShape{1, 1})
    return {Granularity::tile, static_cast<int>(k), static_cast<int>(n)};
  do_not_fit(weight, scale);
}

// Slices lie one below the other in the planes: no tile may have rows of two of them.
int tile_rows_of(const Sharing& sharing, const Tensor& weight) {
  const std::int64_t n = weight.shape[weight.shape.size() - 2];
  if (sharing.granularity != Granularity::tile || weight.shape.size() < 3) return sharing.tile_rows;
  if (sharing.tile_rows >= n) return static_cast<int>(n);
  if (n % sharing.tile_rows != 0)
    refuse("its slices of {} rows are no whole tiles of {}, and are not read", n,
           sharing.tile_rows);
  return sharing.tile_rows;
}

std::string text_of(const Sharing& sharing) {
  switch (sharing.granularity) {
    case Granularity::tile:
      return fmt::format(" {}x{}", sharing.tile_rows, sharing.block_size);
    case Granularity::group:
      return fmt::format(" g{}", sharing.block_size);
    case Granularity::row:
      return " row";
    default:
      return "";
  }
}

// Zero points lie as the scales do.
void add_zeros(const Module& module, const Tensor& scale, Format& format) {
  const Tensor* zeros = module.find("weight_zero_point");
  if (zeros == nullptr) return;
  check_dtype(*zeros, {"I8", "F8_E4M3", "F16", "BF16", "F32"});
  check_shape(*zeros, scale.shape);
  format.zero = Zero::point;
  format.zero_number.storage = storage_of(*zeros);
}

Description describe(const Module& module) {
  const Names& names = *names_of(module);
  const Tensor &weight = need(module, names.codes), &scale = need(module, names.scale);
  check_rank(weight, 2, 3);
  if (scale.shape.size() > 4 || elements(scale) == 0) refuse("its scales have no elements");
  check_dtype(scale, {"F32", "F16", "BF16", "F8_E8M0"});
  const Code& code = *code_of(weight);
  const Sharing sharing = sharing_of(module, weight, scale);
  Format format = {.bits = 8,
                   .codec = code.codec,
                   .granularity = sharing.granularity,
                   .tile_rows = tile_rows_of(sharing, weight),
                   .scale = {.storage = storage_of(scale)}};
  add_zeros(module, scale, format);
  Description description = {.format = std::make_shared<const Format>(format),
                             .block_size = sharing.block_size,
                             .shape = weight.shape,
                             .text = fmt::format("{}{}", code.text, text_of(sharing)),
                             .details = {{"scale", std::string(names.scale)},
                                         {"scale_rank", std::to_string(scale.shape.size())},
                                         {"scale_dtype", scale.dtype}}};
  keep_parts(module, kKept, description.details);
  return description;
}

StoredWeight unpack(const Module& module) {
  StoredWeight weight = room_for(describe(module));
  const Names& names = *names_of(module);
  copy_bytes(need(module, names.codes).bytes, weight.planes.codes);
  copy_bytes(need(module, names.scale).bytes, weight.planes.scales.numbers);
  if (const Tensor* zeros = module.find("weight_zero_point"))
    copy_bytes(zeros->bytes, weight.planes.zeros.numbers);
  return weight;
}

// The shape of the scales of a matrix in a file, where they have this rank.
TensorShape scale_shape(const QuantizedMatrix& planes, std::int64_t lines, std::int64_t rank) {
  const std::int64_t a_line = planes.groups().groups_per_line();
  switch (planes.format->granularity) {
    case Granularity::tile:
      return rank == 4 ? TensorShape{lines, 1, a_line, 1} : TensorShape{lines, a_line};
    case Granularity::group:
      return {lines, a_line};
    case Granularity::row:
      return rank == 1 ? TensorShape{lines} : TensorShape{lines, 1};
    default:
      return TensorShape(static_cast<std::size_t>(rank), 1);
  }
}

// Slices have scales of two dimensions each, unless all of them share one.
TensorShape scale_shape(const StoredWeight& weight, std::int64_t rank) {
  const Partition groups = weight.planes.groups();
  const std::int64_t lines = groups.groups() / groups.groups_per_line();
  if (weight.shape.size() < 3 || weight.format->granularity == Granularity::tensor)
    return scale_shape(weight.planes, lines, rank);
  TensorShape shape = scale_shape(weight.planes, lines / weight.shape[0], 2);
  shape.insert(shape.begin(), weight.shape[0]);
  return shape;
}

bool has_whole_slices(const StoredWeight& weight) {
  if (weight.shape.size() != 3) return weight.shape.size() == 2;
  return weight.shape[1] % weight.format->tile_rows == 0;
}

const Code* code_of(const StoredWeight& weight) {
  const Format& format = *weight.format;
  const bool known = format.bits == 8 && format.qmax == 1 && !format.scale.outer &&
                     !format.ordered && !format.activations && has_whole_slices(weight) &&
                     format.zero != Zero::minimum && format.granularity != Granularity::block &&
                     weight.planes.block_size >= 0;
  for (const Code& code : kCodes) {
    // The least integer may be one that is not used.
    const bool like = code.codec == format.codec ||
                      (code.dtype == "I8" && format.codec == Codec(Integers{-127, 127}));
    if (known && like) return &code;
  }
  return nullptr;
}

std::vector<NewTensor> pack(const StoredWeight& weight, const std::string& module) {
  const Code* code = code_of(weight);
  if (code == nullptr)
    refuse("it holds E4M3, E5M2 and int8 with scales of the tensor, rows, groups or tiles");
  const QuantizedMatrix& planes = weight.planes;
  const Format& format = *weight.format;
  const bool one = format.granularity == Granularity::tensor;
  const std::string rank = detail(weight.details, "scale_rank", one ? "1" : "2");
  const TensorShape shape = scale_shape(weight, std::atoi(rank.c_str()));
  const std::string scale = detail(weight.details, "scale", "weight_scale");
  std::vector<NewTensor> tensors;
  tensors.push_back(new_tensor(module, scale == kExpertsScale ? "" : "weight",
                               std::string(code->dtype), weight.shape, copied(planes.codes)));
  tensors.push_back(new_tensor(
      module, scale, detail(weight.details, "scale_dtype", dtype_of(format.scale.storage)), shape,
      copied(planes.scales.numbers)));
  if (format.zero == Zero::point)
    tensors.push_back(new_tensor(module, "weight_zero_point", dtype_of(format.zero_number.storage),
                                 shape, copied(planes.zeros.numbers)));
  add_kept(weight, module, kKept, tensors);
  return tensors;
}

}  // namespace
}  // namespace scaled

const Container kScaled = {.name = "scaled",
                           .summary =
                               "FP8 and int8 beside their scales: compressed-tensors, "
                               "ModelOpt, DeepSeek",
                           .holds = scaled::holds,
                           .unpack = scaled::unpack,
                           .pack = scaled::pack,
                           .describe = scaled::describe};

}  // namespace qbench
