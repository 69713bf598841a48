// SPDX-License-Identifier: Apache-2.0
// Reads the fields of a Format aloud.
#include "harness/explain/format_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/explain/codec_text.h"
#include "suites/axis_values.h"
#include "suites/checkpoints/containers/gguf_layouts.h"

namespace qbench {
namespace {

std::string value_of_code(const Format& format) {
  if (std::holds_alternative<Integers>(format.codec)) return "code";
  return std::holds_alternative<Vectors>(format.codec) ? "value[code][i]" : "value[code]";
}

std::string outer_text(const OuterLevel& outer) {
  const std::string shared =
      outer.size == 0 ? "all of them" : fmt::format("{} that follow each other", outer.size);
  std::string out =
      fmt::format(", times an outer scale of {} ({})", shared, storage_text(outer.storage));
  return outer.less_mean ? out + ", plus the mean of all (32 bits: fp32)" : out;
}

std::string along_k(int size) {
  if (size < 0) return fmt::format("a group: a whole {}", block_size_name(size));
  return fmt::format("a group: {} weights along k, the last of a row perhaps short", size);
}

}  // namespace

std::string_view group_noun(const Format& format) {
  switch (format.granularity) {
    case Granularity::block:
      return "block";
    case Granularity::group:
      return "group";
    case Granularity::tile:
      return "tile";
    case Granularity::row:
      return "row";
    case Granularity::tensor:
      break;
  }
  return "tensor";
}

std::string groups_text(const Format& format, int block_size) {
  std::string out;
  switch (format.granularity) {
    case Granularity::block:
      out = fmt::format("a block: {} weights of the flattened matrix, across rows", block_size);
      break;
    case Granularity::group:
      out = along_k(block_size);
      break;
    case Granularity::tile:
      out = fmt::format("a tile: {} rows of {} weights along k", format.tile_rows, block_size);
      break;
    case Granularity::row:
      out = "a row of the matrix";
      break;
    case Granularity::tensor:
      out = "the whole tensor";
      break;
  }
  return format.ordered ? out + "; a plane says of which group each column is" : out;
}

std::string number_text(const Format& format, const GroupNumber& number) {
  return fmt::format("one a {}, {}{}", group_noun(format), storage_text(number.storage),
                     number.outer ? outer_text(*number.outer) : "");
}

std::string formula_text(const Format& format) {
  if (!format.quantized()) return "weight = the number that is stored";
  std::string value = value_of_code(format);
  if (format.zero == Zero::point) value = fmt::format("({} - point)", value);
  std::string out = fmt::format("weight = {} * scale", value);
  if (format.qmax != 1) out += fmt::format(" * (1 / {:g})", format.qmax);
  if (format.zero == Zero::minimum) out += " + minimum";
  return out + ", in f32, each operation rounded once";
}

std::string block_sizes_text(const Mode& mode) {
  std::vector<int> others(mode.block_sizes.begin(), mode.block_sizes.end());
  std::erase(others, mode.block_size);
  if (others.empty()) return "";
  return fmt::format("--block-sizes {}", fmt::join(names_of(others, block_size_name), ","));
}

std::string gguf_text(const Mode& mode) {
  const GgufLayout* layout = find_gguf_layout(mode.format, mode.block_size);
  if (layout == nullptr) return "";
  return fmt::format("qbench's own; a GGUF file has blocks of {} bytes for {} weights",
                     layout->bytes, layout->weights);
}

}  // namespace qbench
