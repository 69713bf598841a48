// SPDX-License-Identifier: Apache-2.0
// Reads an index strictly: paths out of its folder are errors, too.
#include "suites/checkpoints/checkpoint_index.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "reports/text/text.h"
#include "suites/checkpoints/fail_file.h"
#include "suites/checkpoints/strict_json.h"
#include "suites/checkpoints/tensors/tensor_unusable.h"

namespace qbench {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::size_t kMostIndexesShown = 8;

// The normalized path of a file that the index names. Throws for a path out of the index's folder,
// which could be any file, and for '\', which separates paths elsewhere, and control characters.
std::string relative_file(const std::string& tensor, const std::string& file) {
  const fs::path path = fs::path(file).lexically_normal();
  const bool odd_characters = std::any_of(
      file.begin(), file.end(), [](unsigned char c) { return c == '\\' || c < 0x20 || c == 0x7f; });
  const fs::path written = file;
  const bool leads_up = std::find(written.begin(), written.end(), "..") != written.end();
  if (odd_characters || leads_up || path.is_absolute() || !path.has_filename() || path == ".")
    fail_tensor(tensor, in_quotes(file) + " is not the name of a file in the index's folder");
  return path.string();
}

bool is_index_name(const std::string& name) {
  return !name.starts_with('.') && name.find(".safetensors.index") != name.npos &&
         name.ends_with(".json");
}

}  // namespace

WeightMap parse_index(std::span<const std::byte> json) {
  const Json parsed =
      parse_strict_json(std::string_view(reinterpret_cast<const char*>(json.data()), json.size()));
  const auto map = parsed.find("weight_map");
  if (!parsed.is_object() || map == parsed.end() || !map->is_object())
    fail_file("has no weight_map from tensor names to file names: it is no index");
  WeightMap weight_map;
  for (const auto& [tensor, file] : map->items()) {
    if (!file.is_string()) fail_tensor(tensor, "its file is not a string");
    weight_map[tensor] = relative_file(tensor, file.get<std::string>());
  }
  if (weight_map.empty()) fail_file("its weight_map is empty");
  return weight_map;
}

std::optional<fs::path> index_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder))
    if (const std::string name = entry.path().filename().string(); is_index_name(name))
      names.push_back(name);
  if (names.empty()) return std::nullopt;
  std::sort(names.begin(), names.end());
  if (names.size() > 1)
    fail_file("this folder has several indexes, give the path of one: " +
              some_of(names, kMostIndexesShown));
  return folder / names.front();
}

}  // namespace qbench
