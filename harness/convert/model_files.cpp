// SPDX-License-Identifier: Apache-2.0
// Copies and rewrites the files beside weights.
#include "harness/convert/model_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <stdexcept>

#include "harness/model/targets/planned_model.h"
#include "reports/file.h"
#include "reports/text/text.h"
#include "suites/checkpoints/containers/parts.h"
#include "suites/checkpoints/gguf/gguf_header.h"
#include "suites/checkpoints/mapped_file.h"
#include "suites/checkpoints/tensors/tensor_scope.h"
#include "suites/checkpoints/written_json.h"

namespace qbench {
namespace {

namespace fs = std::filesystem;

// True for a tensor that may be the weight of an nn.Linear, and is left alone.
bool is_skipped_linear(const Conversion& conversion) {
  const Tensor& tensor = *conversion.tensor;
  return conversion.mode == nullptr && tensor.shape.size() == 2 &&
         tensor.name.ends_with(".weight") && why_not_in_totals(tensor) != "embedding";
}

void write_config(const fs::path& from, const fs::path& to, const std::string& config) {
  if (!fs::exists(from)) return;
  const MappedFile file(from.string());
  const std::string_view text(reinterpret_cast<const char*>(file.bytes().data()),
                              file.bytes().size());
  try {
    write_file(to.string(), with_quantization_config(text, config));
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(from.string() + ": " + error.what());
  }
}

void write_index(const Places& places, const fs::path& to, std::span<const OutFile> files) {
  WeightMap weight_map;
  std::int64_t bytes = 0;
  for (const OutFile& file : files) {
    bytes += file.bytes();
    for (const TensorHeader& header : file.headers)
      weight_map[header.name] = name_in_folder(file, places).string();
  }
  write_file(to.string(), index_text(weight_map, bytes));
}

void copy(const fs::path& file, const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::create_directories((to / file).parent_path(), error);
  if (!error) fs::copy_file(from / file, to / file, error);
  if (error)
    throw std::runtime_error(
        fmt::format("cannot copy {}: {}", (from / file).string(), error.message()));
}

}  // namespace

fs::path name_in_folder(const OutFile& file, const Places& places) {
  return fs::path(file.source).lexically_normal().lexically_relative(places.in);
}

std::string quantization_config_of(std::span<const Conversion> conversions, const Target& target) {
  if (!target.one_mode) return "";
  const auto first = std::ranges::find_if(conversions, [](const auto& each) { return each.mode; });
  std::vector<std::string> skipped;
  bool has_head = false;
  for (const Conversion& each : conversions) {
    has_head = has_head || each.tensor->name == "lm_head.weight";
    if (is_skipped_linear(each)) skipped.push_back(module_of(each.tensor->name));
  }
  // A head that is the embedding is a module without a tensor.
  if (!has_head) skipped.emplace_back("lm_head");
  return bitsandbytes_config(*first->mode, skipped, written_dtype(*first->tensor));
}

void write_model_files(const Places& places, const fs::path& folder, std::span<const OutFile> files,
                       const std::string& quantization_config) {
  const OtherFiles others = other_files(places.in);
  for (const fs::path& file : others.copied) copy(file, places.in, folder);
  write_config(places.in / "config.json", folder / "config.json", quantization_config);
  if (places.index) write_index(places, folder / *places.index, files);
  std::vector<std::string> left_out;
  for (const fs::path& file : others.left_out)
    if (std::ranges::none_of(
            files, [&](const OutFile& each) { return name_in_folder(each, places) == file; }))
      left_out.push_back(printable(file.string()));
  if (!left_out.empty())
    fmt::print(stderr, "qbench: not copied, as they are weights in other forms: {}\n",
               fmt::join(left_out, ", "));
}

void sort_as_listed(OutFile& file) {
  const MappedFile source(file.source);
  const GgufHeader header = parse_gguf_header(source.bytes());
  std::map<std::string_view, std::size_t> place;
  for (std::size_t i = 0; i < header.tensors.size(); ++i) place[header.tensors[i].name] = i;
  std::ranges::sort(file.conversions, {},
                    [&](const Conversion& each) { return place.at(each.tensor->name); });
}

}  // namespace qbench
