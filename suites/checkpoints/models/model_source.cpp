// SPDX-License-Identifier: Apache-2.0
// Tells names from paths, and kinds of paths from each other.
#include "suites/checkpoints/models/model_source.h"

#include <filesystem>
#include <stdexcept>

#include "reports/text/units.h"
#include "suites/checkpoints/checkpoint.h"
#include "suites/checkpoints/fail_file.h"
#include "suites/checkpoints/gguf/gguf_header.h"
#include "suites/checkpoints/gguf/gguf_split.h"
#include "suites/checkpoints/mapped_file.h"
#include "suites/checkpoints/models/model_config.h"
#include "suites/checkpoints/models/model_header.h"
#include "suites/checkpoints/models/network_head.h"
#include "suites/names.h"

namespace qbench {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostInKeyValues = std::uint64_t{1} << 24;

// --- One file

ModelShape of_config(const fs::path& path) {
  try {
    const MappedFile file(path.string());
    const std::string_view text(reinterpret_cast<const char*>(file.bytes().data()),
                                file.bytes().size());
    const fs::path folder = fs::weakly_canonical(path).parent_path();
    return shape_of_config(text, folder.filename().string());
  } catch (const std::runtime_error& error) {
    fail_file(path.string() + ": " + error.what());
  }
}

ModelShape of_tensors(const Checkpoint& checkpoint, const fs::path& path) {
  try {
    ModelShape shape = shape_of_tensors(checkpoint.tensors(), path.filename().string());
    shape.left_out = checkpoint.missing_shards();
    shape.tied = head_of(checkpoint) == Head::tied;  // not where shards are missing
    return shape;
  } catch (const std::runtime_error& error) {
    fail_file(path.string() + ": " + error.what());
  }
}

ModelShape of_weights(const fs::path& path) {
  return of_tensors(Checkpoint({path.string()}), path);
}

// Sizes of the tensors, and of the key-values what those do not say.
ModelShape of_gguf(const fs::path& path) {
  ModelShape shape = of_weights(path);
  const MappedFile file(gguf_parts(path).front().string());
  const GgufHeader header = parse_gguf_header(file.bytes());
  const std::string name(header.text("general.architecture").value_or(""));
  const auto number = [&](const char* key, std::int64_t otherwise) {
    const auto found = header.whole_number(name + "." + key);
    return found && *found <= kMostInKeyValues ? static_cast<std::int64_t>(*found) : otherwise;
  };
  shape.hidden = number("embedding_length", shape.hidden);
  shape.heads = number("attention.head_count", 0);
  shape.kv_heads = number("attention.head_count_kv", shape.heads);
  shape.active_experts = number("expert_used_count", 0);
  if (name.find("bert") != name.npos) {  // an encoder
    shape.cache = {};
    shape.tied = false;
    shape.vocab = 0;
  }
  return shape;
}

// An index lists files, a config describes a model.
ModelShape of_json(const fs::path& path) {
  return path.filename().string().find(".index") == std::string::npos ? of_config(path)
                                                                      : of_weights(path);
}

// --- A folder

bool has_weights(const fs::path& folder) {
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with('.') && (name.ends_with(".safetensors") || name.ends_with(".gguf")))
      return true;
  }
  return false;
}

bool sizes_are_known(const Checkpoint& checkpoint) {
  for (const Tensor& tensor : checkpoint.tensors())
    if (is_linear(role_of(tensor)) && !tensor.has_known_shape()) return false;
  return true;
}

std::string at_odds(const ModelShape& header, const ModelShape& config) {
  std::string text;
  if (header.layers > 0 && header.layers != config.layers)
    text = counted(header.layers, "layer") + " in the files, by which weights count, and " +
           std::to_string(config.layers) + " in config.json, by which the KV cache does";
  if (header.tied && !config.tied)
    text += std::string(text.empty() ? "" : "; ") +
            "no head in the files, so that the embedding counts as the head too, and one of its "
            "own by config.json (tie_word_embeddings)";
  return text;
}

// Counts of the header, and of the config what no header says. A config of a kind that is not known
// leaves the header as it is, which is told; encoders, which have no cache, need none.
ModelShape with_config(ModelShape header, const fs::path& folder) {
  try {
    const ModelShape config = of_config(folder / "config.json");
    header.at_odds = at_odds(header, config);
    header.layers = config.layers;
    header.hidden = config.hidden;
    header.vocab = config.vocab;
    header.heads = config.heads;
    header.kv_heads = config.kv_heads;
    header.active_experts = config.active_experts;
    header.cache = config.cache;
    header.intermediate = config.intermediate;
    header.source = "config.json and the headers of files";
    header.name = config.name;
  } catch (const std::runtime_error& error) {
    const std::string why = error.what();
    if (header.layers > 0 && header.cache.elements == 0) return header;
    header.left_out += (header.left_out.empty() ? "" : "; ") +
                       ("what only config.json says: " + why.substr(0, why.find(": there are")));
  }
  return header;
}

ModelShape with_stored_bytes(ModelShape config, const Checkpoint& checkpoint) {
  for (const Tensor& tensor : checkpoint.tensors()) config.stored_bytes += tensor.stored_bytes();
  return config;
}

ModelShape of_folder(const fs::path& folder) {
  const bool configured = fs::exists(folder / "config.json");
  const bool weights = has_weights(folder);
  if (!configured && !weights)
    fail_file(folder.string() + ": has neither config.json nor .safetensors or .gguf files");
  if (!configured) return of_weights(folder);
  if (!weights) return of_config(folder / "config.json");
  const Checkpoint checkpoint({folder.string()});
  return sizes_are_known(checkpoint)
             ? with_config(of_tensors(checkpoint, folder), folder)
             : with_stored_bytes(of_config(folder / "config.json"), checkpoint);
}

// --- All of them

struct Kind {
  std::string_view suffix;
  ModelShape (*read)(const fs::path&);
};
constexpr Kind kKinds[] = {{".json", of_json}, {".safetensors", of_weights}, {".gguf", of_gguf}};

const Kind* kind_of(const fs::path& path) {
  for (const Kind& kind : kKinds)
    if (path.extension() == kind.suffix) return &kind;
  return nullptr;
}

}  // namespace

ModelShape read_model(const std::string& typed) {
  if (const Model* model = find_model(typed)) return shape_of(*model);
  const fs::path path = typed;
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return of_folder(path);
  const Kind* kind = kind_of(path);
  if (fs::exists(path, ignored)) {
    if (kind == nullptr) fail_file(typed + ": is no config.json, .safetensors or .gguf file");
    return kind->read(path);
  }
  if (kind != nullptr || typed.starts_with('.') || typed.ends_with('/'))
    fail_file(typed + ": no such file or folder");
  fail_file(
      unknown_name("model", typed, names_of(all_models(), [](const Model& m) { return m.name; })) +
      " (or give its config.json)");
}

}  // namespace qbench
