// SPDX-License-Identifier: Apache-2.0
// Finds the files of a checkpoint, maps them, and checks them against each other and against their
// index.
#include "harness/checkpoint.h"

#include <re2/re2.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <stdexcept>
#include <string_view>

#include "harness/mapped_file.h"
#include "harness/safetensors_header.h"

namespace qbench {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using WeightMap = std::map<std::string, std::string>;  // tensor to file name

constexpr const char* kIndexName = "model.safetensors.index.json";
constexpr int kMaxIndexDepth = 16;  // real ones have 2

[[noreturn]] void fail(const std::string& message) { throw std::runtime_error(message); }

// What `action` gives; its errors begin with the file's name.
template <class Action>
auto in_file(const fs::path& file, Action action) {
  try {
    return action();
  } catch (const std::runtime_error& error) {
    fail(file.string() + ": " + error.what());
  }
}

bool exists(const std::string& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

struct Request {
  fs::path path;
  std::string pattern;
};

Request split(const std::string& text) {
  if (exists(text)) return {text, ""};
  for (std::size_t colon = text.rfind(':'); colon != text.npos && colon > 0;
       colon = text.rfind(':', colon - 1))
    if (exists(text.substr(0, colon))) return {text.substr(0, colon), text.substr(colon + 1)};
  fail(text + ": no such file or folder");
}

// The path itself or the one in the folder; nothing where there is no index.
std::optional<fs::path> find_index(const fs::path& path) {
  if (fs::is_directory(path))
    return fs::exists(path / kIndexName) ? std::optional(path / kIndexName) : std::nullopt;
  return path.extension() == ".json" ? std::optional(path) : std::nullopt;
}

std::vector<fs::path> files_without_index(const fs::path& path) {
  if (!fs::is_directory(path)) return {path};
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(path))
    if (entry.path().extension() == ".safetensors") files.push_back(entry.path());
  if (files.empty()) fail(path.string() + ": no .safetensors file in this folder");
  std::sort(files.begin(), files.end());
  return files;
}

// Refuses what the parser alone would take: a key that is there twice, and any depth.
Json parse_index(std::span<const std::byte> bytes) {
  std::vector<std::set<std::string>> keys;  // of the objects that are open
  const auto check = [&keys](int depth, Json::parse_event_t event, Json& parsed) {
    if (depth > kMaxIndexDepth) fail("nested too deeply for an index");
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end) keys.pop_back();
    if (event == Json::parse_event_t::key && !keys.back().insert(parsed.get<std::string>()).second)
      fail("duplicate key " + in_quotes(parsed.get<std::string>()));
    return true;
  };
  const auto* text = reinterpret_cast<const char*>(bytes.data());
  try {
    return Json::parse(text, text + bytes.size(), check);
  } catch (const Json::exception& error) {
    fail("is not valid JSON: " + json_problem(error.what()));
  }
}

// The files of an index lie beside it: a name that leads elsewhere could make it read anything.
void check_file_name(const std::string& tensor, const std::string& file, const fs::path& folder) {
  const bool plain = !file.empty() && file != "." && file != ".." &&
                     std::none_of(file.begin(), file.end(), [](unsigned char c) {
                       return c == '/' || c == '\\' || c < 0x20 || c == 0x7f;
                     });
  if (!plain)
    fail("tensor " + in_quotes(tensor) + ": " + in_quotes(file) + " is not a plain file name");
  if (!exists((folder / file).string()))
    fail("tensor " + in_quotes(tensor) + ": its file " + in_quotes(file) +
         " is not beside the index");
}

WeightMap read_index(const fs::path& index) {
  const MappedFile file(index.string());
  const Json json = parse_index(file.bytes());
  if (!json.is_object() || !json.contains("weight_map") || !json["weight_map"].is_object())
    fail("has no weight_map from tensor names to file names");
  WeightMap weight_map;
  for (const auto& [tensor, name] : json["weight_map"].items()) {
    if (!name.is_string()) fail("tensor " + in_quotes(tensor) + ": its file is not a string");
    check_file_name(tensor, name.get<std::string>(), index.parent_path());
    weight_map[tensor] = name.get<std::string>();
  }
  if (weight_map.empty()) fail("its weight_map is empty");
  return weight_map;
}

std::vector<fs::path> files_of(const WeightMap& weight_map, const fs::path& folder) {
  std::set<fs::path> files;
  for (const auto& [tensor, name] : weight_map) files.insert(folder / name);
  return {files.begin(), files.end()};
}

void check_index(const WeightMap& weight_map, const WeightMap& file_of_tensor) {
  for (const auto& [tensor, name] : weight_map) {
    const auto found = file_of_tensor.find(tensor);
    if (found == file_of_tensor.end() || found->second != name)
      fail("tensor " + in_quotes(tensor) + " is not in " + in_quotes(name));
  }
}

std::string examples(const std::vector<Tensor>& tensors) {
  constexpr std::size_t kMostShown = 3;
  std::string names;
  for (std::size_t i = 0; i < std::min(tensors.size(), kMostShown); ++i)
    names += (i == 0 ? "" : ", ") + in_quotes(tensors[i].name);
  return names;
}

}  // namespace

Checkpoint::Checkpoint(const std::string& file_and_pattern) {
  const auto [path, regex] = split(file_and_pattern);
  const RE2 pattern(regex, RE2::Quiet);
  if (!pattern.ok()) fail("bad pattern " + in_quotes(regex) + ": " + pattern.error());
  const std::optional<fs::path> index = find_index(path);
  const WeightMap weight_map =
      index ? in_file(*index, [&] { return read_index(*index); }) : WeightMap{};
  WeightMap file_of_tensor;
  for (const fs::path& file :
       index ? files_of(weight_map, index->parent_path()) : files_without_index(path))
    in_file(file, [&] {
      files_.push_back(std::make_unique<MappedFile>(file.string()));
      for (Tensor& tensor : parse_safetensors(files_.back()->bytes())) {
        const auto [other, is_new] = file_of_tensor.emplace(tensor.name, file.filename().string());
        if (!is_new)
          fail("tensor " + in_quotes(tensor.name) + " is also in " + in_quotes(other->second));
        tensors_.push_back(std::move(tensor));
      }
    });
  if (index) in_file(*index, [&] { check_index(weight_map, file_of_tensor); });
  const std::string known = examples(tensors_);
  std::erase_if(tensors_, [&](const Tensor& t) { return !RE2::PartialMatch(t.name, pattern); });
  if (tensors_.empty())
    fail(path.string() + ": no tensor matches " + in_quotes(regex) + ": the file has e.g. " +
         known);
}

Checkpoint::~Checkpoint() = default;

const Tensor* Checkpoint::find(const std::string& name) const {
  const auto found = std::find_if(tensors_.begin(), tensors_.end(),
                                  [&](const Tensor& tensor) { return tensor.name == name; });
  return found == tensors_.end() ? nullptr : &*found;
}

}  // namespace qbench
