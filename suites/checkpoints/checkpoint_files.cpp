// SPDX-License-Identifier: Apache-2.0
// Finds the files of one spec, maps those that are needed, and checks them against their index.
#include "suites/checkpoints/checkpoint_files.h"

#include <re2/re2.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <stdexcept>

#include "reports/text/text.h"
#include "suites/checkpoints/checkpoint_index.h"
#include "suites/checkpoints/fail_file.h"
#include "suites/checkpoints/gguf/gguf.h"
#include "suites/checkpoints/gguf/gguf_split.h"
#include "suites/checkpoints/npy.h"
#include "suites/checkpoints/safetensors/safetensors.h"
#include "suites/checkpoints/tensors/modules.h"
#include "suites/checkpoints/tensors/stored_tensor.h"
#include "suites/checkpoints/tensors/tensor_unusable.h"

namespace qbench {
namespace {

namespace fs = std::filesystem;

// Returns action(); puts the file's name before its errors.
template <class Action>
auto in_file(const fs::path& file, Action action) {
  try {
    return action();
  } catch (const std::runtime_error& error) {
    fail_file(file.string() + ": " + error.what());
  }
}

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

// Splits the spec at the last ':' after an existing path.
void divide(const std::string& spec, Selected& into) {
  into.path = spec;
  if (is_there(spec)) return;
  for (std::size_t colon = spec.rfind(':'); colon != spec.npos && colon > 0;
       colon = spec.rfind(':', colon - 1)) {
    into.path = spec.substr(0, colon);
    into.pattern = spec.substr(colon + 1);
    if (is_there(into.path)) return;
  }
  fail_file(spec + ": no such file or folder");
}

bool is_hidden(const fs::path& path) { return path.filename().string().starts_with('.'); }

bool is_named_gguf(const fs::path& path) { return path.extension() == ".gguf"; }

// All parts of the models that the files belong to, each once.
std::vector<fs::path> with_all_parts(const std::vector<fs::path>& ggufs) {
  std::vector<fs::path> files;
  for (const fs::path& gguf : ggufs)
    if (std::find(files.begin(), files.end(), gguf) == files.end())
      for (const fs::path& part : in_file(gguf, [&] { return gguf_parts(gguf); }))
        files.push_back(part);
  return files;
}

std::vector<fs::path> files_in(const fs::path& folder) {
  constexpr std::size_t kMostOthers = 5;
  std::vector<fs::path> safetensors, ggufs;
  std::vector<std::string> others;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (is_hidden(entry.path())) continue;
    if (entry.path().extension() == ".safetensors")
      safetensors.push_back(entry.path());
    else if (is_named_gguf(entry.path()))
      ggufs.push_back(entry.path());
    else
      others.push_back(entry.path().filename().string());
  }
  std::sort(safetensors.begin(), safetensors.end());
  std::sort(ggufs.begin(), ggufs.end());
  std::sort(others.begin(), others.end());
  if (safetensors.empty() && ggufs.empty())
    fail_file("no .safetensors or .gguf file in this folder" +
              (others.empty() ? "" : ", which has " + some_of(others, kMostOthers)));
  return safetensors.empty() ? with_all_parts(ggufs) : safetensors;
}

std::vector<fs::path> files_without_index(const fs::path& path) {
  if (is_folder(path)) return in_file(path, [&] { return files_in(path); });
  return is_named_gguf(path) ? with_all_parts({path}) : std::vector{path};
}

// The tensors of a GGUF file, which has all of a weight in one.
std::vector<Tensor> gguf_tensors(std::span<const std::byte> bytes) {
  std::vector<Tensor> tensors = parse_gguf(bytes);
  for (Tensor& tensor : tensors)
    if (find_gguf_type(tensor.dtype)->quantized())
      tensor = stored_tensor(
          tensor.name, Module{.name = tensor.name, .parts = {{"", tensor}}, .config = nullptr});
  return tensors;
}

// The tensors of a file of any kind that is read.
std::vector<Tensor> tensors_in(std::span<const std::byte> bytes, const fs::path& file) {
  if (is_gguf(bytes)) return gguf_tensors(bytes);
  if (is_npy(bytes)) return {parse_npy(bytes, file.stem().string())};
  return parse_safetensors(bytes);
}

class Selector {
 public:
  Selector(const std::string& spec, AppliedRules& rules) : rules_(rules) {
    divide(spec, selected_);
    pattern_ = std::make_unique<RE2>(selected_.pattern, RE2::Quiet);
    if (!pattern_->ok())
      fail_file("bad pattern " + in_quotes(selected_.pattern) + ": " + pattern_->error());
  }

  Selected take() {
    const fs::path path = selected_.path;
    const std::optional<fs::path> index = in_file(path, [&] { return find_index(path); });
    if (index)
      in_file(*index, [&] { read_by_index(*index); });
    else
      for (const fs::path& file : files_without_index(path)) {
        selected_.alone.push_back(file);
        read(file, nullptr, "");
      }
    select();
    if (!matched_)
      fail_file(selected_.path + ": no tensor matches " + in_quotes(selected_.pattern) +
                ": the file has e.g. " + some_of(examples_, kMostExamples));
    return std::move(selected_);
  }

 private:
  static constexpr std::size_t kMostExamples = 3;

  static std::optional<fs::path> find_index(const fs::path& path) {
    if (is_folder(path)) return index_in(path);
    return path.extension() == ".json" ? std::optional(path) : std::nullopt;
  }

  // Called for every name of the spec.
  bool selects(const std::string& name) {
    selected_.names.insert(name);
    if (examples_.size() < kMostExamples &&
        std::find(examples_.begin(), examples_.end(), name) == examples_.end())
      examples_.push_back(name);
    if (!RE2::PartialMatch(name, *pattern_)) return false;
    matched_ = true;
    return !rules_.excludes(name) || !rules_.drops_excluded();
  }

  // Called for the weight of a tensor that is selected and whose file is not there.
  void miss(const std::string& weight, const std::string& tensor, const std::string& file) {
    if (!rules_.excludes(weight))
      fail_file("tensor " + in_quotes(tensor) + " is in " + in_quotes(file) +
                ", which is not there: " + std::string(rules_.if_absent()));
    selected_.absent.insert(weight);
  }

  // An index, if there is one, decides which tensors of a file are read.
  void read(const fs::path& file, const WeightMap* weight_map, const std::string& listed_as) {
    in_file(file, [&] {
      selected_.files.push_back(std::make_unique<MappedFile>(file.string()));
      for (Tensor& tensor : tensors_in(selected_.files.back()->bytes(), file)) {
        if (weight_map != nullptr) {
          const auto listed = weight_map->find(tensor.name);
          if (listed == weight_map->end() || listed->second != listed_as) continue;
        }
        tensor.file = file.string();
        read_.push_back(std::move(tensor));
      }
    });
  }

  // Puts the parts of weights together, and keeps the tensors that are asked for.
  void select() {
    const auto config = [this] {
      const fs::path path = selected_.path;
      return quantization_config_in(is_folder(path) ? path : path.parent_path());
    };
    for (Tensor& tensor : assembled(std::move(read_), config))
      if (selects(tensor.name)) selected_.tensors.push_back(std::move(tensor));
  }

  void read_by_index(const fs::path& index) {
    const MappedFile text(index.string());
    const WeightMap weight_map = parse_index(text.bytes());
    const fs::path folder = index.parent_path();
    std::vector<std::string> listed;
    for (const auto& [tensor, file] : weight_map) listed.push_back(tensor);
    const std::map<std::string, std::string> weights = weight_names(listed);
    WeightMap missing;
    std::set<std::string> files;
    for (const auto& [tensor, file] : weight_map) {
      const auto whole = weights.find(tensor);
      const std::string& weight = whole == weights.end() ? tensor : whole->second;
      if (!selects(weight)) continue;
      if (!is_there(folder / file)) {
        miss(weight, tensor, file);
        continue;
      }
      files.insert(file);
      missing.emplace(tensor, file);
    }
    for (const std::string& file : files) read(folder / file, &weight_map, file);
    for (const Tensor& tensor : read_) missing.erase(tensor.name);
    if (!missing.empty())
      fail_file("tensor " + in_quotes(missing.begin()->first) + " is not in " +
                in_quotes(missing.begin()->second) + ", where the index has it");
  }

  AppliedRules& rules_;
  std::unique_ptr<RE2> pattern_;
  Selected selected_;
  std::vector<Tensor> read_;  // of the files, as they lie there
  bool matched_ = false;
  std::vector<std::string> examples_;  // names in the order in which they were seen
};

}  // namespace

Selected select_tensors(const std::string& spec, AppliedRules& rules) {
  return Selector(spec, rules).take();
}

}  // namespace qbench
